import { PincerError } from '../../../src/index.ts'
import type { GgufHeader, GgufValue } from './gguf.ts'

/** Names of architectures in GGUF files → `model_type` of Hugging Face configs, where they differ. */
const FAMILIES: ReadonlyMap<string, string> = new Map([
  ['qwen2moe', 'qwen2_moe'],
  ['qwen3moe', 'qwen3_moe'],
  ['gemma3', 'gemma3_text'],
  ['phimoe', 'phimoe'],
  ['glm4moe', 'glm4_moe'],
  ['minimax-m2', 'minimax_m2'],
  ['gpt-oss', 'gpt_oss'],
  ['deepseek2', 'deepseek_v2'],
])

/** Fields of configs and the entries that hold them, below the name of the architecture. */
const FIELDS: readonly (readonly [string, string])[] = [
  ['hidden_size', 'embedding_length'],
  ['num_hidden_layers', 'block_count'],
  ['num_attention_heads', 'attention.head_count'],
  ['num_key_value_heads', 'attention.head_count_kv'],
  ['head_dim', 'attention.key_length'],
  ['intermediate_size', 'feed_forward_length'],
  ['max_position_embeddings', 'context_length'],
  ['vocab_size', 'vocab_size'],
  ['sliding_window', 'attention.sliding_window'],
  ['num_experts', 'expert_count'],
  ['num_experts_per_tok', 'expert_used_count'],
  ['moe_intermediate_size', 'expert_feed_forward_length'],
  ['shared_expert_intermediate_size', 'expert_shared_feed_forward_length'],
  ['n_shared_experts', 'expert_shared_count'],
  ['first_k_dense_replace', 'leading_dense_block_count'],
  ['q_lora_rank', 'attention.q_lora_rank'],
  ['kv_lora_rank', 'attention.kv_lora_rank'],
]

/**
 * The config.json that describes the same model as the header of a GGUF file. Families that nobody described here keep their name,
 * and the engine says so.
 * @throws PincerError `missing_field` for a header that does not name its architecture, `unsupported` for layers of different sizes
 */
export function ggufConfig(header: GgufHeader, bitsPerWeight: number): Record<string, unknown> {
  const { metadata, tensors } = header
  const architecture = metadata.get('general.architecture')
  if (typeof architecture !== 'string') throw missing('general.architecture')
  const entry = (name: string): number | undefined => single(metadata.get(`${architecture}.${name}`), name)
  const config: Record<string, unknown> = {
    model_type: familyOf(architecture, header),
    tie_word_embeddings: !tensors.some(({ name }) => name === 'output.weight'),
    ...stored(bitsPerWeight),
  }
  for (const [field, name] of FIELDS) {
    const value = entry(name)
    if (value !== undefined) config[field] = value
  }
  config['vocab_size'] ??= lengthOf(metadata.get('tokenizer.ggml.tokens'))
  return { ...config, ...special(architecture, config, entry) }
}

function familyOf(architecture: string, { metadata, tensors }: GgufHeader): string {
  if (architecture === 'llama') return Number(metadata.get('llama.expert_count') ?? 0) > 0 ? 'mixtral' : 'llama'
  // V3 keeps a correction per expert, which V2 does not have.
  if (architecture === 'deepseek2' && tensors.some(({ name }) => name.includes('exp_probs_b'))) return 'deepseek_v3'
  return FAMILIES.get(architecture) ?? architecture
}

/** What some families write otherwise. */
function special(
  architecture: string,
  config: Readonly<Record<string, unknown>>,
  entry: (name: string) => number | undefined,
): Record<string, unknown> {
  if (architecture === 'deepseek2') return latent(entry)
  // Experts of these families are as wide as their FFN would be.
  if (architecture === 'gpt-oss') return { intermediate_size: config['moe_intermediate_size'] }
  if (architecture === 'qwen3' || architecture === 'qwen3moe') return { use_sliding_window: false }
  return {}
}

// Keys and values in the latent space are as wide as their parts, which the entries of newer files name with "_mla".
function latent(entry: (name: string) => number | undefined): Record<string, unknown> {
  const rope = entry('rope.dimension_count')
  const key = entry('attention.key_length_mla') ?? entry('attention.key_length')
  return {
    qk_rope_head_dim: rope,
    qk_nope_head_dim: rope === undefined || key === undefined ? undefined : key - rope,
    v_head_dim: entry('attention.value_length_mla') ?? entry('attention.value_length'),
    head_dim: undefined,
  }
}

/**
 * How the weights lie in the file: block formats of 2 to 6 bits are served as 4-bit integers, of up to 10 as 8-bit ones. The name of
 * the method only says what the number of bits is.
 */
function stored(bitsPerWeight: number): Record<string, unknown> {
  if (bitsPerWeight > 24) return { torch_dtype: 'float32' }
  if (bitsPerWeight > 10) return { torch_dtype: 'bfloat16' }
  return { torch_dtype: 'bfloat16', quantization_config: { quant_method: 'gptq', bits: bitsPerWeight > 6.6 ? 8 : 4 } }
}

// One number, or a list with the same number for every layer.
function single(value: GgufValue | undefined, name: string): number | undefined {
  if (typeof value === 'number') return value
  if (!Array.isArray(value)) return undefined
  const [first] = value as readonly number[]
  if (first !== undefined && value.every((each) => each === first)) return first
  throw new PincerError({
    code: 'unsupported',
    path: [name],
    message: 'differs from layer to layer, which a GGUF header alone does not explain',
    suggestion: 'give the config.json of the model',
  })
}

function lengthOf(value: GgufValue | undefined): number | undefined {
  return typeof value === 'object' ? value.length : undefined
}

function missing(name: string): PincerError {
  return new PincerError({ code: 'missing_field', path: [name], message: 'the header lacks this entry' })
}
