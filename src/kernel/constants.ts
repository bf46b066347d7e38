import fit from '../../catalog/fits/kernel.json' with { type: 'json' }
import table from '../../catalog/fits/kernel-table.json' with { type: 'json' }
import type { Seconds } from '../units/index.ts'
import type { Library } from './surfaces.ts'

/**
 * What stands between the surfaces of kernel timings and kernels inside a serving engine. None belongs to a model or a chip,
 * so that a new one needs only its datasheet.
 */
export interface KernelConstants extends KernelTable, KernelPace {
  /** Whose collectives run; the fastest of any engine's when absent. */
  readonly library?: Library
}

/**
 * Speed of kernels inside a serving engine over their speed alone, 1 = the same: their weights come cold from memory, their power
 * and clocks are those of a busy chip, and neighbours overlap. Fitted to deployments.
 */
export interface KernelPace {
  /** Kernels that memory bounds. */
  readonly streamPace: number
  /** The same for routed experts. */
  readonly expertStreamPace: number
  /** Kernels that the matrix units bound, all kinds. */
  readonly matrixPace: number
  /** All-reduces and the norms that they carry, against benchmarks of all-reduces alone. */
  readonly reducePace: number
  /** All collectives: 1, since none of the fitted deployments says more than `reducePace` does; what a site's links are worth. */
  readonly linkPace: number
  /** Starting and ending kernels: neighbours overlap in an engine, and glue that no operator tells lies between them. */
  readonly launchPace: number
}

/** Figures of kernels that no surface times, and of collectives. */
export interface KernelTable {
  /** Time of a kernel that does next to nothing, inside a CUDA graph. */
  readonly launch: Seconds
  /** Share of the matrix peak and of memory bandwidth that kernels without a surface reach. */
  readonly plainMatrixEfficiency: number
  readonly plainStreamEfficiency: number
  /** Share of link bandwidth that large collectives reach. */
  readonly linkEfficiency: number
  /** Latency of a small collective over the scale-up link, per rank doubling. */
  readonly collectiveLatency: Seconds
  /** Delta rules on prompts, by whose kernels. */
  readonly scan: Readonly<Record<Library, ScanFigures>>
}

/** Time of a delta rule on prompts: starting + chunks of the longest sequence one after the other + all bytes + all FLOPs. */
export interface ScanFigures {
  /** All kernels of one layer doing next to nothing. */
  readonly start: Seconds
  /** One chunk of one sequence after the one before it. */
  readonly chunk: Seconds
  /** Times that memory and the matrix units take at full speed, multiplied. */
  readonly memory: number
  readonly matrix: number
}

const CONSTANTS: KernelConstants = { ...table.constants, linkPace: 1, ...fit.constants }

/**
 * The constants of catalog/fits/kernel-table.json (kernel timings) and kernel.json (fitted to deployments), with an engine's own
 * collectives or the fastest of any engine's.
 */
export function kernelConstants(library?: Library): KernelConstants {
  return library === undefined ? CONSTANTS : LIBRARY[library]
}

const LIBRARY: Readonly<Record<Library, KernelConstants>> = {
  vllm: { ...CONSTANTS, library: 'vllm' },
  sglang: { ...CONSTANTS, library: 'sglang' },
  trtllm: { ...CONSTANTS, library: 'trtllm' },
}

/** Kernels timed alone keep the speed of their benchmarks. */
const ALONE: KernelPace = {
  streamPace: 1,
  expertStreamPace: 1,
  matrixPace: 1,
  reducePace: 1,
  linkPace: 1,
  launchPace: 1,
}

/** The constants of kernels timed by themselves: paces tell what a serving engine does to them, so that all are 1. */
export function aloneConstants(library?: Library): KernelConstants {
  return { ...kernelConstants(library), ...ALONE }
}
