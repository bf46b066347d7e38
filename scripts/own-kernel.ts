import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { csvText } from '../cli/file/csv.ts'
import { type KernelTiming, type Machine, findChip, machineOf, rng } from '../src/index.ts'
import { aloneConstants } from '../src/kernel/index.ts'
import { expectedTime, timedKernel } from '../src/refit/kernel-timing.ts'

/** What the made-up chip is: the catalog's H200 whose memory runs 8 % slower. */
const CHIP = 'h200-sxm'
export const MEMORY = 0.92
/** Standard deviation of ln(latency) around what is expected, as of one engine's kernels on a quiet machine. */
const SCATTER = 0.04

type Untimed = Omit<KernelTiming, 'id' | 'seconds'>

// [columns, inner] of the projections and feed-forwards of Llama-3.1-8B and Qwen3-32B.
const GEMMS = [
  [6144, 4096],
  [28_672, 4096],
  [4096, 14_336],
  [51_200, 5120],
  [5120, 25_600],
] as const

const EXPERTS = [
  { hidden: 2048, inter: 768, topk: 8, experts: 128 },
  { hidden: 4096, inter: 1536, topk: 8, experts: 128 },
] as const

const HEADS = [
  { heads: 32, kvHeads: 8, headDim: 128 },
  { heads: 64, kvHeads: 8, headDim: 128 },
] as const

function untimed(): Untimed[] {
  const cross = <A, B, C>(as: readonly A[], bs: readonly B[], make: (a: A, b: B) => C): C[] =>
    as.flatMap((a) => bs.map((b) => make(a, b)))
  return [
    ...(['bf16', 'fp8'] as const).flatMap((format) =>
      cross(GEMMS, [1, 16, 64, 512, 4096], ([n, k], m): Untimed => ({ kernel: 'gemm', format, shape: { m, n, k } })),
    ),
    ...cross(EXPERTS, [8, 64, 1024], (shape, tokens): Untimed => {
      return { kernel: 'expert-gemm', format: 'fp8-block', shape: { tokens, ...shape } }
    }),
    ...cross(HEADS, [1024, 8192], (shape, length): Untimed => {
      return { kernel: 'prefill-attention', format: 'bf16', shape: { batch: 1, ...shape, length } }
    }),
    ...(['bf16', 'fp8'] as const).flatMap((format) =>
      cross(HEADS, [8, 64], (shape, batch): Untimed => {
        return { kernel: 'decode-attention', format, shape: { batch, ...shape, cached: 4096 } }
      }),
    ),
    ...cross([2, 4, 8], [65_536, 1_048_576, 33_554_432], (ranks, bytes): Untimed => {
      return { kernel: 'all-reduce', shape: { ranks, bytes } }
    }),
  ]
}

/** Timings of a chip that nobody has: `MEMORY` of the catalog's bandwidth, all else as expected, and seeded scatter. Same code, same text. */
export function ownKernels(): string {
  const chip = machineOf(findChip(CHIP))
  const slow: Machine = { ...chip, memoryRate: chip.memoryRate * MEMORY }
  const stream = rng(1, 'own-kernels')
  // Box and Muller's sine and cosine of a uniform angle.
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - uniformFloat64(stream))) * Math.cos(2 * Math.PI * uniformFloat64(stream))
  const timed = untimed().map((kernel) => {
    const expected = expectedTime(timedKernel({ ...kernel, id: '', seconds: 1 }), slow, aloneConstants())
    return { ...kernel, seconds: expected * Math.exp(SCATTER * normal()) }
  })
  const sizes = ['m', 'n', 'k', 'tokens', 'hidden', 'inter', 'topk', 'experts'] as const
  const heads = ['batch', 'heads', 'kvHeads', 'headDim', 'length', 'cached', 'ranks', 'bytes'] as const
  const fields = [...sizes, ...heads]
  const columns = fields.map((field) => ({ kvHeads: 'kv_heads', headDim: 'head_dim' })[field as 'kvHeads'] ?? field)
  return csvText(
    ['chip', 'kernel', 'format', ...columns, 'latency_us'],
    timed.map(({ kernel, format, shape, seconds }) => [
      CHIP,
      kernel,
      format,
      ...fields.map((field) => (shape[field] === undefined ? undefined : String(shape[field]))),
      Number((seconds * 1e6).toPrecision(4)),
    ]),
  )
}
