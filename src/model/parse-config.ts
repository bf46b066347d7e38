import { PincerError, nearest } from '../issue/index.ts'
import type { ModelArch } from './arch.ts'
import { ConfigFields, isConfigObject } from './config-fields.ts'
import { familyReader, supportedFamilies } from './family-registry.ts'
import type { About } from './skeleton.ts'

/** Names under which multimodal configs nest their language model. */
const TEXT_SECTIONS = ['text_config', 'llm_config', 'language_config']

/**
 * The architecture described by a Hugging Face `config.json` (already parsed; see `parseConfigText` for text), nested
 * or not.
 * Throws PincerError: `unknown_family` for a model type nobody described here, `missing_field` and `invalid_value` with
 * the path of the field, `unknown_format` for an unknown quantisation.
 */
export function parseConfig(config: unknown, about: About): ModelArch {
  if (!isConfigObject(config)) {
    throw new PincerError({ code: 'invalid_value', path: [], message: 'a model config must be a JSON object' })
  }
  const root = new ConfigFields(config)
  const text = TEXT_SECTIONS.map((name) => root.section(name)).find((section) => section !== undefined) ?? root
  const family = modelType(text, root)
  const reader = familyReader(family)
  if (reader === undefined) throw unknownFamily(family, text)
  return reader({ text, root, about, family })
}

// The language model's own type names its family; wrappers that leave it out carry it at the root.
function modelType(text: ConfigFields, root: ConfigFields): string {
  const inner = text.optionalText('model_type')
  if (inner !== undefined && familyReader(inner) !== undefined) return inner
  const outer = root.optionalText('model_type')
  if (outer !== undefined && familyReader(outer) !== undefined) return outer
  if (inner === undefined && outer === undefined) throw root.missing('model_type')
  return inner ?? outer ?? ''
}

function unknownFamily(family: string, text: ConfigFields): PincerError {
  const known = supportedFamilies()
  const similar = nearest(family, known)
  const hint = similar === undefined ? '' : `did you mean ${similar}? `
  return new PincerError({
    code: 'unknown_family',
    path: [...text.path, 'model_type'],
    message: `unknown model family "${family.slice(0, 60)}"`,
    suggestion: `${hint}supported: ${known.join(', ')}`,
  })
}
