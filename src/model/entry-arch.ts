import { type ModelEntry, findModelEntry } from '../catalog/index.ts'
import type { ModelArch } from './arch.ts'
import { declaredArch } from './declared.ts'
import { parseConfig } from './parse-config.ts'

// Entries are immutable and few: parsed once, on first use.
const parsed = new WeakMap<ModelEntry, ModelArch>()

/** Architecture of a catalog entry. Equal entries give the same object. Throws like `parseConfig`. */
export function modelArch(entry: ModelEntry): ModelArch {
  const known = parsed.get(entry)
  if (known !== undefined) return known
  const arch = entryArch(entry)
  parsed.set(entry, arch)
  return arch
}

/** Architecture of a catalog model by id or alias. Throws unknown_model with the nearest name. */
export function findModel(idOrAlias: string): ModelArch {
  return modelArch(findModelEntry(idOrAlias))
}

/** `model_type` of entries that are known by their totals only. */
const DECLARED = 'declared'

function entryArch(entry: ModelEntry): ModelArch {
  const { config, id, name } = entry
  if (config['model_type'] !== DECLARED) return parseConfig(config, { id, name })
  return declaredArch({
    id,
    name,
    totalParams: Number(config['total_params']),
    activeParams: Number(config['active_params']),
  })
}
