import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { type KernelTiming, findChip, machineOf, rng } from '../../src/index.ts'
import { aloneConstants } from '../../src/kernel/index.ts'
import { expectedTime, timedKernel } from '../../src/refit/kernel-timing.ts'

export interface Truth {
  readonly bandwidth: number
  readonly compute: number
  readonly links: number
  readonly launch: number
}

export const AS_SHIPPED: Truth = { bandwidth: 1, compute: 1, links: 1, launch: 1 }

/** Shapes that memory, matrix units, links and launches bound. */
export const SHAPES: readonly Omit<KernelTiming, 'id' | 'seconds'>[] = [
  ...(['bf16', 'fp8'] as const).flatMap((format) =>
    [
      [6144, 4096],
      [28_672, 4096],
      [4096, 14_336],
      [1024, 1024],
    ].flatMap(([n, k]) =>
      [1, 32, 256, 8192].map((m) => ({ kernel: 'gemm' as const, format, shape: { m, n: n!, k: k! } })),
    ),
  ),
  ...[1, 64, 4096].map((tokens) => {
    const shape = { tokens, hidden: 4096, inter: 1536, topk: 8, experts: 128 }
    return { kernel: 'expert-gemm' as const, format: 'fp8-block' as const, shape }
  }),
  ...[8, 128].flatMap((batch) =>
    [32, 64].map((heads) => {
      const shape = { batch, heads, kvHeads: 8, headDim: 128, cached: 8191 }
      return { kernel: 'decode-attention' as const, format: 'bf16' as const, shape }
    }),
  ),
  ...[2048, 8192].map((length) => {
    const shape = { batch: 1, heads: 32, kvHeads: 8, headDim: 128, length }
    return { kernel: 'prefill-attention' as const, format: 'bf16' as const, shape }
  }),
  ...[2, 4, 8].flatMap((ranks) =>
    [1 << 16, 1 << 25, 1 << 27].map((bytes) => ({ kernel: 'all-reduce' as const, shape: { ranks, bytes } })),
  ),
]

/**
 * `SHAPES` timed on an H100 that `truth` and seeded scatter make, in standard deviations of ln(latency): of a shape, and of all shapes of one kernel and
 * format together.
 */
export function timed({ bandwidth, compute, links, launch }: Truth, scatter = 0, seed = 1, common = 0): KernelTiming[] {
  const machine = machineOf(findChip('h100-sxm'))
  const k = {
    ...aloneConstants(),
    streamPace: bandwidth,
    expertStreamPace: bandwidth,
    matrixPace: compute,
    linkPace: links,
    launchPace: launch,
  }
  const stream = rng(seed, 'kernel-site')
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - uniformFloat64(stream))) * Math.cos(2 * Math.PI * uniformFloat64(stream))
  const offsets = new Map<string, number>()
  return SHAPES.map((kernel, i) => {
    const untimed = { ...kernel, id: `t${i}`, seconds: 1 }
    const work = timedKernel(untimed)
    const offset = offsets.get(work.kind) ?? common * normal()
    offsets.set(work.kind, offset)
    return { ...untimed, seconds: expectedTime(work, machine, k) * Math.exp(offset + scatter * normal()) }
  })
}
