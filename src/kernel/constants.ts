import fit from '../../catalog/fits/kernel.json' with { type: 'json' }
import table from '../../catalog/fits/kernel-table.json' with { type: 'json' }
import type { Seconds } from '../units/index.ts'

/**
 * The few physical constants that stand between speed of light and a real kernel. All are dimensionless efficiencies
 * (≤ 1), latencies or a half-length; none belongs to a model or a chip, so that a new one needs only its datasheet.
 */
export interface KernelConstants extends KernelTable {
  /** Share of peak memory bandwidth that a large streaming read reaches. */
  readonly streamEfficiency: number
  /** The same for the scattered reads of expert weights. */
  readonly expertStreamEfficiency: number
  /** Time below which no kernel finishes: launch, ramp-up and drain inside a CUDA graph. */
  readonly kernelFloor: Seconds
  /** Share of link bandwidth a large collective reaches. */
  readonly linkEfficiency: number
}

/** What kernel timings say of large shapes, by themselves and without any serving measurement. */
export interface KernelTable {
  /** Share of the dense matrix peak that a large 16-bit GEMM reaches. */
  readonly matrixEfficiency: number
  /** Further factor for 8-bit operands (scaling, power limits). */
  readonly eightBitEfficiency: number
  /** Further factor for 4-bit operands. */
  readonly fourBitEfficiency: number
  /** Further factors on the share of memory bandwidth for 8-bit and 4-bit weights. */
  readonly eightBitStreamEfficiency: number
  readonly fourBitStreamEfficiency: number
  /** Outputs of a 16-bit GEMM at which it reaches half of that: fewer leave multiprocessors idle. */
  readonly matrixHalfOutputs: number
  /** Inner dimension of a 16-bit GEMM at which it reaches half of that: shorter ones never fill the pipeline. */
  readonly matrixHalfInner: number
  /** Share of the dense matrix peak that 16-bit expert GEMMs reach with many tokens and wide experts. */
  readonly expertMatrixEfficiency: number
  /** Further factors for 8-bit (scaled by block) and 4-bit experts. */
  readonly expertEightBitEfficiency: number
  readonly expertFourBitEfficiency: number
  /** Hidden width of an expert on a chip at which its GEMM reaches half of its rate. */
  readonly expertHalfWidth: number
  /** Rows by which each expert's tokens are padded, on average. */
  readonly expertPadding: number
  /** Share of bandwidth of KV-cache reads in decode attention. */
  readonly cacheEfficiency: number
  /** Share of the 16-bit peak that fused prefill attention approaches with long prompts. */
  readonly attentionEfficiency: number
  /** Keys per query at which it reaches half of that: masked tiles and short loops cost the rest. */
  readonly attentionHalfContext: number
  /** Latency of a small collective over the scale-up link, per rank doubling. */
  readonly collectiveLatency: Seconds
}

const CONSTANTS: KernelConstants = { ...table.constants, ...fit.constants }

/** The constants of catalog/fits/kernel-table.json (kernel timings) and kernel.json (fitted to deployments). */
export function kernelConstants(): KernelConstants {
  return CONSTANTS
}
