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
  const efficiency = COMPUTE[operator.kind](k, operator.keys ?? 0) * narrowing(rate.computedIn, k)
  const compute = (operator.flops * padding(operator)) / (rate.flops * efficiency)
  const memory = memoryTime(operator, machine, k)
  const seconds = KERNELS[operator.kind] * k.kernelFloor + smoothMax(compute, memory)
  return { seconds, bound: boundOf(compute, memory, seconds) }
}

/** Further factor for narrow operands. */
function narrowing(format: Format, k: KernelConstants): number {
  if (format === 'fp8' || format === 'int8') return k.eightBitEfficiency
  return format === 'fp4' || format === 'mxfp4' || format === 'int4' ? k.fourBitEfficiency : 1
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
const COMPUTE: Readonly<Record<OperatorKind, (k: KernelConstants, keys: number) => number>> = {
  gemm: (k) => k.matrixEfficiency,
  'expert-gemm': (k) => k.matrixEfficiency,
  'prefill-attention': (k, keys) => (k.attentionEfficiency * keys) / (keys + k.attentionHalfContext),
  'decode-attention': (k) => k.matrixEfficiency,
  recurrence: (k) => k.attentionEfficiency / 2,
  elementwise: (k) => k.matrixEfficiency,
}

function memoryTime(operator: Operator, machine: Machine, k: KernelConstants): Seconds {
  const weights = operator.kind === 'expert-gemm' ? k.expertStreamEfficiency : k.streamEfficiency
  const spent =
    operator.weightBytes / weights +
    operator.cacheBytes / k.cacheEfficiency +
    operator.activationBytes / k.streamEfficiency
  return spent / machine.memoryRate
}

/** Rows of the smallest matrix tile that current kernels use. */
const TILE_ROWS = 16

// Expert GEMMs pad every hit expert's rows; at most one tile each.
function padding(operator: Operator): number {
  if (operator.kind === 'gemm') return roundUp(operator.rows, TILE_ROWS) / Math.max(operator.rows, 1e-9)
  if (operator.routing === undefined || operator.rows <= 0) return 1
  const { experts, topk } = operator.routing
  const perExpert = Math.max((operator.rows * topk) / experts, 1)
  return (perExpert + TILE_ROWS / 2) / perExpert
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
