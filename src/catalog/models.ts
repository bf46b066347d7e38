import { PincerError, nearest } from '../issue/index.ts'
import { MODEL_FILES } from './model-file.ts'
import type { ModelEntry } from './types.ts'

// Ids and aliases in lower case. A Map: names such as `__proto__` are just absent.
const byName: ReadonlyMap<string, ModelEntry> = new Map(
  MODEL_FILES.flatMap((entry) => [entry.id, ...entry.aliases].map((name) => [name.toLowerCase(), entry] as const)),
)

/** Every model of the catalog, by file name. */
export function modelEntries(): readonly ModelEntry[] {
  return MODEL_FILES
}

/**
 * The entry called `idOrAlias`, whatever its case: a Hugging Face id such as `deepseek-ai/DeepSeek-V3` or a short name such as
 * `deepseek-v3`. Throws unknown_model with the nearest name.
 */
export function findModelEntry(idOrAlias: string): ModelEntry {
  const entry = byName.get(idOrAlias.trim().toLowerCase())
  if (entry !== undefined) return entry
  const similar = nearest(idOrAlias, [...byName.keys()])
  const message = `unknown model "${idOrAlias.slice(0, 100)}"`
  const suggestion =
    similar === undefined ? 'see the list of models, or give a config.json' : `did you mean ${similar}?`
  throw new PincerError({ code: 'unknown_model', path: ['model'], message, suggestion })
}
