import type { Operator, OperatorKind } from '../model/index.ts'
import type { Seconds } from '../units/index.ts'
import type { KernelConstants } from './constants.ts'
import { MOST_AXES, interpolate } from './lattice.ts'
import type { Machine } from './machine.ts'
import { scanTime } from './scan-time.ts'
import { SURFACES, familyOf, surfaceBase, variantOf } from './surface-family.ts'
import { hasSurfaces, surfaceOf } from './surfaces.ts'

export interface OperatorTime {
  /** One instance; multiply by `operator.count` for the step. */
  readonly seconds: Seconds
  readonly bound: 'compute' | 'memory' | 'latency'
}

/** Speed of light of one instance: no kernel can beat max(FLOPs / peak, bytes / bandwidth). */
export function lightTime(operator: Operator, machine: Machine): Seconds {
  return Math.max(computeTime(operator, machine), memoryTime(operator, machine))
}

/**
 * Seconds of one instance: what benchmarks of such kernels found on this chip or its kin, at the speeds that kernels keep inside a
 * serving engine; never less than speed of light. Kernels that no table holds are timed by a
 * roofline.
 */
export function operatorTime(operator: Operator, machine: Machine, k: KernelConstants): OperatorTime {
  const compute = computeTime(operator, machine)
  const memory = memoryTime(operator, machine)
  const light = Math.max(compute, memory)
  const streamPace = operator.kind === 'expert-gemm' ? k.expertStreamPace : k.streamPace
  // Where a chip's own kernels were not timed, what large ones attain on it beside those that were.
  const [matrixShare, memoryShare] = hasSurfaces(machine)
    ? [1, 1]
    : [machine.rates[operator.format].share, machine.memoryShare]
  const kernel = kernelTime(
    operator,
    machine,
    k,
    compute / (k.matrixPace * matrixShare),
    memory / (streamPace * memoryShare),
  )
  const seconds = Math.max(light, kernel)
  return { seconds, bound: light < seconds / 4 ? 'latency' : compute > memory ? 'compute' : 'memory' }
}

/** FLOPs / peak. */
export function computeTime(operator: Operator, machine: Machine): Seconds {
  return operator.flops / machine.rates[operator.format].flops
}

/** All bytes an instance moves through main memory / bandwidth. */
export function memoryTime(operator: Operator, machine: Machine): Seconds {
  return (operator.weightBytes + operator.cacheBytes + operator.activationBytes) / machine.memoryRate
}

// One scratch for all calls: this sits in the innermost loop of every prediction.
const POINT = new Float64Array(MOST_AXES)

function kernelTime(
  operator: Operator,
  machine: Machine,
  k: KernelConstants,
  compute: Seconds,
  memory: Seconds,
): Seconds {
  if (operator.chain !== undefined) return scanTime(operator.chain, compute, memory, k)
  const family = operator.rows > 0 ? familyOf(operator) : undefined
  const surface = family && surfaceOf(machine, family, variantOf(operator, machine))
  if (family === undefined || surface === undefined) return rooflineTime(operator, compute, memory, k)
  const { place, launches } = SURFACES[family]
  place(operator, POINT)
  return surfaceBase(compute, memory, (launches * k.launch) / k.launchPace) * Math.exp(interpolate(surface, POINT))
}

// Chunked recurrences do small matrix products, and glue only moves activations.
function rooflineTime({ rows, kind }: Operator, compute: Seconds, memory: Seconds, k: KernelConstants): Seconds {
  const launch = rows > 0 ? (KERNELS[kind] * k.launch) / k.launchPace : 0
  return surfaceBase(compute / k.plainMatrixEfficiency, memory / k.plainStreamEfficiency, launch)
}

/** Kernels launched per operator: scheduling, permutation and two GEMMs for experts; split and merge for attention. */
const KERNELS: Readonly<Record<OperatorKind, number>> = {
  gemm: 1,
  'expert-gemm': 4,
  'prefill-attention': 1,
  'decode-attention': 1.5,
  recurrence: 2,
  elementwise: 1,
}
