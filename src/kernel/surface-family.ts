import type { Operator } from '../model/index.ts'
import type { Format, Seconds } from '../units/index.ts'
import { type Lattice } from './lattice.ts'
import type { Machine } from './machine.ts'

/** Operators whose kernels are timed by a surface of their own. */
export const FAMILIES = ['gemm', 'experts', 'decode', 'prefill', 'latent-decode', 'latent-prefill'] as const
export type OperatorFamily = (typeof FAMILIES)[number]

/**
 * Collectives inside one scale-up domain that have surfaces. Only all-reduces were timed as engines run them; the others of NCCL are
 * not the fused dispatch and combine of experts.
 */
export const COLLECTIVES = ['all-reduce'] as const
export type CollectiveFamily = (typeof COLLECTIVES)[number]

/** What a surface is of. */
export type Family = OperatorFamily | CollectiveFamily

/** Kinds of operands or cached values that kernels are written for. */
export const VARIANTS = ['bf16', 'fp8', 'fp8-block', 'fp4', 'mxfp4', 'int4'] as const
export type Variant = (typeof VARIANTS)[number]

export interface SurfaceFamily {
  /** Knots of each axis, as natural logarithms. */
  readonly axes: Lattice['axes']
  /** Kernels it launches one after the other. */
  readonly launches: number
  /** Writes the operator's coordinates into `point`. */
  readonly place: (operator: Operator, point: Float64Array) => void
}

const logs = (...values: readonly number[]): readonly number[] => values.map(Math.log)
const log = (value: number): number => Math.log(Math.max(value, 1e-9))

/** Coordinates are what a kernel sees: sizes of its matrices, work items side by side, length of each. */
export const SURFACES: Readonly<Record<OperatorFamily, SurfaceFamily>> = {
  // rows, columns, inner
  gemm: {
    axes: [
      logs(1, 8, 16, 32, 48, 64, 96, 128, 160, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096, 8192, 16_384),
      logs(32, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384, 65_536),
      logs(32, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384, 65_536),
    ],
    launches: 1,
    place: ({ rows, columns = 1, inner = 1 }, point) => {
      point[0] = log(rows)
      point[1] = log(columns)
      point[2] = log(inner)
    },
  },
  // rows per expert, experts on the chip, width of each on it, hidden
  experts: {
    axes: [
      logs(1 / 32, 1 / 8, 1 / 2, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096),
      logs(1, 2, 4, 8, 16, 32, 64, 128, 512),
      logs(32, 128, 256, 512, 1024, 2048, 8192),
      logs(2048, 4096, 8192),
    ],
    launches: 4,
    place: ({ routing }, point) => {
      const { tokens, topk, experts, ranks, width, hidden } = routing!
      point[0] = log((tokens * topk) / experts)
      point[1] = log(experts / ranks)
      point[2] = log(width)
      point[3] = log(hidden)
    },
  },
  // cached heads attended to side by side, keys of each, queries that share them, head dimension
  decode: {
    axes: [
      logs(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096),
      logs(1, 16, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768, 131_072),
      logs(1, 2, 4, 8, 12, 16, 20, 24, 32, 64),
      logs(64, 128, 192, 256),
    ],
    launches: 1,
    place: ({ rows, keys = 1, cacheHeads = 1, heads }, point) => {
      const { query, sequences, dim } = heads!
      point[0] = log(sequences * cacheHeads)
      point[1] = log(keys)
      point[2] = log((rows * query) / (sequences * cacheHeads))
      point[3] = log(dim)
    },
  },
  // queries of all heads, keys of each, queries that share them, head dimension
  prefill: {
    axes: [
      logs(16, 256, 1024, 4096, 8192, 16_384, 32_768, 65_536, 131_072, 262_144, 1_048_576, 4_194_304),
      logs(1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192),
      logs(1, 2, 4, 8, 16, 32),
      logs(64, 128, 192, 256),
    ],
    launches: 1,
    place: ({ rows, keys = 1, cacheHeads = 1, heads }, point) => {
      point[0] = log(rows * heads!.query)
      point[1] = log(keys)
      point[2] = log(heads!.query / cacheHeads)
      point[3] = log(heads!.dim)
    },
  },
  // sequences, keys, heads that share them (times drafts)
  'latent-decode': {
    axes: [
      logs(1, 4, 8, 16, 32, 64, 128, 256, 512, 1024),
      logs(1, 16, 64, 256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768, 131_072),
      logs(1, 2, 4, 8, 16, 32, 64, 128),
    ],
    launches: 1,
    place: ({ rows, keys = 1, heads }, point) => {
      point[0] = log(heads!.sequences)
      point[1] = log(keys)
      point[2] = log((rows * heads!.query) / heads!.sequences)
    },
  },
  // queries of all heads, keys of each, heads
  'latent-prefill': {
    axes: [
      logs(16, 256, 1024, 4096, 8192, 16_384, 32_768, 65_536, 131_072, 262_144, 1_048_576, 4_194_304),
      logs(1, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192),
      logs(1, 4, 16, 64, 128),
    ],
    launches: 1,
    place: ({ rows, keys = 1, heads }, point) => {
      point[0] = log(rows * heads!.query)
      point[1] = log(keys)
      point[2] = log(heads!.query)
    },
  },
}

// ranks, bytes of the tensor
const COLLECTIVE_AXES: Lattice['axes'] = [
  logs(2, 4, 8),
  Array.from({ length: 16 }, (_, i) => Math.log(256 * 2 ** (1.5 * i))),
]

/** Knots of a family's surfaces. */
export function axesOf(family: Family): Lattice['axes'] {
  return isCollective(family) ? COLLECTIVE_AXES : SURFACES[family].axes
}

/** Whether a surface is of a collective. */
export function isCollective(family: Family): family is CollectiveFamily {
  return (COLLECTIVES as readonly string[]).includes(family)
}

/** Family of an operator, or undefined when its kernels are not timed by a surface. */
export function familyOf(operator: Operator): OperatorFamily | undefined {
  const { kind, heads } = operator
  if (kind === 'gemm') return operator.columns === undefined ? undefined : 'gemm'
  if (kind === 'expert-gemm') return operator.routing === undefined ? undefined : 'experts'
  if (heads === undefined) return undefined
  if (kind === 'prefill-attention') return heads.latent ? 'latent-prefill' : 'prefill'
  return heads.latent ? 'latent-decode' : 'decode'
}

/** Which kernels an operator runs on this machine: by its weights' format, or by the format of the cache. */
export function variantOf(operator: Operator, machine: Machine): Variant {
  if (operator.heads !== undefined) return operator.heads.cacheBits === 16 ? 'bf16' : 'fp8'
  const { format } = operator
  const weights = WEIGHT_VARIANTS[format]
  if (operator.kind === 'expert-gemm') return weights === 'fp8' ? 'fp8-block' : weights
  if (weights === 'int4') return 'int4'
  const computed = WEIGHT_VARIANTS[machine.rates[format].computedIn]
  if (computed === 'fp8' && operator.blockScaled === true) return 'fp8-block'
  return computed === 'mxfp4' ? 'fp4' : computed
}

const WEIGHT_VARIANTS: Readonly<Record<Format, Variant>> = {
  fp32: 'bf16',
  tf32: 'bf16',
  bf16: 'bf16',
  fp8: 'fp8',
  int8: 'fp8',
  fp4: 'fp4',
  mxfp4: 'mxfp4',
  int4: 'int4',
}

/**
 * What the surface of an operator is relative to: launches + the cubic mean of the times that multiplying and reading take
 * at full speed, which says that near the ridge neither unit is ever fully busy.
 */
export function surfaceBase(compute: Seconds, memory: Seconds, launch: Seconds): Seconds {
  return launch + cubicMean(compute, memory)
}

/** (a³ + b³)^⅓ */
export function cubicMean(a: number, b: number): number {
  const top = Math.max(a, b)
  if (top === 0) return 0
  const ratio = Math.min(a, b) / top
  return top * Math.cbrt(1 + ratio * ratio * ratio)
}
