import fit from '../../catalog/fits/kernel.json' with { type: 'json' }
import type { Seconds } from '../units/index.ts'

/**
 * The few physical constants that stand between speed of light and a real kernel. All are dimensionless efficiencies
 * (≤ 1) or latencies; none belongs to a model or a chip, so that a new one needs only its datasheet.
 */
export interface KernelConstants {
  /** Share of peak memory bandwidth that a large streaming read reaches. */
  readonly streamEfficiency: number
  /** The same for the scattered reads of expert weights. */
  readonly expertStreamEfficiency: number
  /** The same for KV-cache reads in decode attention. */
  readonly cacheEfficiency: number
  /** Share of the dense matrix peak that a large 16-bit GEMM reaches. */
  readonly matrixEfficiency: number
  /** Further factor for 8-bit and for 4-bit operands (quantisation work, power limits). */
  readonly narrowEfficiency: number
  /** Share of the 16-bit peak that fused prefill attention reaches. */
  readonly attentionEfficiency: number
  /** Time below which no kernel finishes: launch, ramp-up and drain inside a CUDA graph. */
  readonly kernelFloor: Seconds
  /** Latency of a small collective over the scale-up link, per rank doubling. */
  readonly collectiveLatency: Seconds
  /** Share of link bandwidth a large collective reaches. */
  readonly linkEfficiency: number
}

/** The constants of catalog/fits/kernel.json. */
export function kernelConstants(): KernelConstants {
  return fit.constants
}
