import type { ExtraParams, ModelArch } from './arch.ts'
import { checkpointFormats } from './checkpoint-format.ts'
import type { ConfigFields } from './config-fields.ts'
import { type Layer, layerGroups } from './layer.ts'

/** How a model is called. */
export interface About {
  readonly id: string
  readonly name?: string
}

/**
 * A config as a family reader gets it: `text` is the language model, `root` the whole file (the same when not nested).
 */
export interface ConfigSource {
  readonly text: ConfigFields
  readonly root: ConfigFields
  readonly about: About
  readonly family: string
}

/** Turns the config of one family into an architecture. */
export type FamilyReader = (source: ConfigSource) => ModelArch

/** What a family reader adds to the fields all families share. */
export interface Body {
  readonly hidden: number
  readonly layers: readonly Layer[]
  /** Default of `tie_word_embeddings` in the transformers class of the family. */
  readonly tiedByDefault: boolean
  readonly vocab?: number
  readonly maxContext?: number
  readonly mtpLayers?: number
  readonly extraParams?: readonly ExtraParams[]
  readonly finalNormParams?: number
}

/** Hidden width D. */
export function hiddenSize(config: ConfigFields): number {
  return config.count(['hidden_size', 'n_embd', 'd_model'], { max: 1_000_000 })
}

/** Number of decoder layers L. */
export function layerCount(config: ConfigFields): number {
  return config.count(['num_hidden_layers', 'n_layer', 'n_layers'], { max: 4096 })
}

/** The architecture made of the shared fields and what the family reader found. */
export function assemble(source: ConfigSource, body: Body): ModelArch {
  const { text, root, about, family } = source
  return {
    id: about.id,
    name: about.name ?? about.id,
    family,
    hidden: body.hidden,
    vocab: body.vocab ?? text.count('vocab_size', { max: 100_000_000 }),
    tiedEmbeddings: isTied(text, root, body.tiedByDefault),
    maxContext: body.maxContext ?? contextLength(text),
    layers: layerGroups(body.layers),
    mtpLayers: body.mtpLayers ?? text.countOr(['num_nextn_predict_layers', 'mtp_num_hidden_layers'], 0, { min: 0 }),
    checkpoint: checkpointFormats(source),
    extraParams: body.extraParams ?? [],
    finalNormParams: body.finalNormParams ?? body.hidden,
  }
}

function contextLength(text: ConfigFields): number {
  return text.count(['max_position_embeddings', 'model_max_length', 'n_positions', 'max_seq_len', 'seq_length'])
}

// The setting of the language model wins over the one of the file around it.
function isTied(text: ConfigFields, root: ConfigFields, byDefault: boolean): boolean {
  return text.flagOr('tie_word_embeddings', root.flagOr('tie_word_embeddings', byDefault))
}
