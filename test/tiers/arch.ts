import type { ModelArch } from '../../src/model/index.ts'
import { parseConfig } from '../../src/model/index.ts'

/** A small mixture of experts in Mixtral's shape. */
export function smallMoe(experts = 8, topk = 2, layers = 4): ModelArch {
  return parseConfig(
    {
      model_type: 'mixtral',
      hidden_size: 256,
      intermediate_size: 512,
      num_hidden_layers: layers,
      num_attention_heads: 4,
      num_key_value_heads: 2,
      num_local_experts: experts,
      num_experts_per_tok: topk,
      vocab_size: 1000,
      max_position_embeddings: 32_768,
      tie_word_embeddings: false,
    },
    { id: 'small-moe' },
  )
}
