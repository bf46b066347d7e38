import { type ModelArch, kvBytesPerToken, weightBytes } from '../../src/model/index.ts'
import type { Deployment } from './deployment.ts'

const BLOCK_TOKENS = 16
const FORMATS = { ffn: 'bf16', attention: 'bf16', embedding: 'bf16' } as const
/** Bytes that sampling takes per sequence and word of the vocabulary: logits in 16 and 32 bits, sorted, their 64-bit order, odds. */
const SAMPLER_BYTES = 2 + 4 + 4 + 8 + 4
/** CUDA context, allocator slack and other activations, bytes: what is left over of the one run that recorded its count (2588, RTX 4090). */
const RESERVE = 0.515e9

/**
 * KV blocks of 16 tokens that vLLM finds room for on one GPU: `utilization` of the memory, less weights, the peak of its
 * profiling step and a reserve.
 */
export function blockCount(deployment: Deployment, memoryBytes: number, utilization: number): number {
  const { arch, tp, maxSequences } = deployment
  const sampler = maxSequences * arch.vocab * SAMPLER_BYTES
  const free = utilization * memoryBytes - gpuWeights(deployment) - sampler - RESERVE
  return Math.floor(free / ((BLOCK_TOKENS * kvBytesPerToken(arch, 'bf16')) / tp))
}

function gpuWeights({ arch, tp, dp, isExpertParallel }: Deployment): number {
  const all = weightBytes(arch, FORMATS)
  const experts = isExpertParallel ? expertBytes(arch) : 0
  return (all - experts + experts / dp) / tp
}

// Three matrices an expert, 16 bits.
function expertBytes({ layers, hidden }: ModelArch): number {
  return layers.reduce((sum, { count, ffn }) => {
    return ffn.kind === 'moe' ? sum + count * ffn.experts * 3 * hidden * ffn.inter * 2 : sum
  }, 0)
}
