import type { Transfer } from '../kernel/index.ts'
import { type Operator, decodePass, gemm, prefillPass } from '../model/index.ts'
import type { Format } from '../units/index.ts'
import { groupedMixer, latentMixer, loneAttention, loneExperts } from './lone-operator.ts'

/** Sizes that name the shape of a kernel, all whole numbers. */
export const SHAPE_FIELDS = [
  'm',
  'n',
  'k',
  'tokens',
  'hidden',
  'inter',
  'topk',
  'experts',
  'moeTp',
  'batch',
  'heads',
  'kvHeads',
  'headDim',
  'length',
  'cached',
  'ranks',
  'bytes',
] as const
export type ShapeField = (typeof SHAPE_FIELDS)[number]

/** Formats of operands or of cached values; `fp8-block` is FP8 with a scale per 128 × 128 block, `fp8` with one per tensor. */
export const KERNEL_FORMATS = ['bf16', 'fp8', 'fp8-block', 'int8', 'fp4', 'mxfp4', 'int4'] as const
export type KernelFormat = (typeof KERNEL_FORMATS)[number]

export const KERNEL_NAMES = [
  'gemm',
  'expert-gemm',
  'prefill-attention',
  'decode-attention',
  'mla-prefill-attention',
  'mla-decode-attention',
  'all-reduce',
  'all-gather',
  'reduce-scatter',
  'all-to-all',
] as const
export type KernelName = (typeof KERNEL_NAMES)[number]

/** What is timed: the same operator or transfer that a prediction would time. */
export type KernelWork =
  | { readonly operator: Operator; readonly transfer?: undefined }
  | { readonly transfer: Transfer; readonly operator?: undefined }

type Shape = Readonly<Record<ShapeField, number>>

/** How one kind of kernel is told. */
export interface KernelKind {
  readonly needs: readonly ShapeField[]
  /** Sizes that may be left out, and what they are then. */
  readonly may: Readonly<Partial<Record<ShapeField, number>>>
  /** Formats of the weights, or of the cache; none where bytes say everything. */
  readonly formats: readonly KernelFormat[]
  /** Sizes that a model fixes; the others are load. Timings that share them are neighbours in shape. */
  readonly family: readonly ShapeField[]
  readonly work: (shape: Shape, format: KernelFormat) => KernelWork
}

const CACHE_FORMATS = ['bf16', 'fp8'] as const
const GROUPED = ['heads', 'kvHeads', 'headDim'] as const

/** Kernels that can be timed by themselves and compared with what the kernel room expects of them. */
export const KERNELS: Readonly<Record<KernelName, KernelKind>> = {
  gemm: {
    needs: ['m', 'n', 'k'],
    may: {},
    formats: KERNEL_FORMATS,
    family: ['n', 'k'],
    work: ({ m, n, k }, format) => {
      const operator = gemm('gemm', 1, { rows: m, inner: k, columns: n }, operandsOf(format))
      return { operator: format === 'fp8-block' ? { ...operator, blockScaled: true } : operator }
    },
  },
  'expert-gemm': {
    needs: ['tokens', 'hidden', 'inter', 'topk', 'experts'],
    may: { moeTp: 1 },
    formats: KERNEL_FORMATS,
    family: ['hidden', 'inter', 'topk', 'experts', 'moeTp'],
    work: (shape, format) => ({ operator: loneExperts(shape, operandsOf(format)) }),
  },
  'prefill-attention': {
    needs: ['batch', ...GROUPED, 'length'],
    may: { cached: 0 },
    formats: CACHE_FORMATS,
    family: GROUPED,
    work: (shape, format) => grouped(shape, prefillPass(shape.batch, shape.length, shape.cached), format),
  },
  'decode-attention': {
    needs: ['batch', ...GROUPED, 'cached'],
    may: { length: 1 },
    formats: CACHE_FORMATS,
    family: GROUPED,
    work: (shape, format) => grouped(shape, stepPass(shape), format),
  },
  'mla-prefill-attention': {
    needs: ['batch', 'heads', 'length'],
    may: { cached: 0 },
    formats: CACHE_FORMATS,
    family: ['heads'],
    work: (shape, format) => latent(shape, prefillPass(shape.batch, shape.length, shape.cached), format),
  },
  'mla-decode-attention': {
    needs: ['batch', 'heads', 'cached'],
    may: { length: 1 },
    formats: CACHE_FORMATS,
    family: ['heads'],
    work: (shape, format) => latent(shape, stepPass(shape), format),
  },
  'all-reduce': collective('all-reduce'),
  'all-gather': collective('all-gather'),
  'reduce-scatter': collective('reduce-scatter'),
  'all-to-all': collective('all-to-all'),
}

function collective(kind: Transfer['kind']): KernelKind {
  return {
    needs: ['ranks', 'bytes'],
    may: {},
    formats: [],
    family: ['ranks'],
    work: ({ ranks, bytes }) => ({ transfer: { kind, ranks, bytes } }),
  }
}

// The tokens of a step attend to what is cached and, under the causal mask, to themselves.
function stepPass({ batch, cached, length }: Shape): ReturnType<typeof decodePass> {
  return decodePass(batch, cached + (length + 1) / 2, length)
}

function grouped(
  { heads, kvHeads, headDim }: Shape,
  pass: ReturnType<typeof decodePass>,
  format: KernelFormat,
): KernelWork {
  return { operator: loneAttention(groupedMixer(heads, kvHeads, headDim), pass, operandsOf(format)) }
}

function latent({ heads }: Shape, pass: ReturnType<typeof decodePass>, format: KernelFormat): KernelWork {
  return { operator: loneAttention(latentMixer(heads), pass, operandsOf(format)) }
}

function operandsOf(format: KernelFormat): Format {
  return format === 'fp8-block' ? 'fp8' : format
}
