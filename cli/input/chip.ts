import { readJson } from '../file/json.ts'
import { isPath } from './model.ts'

/** A chip as a scenario names it: a catalog id, or a description. */
export type ChipInput = string | object

/**
 * What `--chip` means: the path of a chip.json, or a catalog id.
 * @throws PincerError from the file; ids and descriptions are checked by the engine
 */
export function chipInput(spec: string, cwd: string): ChipInput {
  return isPath(spec) ? (readJson(spec, cwd) as ChipInput) : spec
}
