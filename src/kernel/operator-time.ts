import type { Operator, OperatorKind } from '../model/index.ts'
import type { Format, Seconds } from '../units/index.ts'
import type { KernelConstants } from './constants.ts'
import type { Machine } from './machine.ts'

export interface OperatorTime {
  /** One instance; multiply by `operator.count` for the step. */
  readonly seconds: Seconds
  readonly bound: 'compute' | 'memory' | 'latency'
}

/** Speed of light of one instance: no kernel can beat max(FLOPs / peak, bytes / bandwidth). */
export function lightTime(operator: Operator, machine: Machine): Seconds {
  return Math.max(operator.flops / machine.rates[operator.format].flops, operatorBytes(operator) / machine.memoryRate)
}

/** All bytes an instance moves through main memory. */
function operatorBytes(operator: Operator): number {
  return operator.weightBytes + operator.cacheBytes + operator.activationBytes
}

/**
 * Seconds of one instance: launch floor + a smooth maximum of compute and memory time, each at its efficiency. The
 * smooth maximum (a^p + b^p)^(1/p), p = 3, says that near the ridge neither unit is ever fully busy (worst case +26 %).
 * Rows are padded to the tile height, since a matrix unit multiplies whole tiles.
 */
export function operatorTime(operator: Operator, machine: Machine, k: KernelConstants): OperatorTime {
  const rate = machine.rates[operator.format]
  const efficiency = COMPUTE[operator.kind](k, operator) * narrowing(operator.kind, rate.computedIn, k)
  const compute = (operator.flops * padding(operator, k)) / (rate.flops * rate.share * efficiency)
  const memory = memoryTime(operator, machine, k)
  const seconds = KERNELS[operator.kind] * k.kernelFloor + smoothMax(compute, memory)
  return { seconds, bound: boundOf(compute, memory, seconds) }
}

/** Further factor for narrow operands. Expert kernels scale blocks of values on the way, which costs them more. */
function narrowing(kind: OperatorKind, format: Format, k: KernelConstants): number {
  const [eight, four] =
    kind === 'expert-gemm'
      ? [k.expertEightBitEfficiency, k.expertFourBitEfficiency]
      : [k.eightBitEfficiency, k.fourBitEfficiency]
  if (BITS[format] === 8) return eight
  return BITS[format] === 4 ? four : 1
}

const BITS: Readonly<Record<Format, number>> = {
  fp32: 32,
  tf32: 32,
  bf16: 16,
  fp8: 8,
  int8: 8,
  fp4: 4,
  mxfp4: 4,
  int4: 4,
}

/** Kernels launched per operator: scheduling, permutation and two or three GEMMs for experts; split and merge for attention. */
const KERNELS: Readonly<Record<OperatorKind, number>> = {
  gemm: 1,
  'expert-gemm': 4,
  'prefill-attention': 1,
  'decode-attention': 1.5,
  recurrence: 2,
  elementwise: 1,
}

// Chunked recurrences do small matrix products; half of attention's limit is an estimate and rarely binds.
// Absorbed MLA decoding is matrix-bound and reaches a GEMM's rate: 660 TFLOP/s of 989 on H800 (deepseek-ai/FlashMLA).
const COMPUTE: Readonly<Record<OperatorKind, (k: KernelConstants, operator: Operator) => number>> = {
  gemm: (k, operator) => k.matrixEfficiency * occupancy(operator, k),
  'expert-gemm': (k, { routing }) =>
    k.expertMatrixEfficiency * saturation(routing?.width ?? Number.POSITIVE_INFINITY, k.expertHalfWidth),
  'prefill-attention': (k, { keys = 0 }) => k.attentionEfficiency * saturation(keys, k.attentionHalfContext),
  'decode-attention': (k) => k.matrixEfficiency,
  recurrence: (k) => k.attentionEfficiency / 2,
  elementwise: (k) => k.matrixEfficiency,
}

/**
 * Share of the large-shape rate that a matrix product of this shape reaches: too few output tiles leave multiprocessors
 * idle, and a short inner dimension never fills the pipeline. Narrow operands are multiplied faster, so that both take
 * proportionally more to hide.
 */
function occupancy({ rows, inner, flops, format }: Operator, k: KernelConstants): number {
  if (inner === undefined || flops === 0) return 1
  const narrow = 16 / BITS[format]
  const outputs = (flops / (2 * inner * Math.max(rows, 1e-9))) * roundUp(rows, TILE_ROWS)
  return saturation(outputs, k.matrixHalfOutputs * narrow) * saturation(inner, k.matrixHalfInner * narrow)
}

function saturation(value: number, half: number): number {
  return value === Number.POSITIVE_INFINITY ? 1 : value / (value + half)
}

function memoryTime(operator: Operator, machine: Machine, k: KernelConstants): Seconds {
  const weights =
    operator.kind === 'expert-gemm' ? k.expertStreamEfficiency : k.streamEfficiency * unpacking(operator.format, k)
  const spent =
    operator.weightBytes / weights +
    operator.cacheBytes / k.cacheEfficiency +
    operator.activationBytes / k.streamEfficiency
  return spent / (machine.memoryRate * machine.memoryShare)
}

/** Narrow weights come with scales, and their kernels keep fewer bytes in flight. */
function unpacking(format: Format, k: KernelConstants): number {
  if (BITS[format] === 8) return k.eightBitStreamEfficiency
  return BITS[format] === 4 ? k.fourBitStreamEfficiency : 1
}

/** Rows of the smallest matrix tile that current kernels use. */
const TILE_ROWS = 16

// Expert GEMMs pad every hit expert's rows to whole tiles.
function padding(operator: Operator, k: KernelConstants): number {
  if (operator.kind === 'gemm') return roundUp(operator.rows, TILE_ROWS) / Math.max(operator.rows, 1e-9)
  if (operator.routing === undefined || operator.rows <= 0) return 1
  const { experts, topk } = operator.routing
  const perExpert = Math.max((operator.rows * topk) / experts, 1)
  return (perExpert + k.expertPadding) / perExpert
}

function roundUp(value: number, step: number): number {
  return Math.ceil(Math.max(value, 1e-9) / step) * step
}

function smoothMax(a: number, b: number): number {
  const top = Math.max(a, b)
  if (top === 0) return 0
  const ratio = Math.min(a, b) / top
  return top * Math.cbrt(1 + ratio * ratio * ratio)
}

function boundOf(compute: number, memory: number, seconds: number): OperatorTime['bound'] {
  const busiest = Math.max(compute, memory)
  if (busiest < seconds / 2) return 'latency'
  return compute > memory ? 'compute' : 'memory'
}
