import { type ModelArch, kvBytes, stateBytes } from '../model/index.ts'
import type { Bytes, Format, Tokens } from '../units/index.ts'

/** KV cache and recurrent state of one user with `context` tokens, over all layers. */
export function cacheBytesPerUser(arch: ModelArch, context: Tokens, format: Format): Bytes {
  return kvBytes(arch, context, format) + stateBytes(arch)
}

/** Caches follow the weights: 8 bits where the weights have at most 8, else 16. */
export function cacheFormat(weights: Format): Format {
  return weights === 'bf16' || weights === 'fp32' || weights === 'tf32' ? 'bf16' : 'fp8'
}
