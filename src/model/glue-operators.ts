import type { LayerGroup, Mixer, ModelArch } from './arch.ts'
import { hasExperts } from './layer.ts'
import { ACTIVATION_BYTES, type Operator, type Split, elementwise } from './operator.ts'

/**
 * Small kernels between the matrix products of `group`'s layers, each launched on its own: a norm before each half of a layer (reads
 * the residual and the branch, writes both), one of queries and one of keys, gates on what a mixer says, the activation function
 * (reads two FFN-wide tensors, writes one), the sum of routed and shared experts. Routed experts activate inside their own kernels.
 */
export function glueOperators(arch: ModelArch, group: LayerGroup, tokens: number): Operator[] {
  const { count, mixer, ffn } = group
  const norms = (mixer.kind === 'none' ? 0 : 1) + (ffn.kind === 'none' ? 0 : 1)
  const beside = ffn.kind === 'moe' ? ffn.sharedInter + ffn.denseInter : 0
  const inter = ffn.kind === 'dense' ? ffn.inter : beside
  const glue = (name: string, times: number, values: number, split: Split = 'none'): Operator[] =>
    values > 0 ? [elementwise(name, times * count, tokens, values, split)] : []
  return [
    ...glue('norms', norms, norms > 0 ? 4 * arch.hidden : 0),
    ...glue('qk-norm', 2, normedValues(mixer), mixer.kind === 'mla' ? 'none' : 'tensor'),
    ...glue('mixer-gate', 1, 3 * gatedValues(mixer), 'tensor'),
    ...glue('activation', 1, 3 * inter, 'tensor'),
    ...glue('expert-sum', 1, beside > 0 ? 3 * arch.hidden : 0),
  ]
}

function normedValues(mixer: Mixer): number {
  if (mixer.kind === 'gqa') return mixer.qkNorm ? (mixer.heads + mixer.kvHeads) * mixer.headDim : 0
  return mixer.kind === 'mla' ? mixer.queryRank + mixer.kvRank : 0
}

// Delta rules and state spaces normalise and gate their outputs in one kernel.
function gatedValues(mixer: Mixer): number {
  if (mixer.kind === 'linear') return mixer.outputRows
  return (mixer.kind === 'gqa' || mixer.kind === 'mla') && mixer.outputGate ? mixer.heads * mixer.valueDim : 0
}

/**
 * The operators with what narrow formats add: 8-bit products with block scales and 4-bit ones find the scales of their inputs in a kernel
 * of their own, which reads them in 16 bits. Scales of whole tensors are known beforehand, so that the kernel before writes 8 bits.
 */
export function quantised(arch: ModelArch, operators: readonly Operator[]): Operator[] {
  const isBlockwise = isBlockScaled(arch)
  return operators.flatMap((operator) => {
    const { kind, format, name, count, rows, inner = 0, split } = operator
    if (kind !== 'gemm' || (format !== 'fp4' && !(format === 'fp8' && isBlockwise))) return [operator]
    const written = format === 'fp4' ? 0.5 : 1
    const quantise = elementwise(
      'quantise',
      count,
      rows,
      inner * (1 + written / ACTIVATION_BYTES),
      split === 'inner' ? 'tensor' : 'none',
    )
    const product: Operator = format === 'fp8' ? { ...operator, blockScaled: true } : operator
    return SHARED_INPUT.has(name) ? [product] : [quantise, product]
  })
}

/** Products whose input another one before them has quantised, and the one that decoding absorbs, in 16 bits. */
const SHARED_INPUT: ReadonlySet<string> = new Set(['shared-expert-up', 'attn-gate', 'index-proj', 'kv-up'])

/**
 * 8-bit checkpoints scale by blocks of 128 × 128 where their publishers do so: all with experts (DeepSeek, Qwen, GLM, MiniMax) and Qwen's
 * dense ones (`weight_block_size` of Qwen/Qwen3-32B-FP8); the others' by tensor or channel.
 */
function isBlockScaled(arch: ModelArch): boolean {
  return hasExperts(arch) || arch.family.startsWith('qwen3')
}
