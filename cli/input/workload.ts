import { parseJson, readJson } from '../file/json.ts'
import { isPath } from './model.ts'
import { parseNumber } from './number.ts'

const LENGTHS = /^([^/@]+)\/([^/@]+)(?:@(.+))?$/

/**
 * What `--workload` means: `isl/osl` or `isl/osl@concurrency` in tokens, JSON, the path of a .json file, or the name of a
 * preset. Checked by the engine.
 * @throws PincerError for malformed JSON and for lengths that are no numbers
 */
export function workloadInput(spec: string, cwd: string): unknown {
  if (spec.trimStart().startsWith('{')) return parseJson(spec, '--workload')
  if (isPath(spec)) return readJson(spec, cwd)
  const [, isl, osl, concurrency] = LENGTHS.exec(spec) ?? []
  if (isl === undefined || osl === undefined) return spec
  return {
    isl: parseNumber(isl, ['workload', 'isl']),
    osl: parseNumber(osl, ['workload', 'osl']),
    ...(concurrency === undefined ? {} : { concurrency: parseNumber(concurrency, ['workload', 'concurrency']) }),
  }
}
