import { type Machine, type SurfaceOrigin, aloneConstants } from '../kernel/index.ts'
import { type Adjustment, adjustedKernel } from '../predict/index.ts'
import type { Seconds } from '../units/index.ts'
import { kernelFactors } from './factor.ts'
import { settle } from './fit.ts'
import { type TimedKernel, expectedTime, timedBy } from './kernel-timing.ts'
import { type Term, covariance, independentPrior, posterior } from './posterior.ts'

/** Doubts of what is expected of a kernel, as standard deviations of its logarithm. */
interface Doubt {
  /** Of one shape. */
  readonly shape: number
  /** Of all shapes of one kernel and format together. */
  readonly kind: number
}

/**
 * Own surfaces tell the fastest engine's kernel. Of 192 public tables (one engine's kernel in one format on A100, H100, H200, B200 or L40S) half lie within 5 % of
 * it in the median and two thirds within 14 %; in half of them shapes scatter by 12 % or less around that (calibrate/kernel-scatter.ts).
 * The others follow what surfaces miss on chips and generations left out (docs/kernel.md); kernels without a surface are estimates.
 */
const DOUBTS: Readonly<Record<SurfaceOrigin | 'none', Doubt>> = {
  own: { shape: 0.1, kind: 0.1 },
  kin: { shape: 0.12, kind: 0.15 },
  shared: { shape: 0.2, kind: 0.25 },
  none: { shape: 0.3, kind: 0.3 },
}

/** Step of a factor's logarithm over which slopes are taken. */
const PROBE = 0.03
const FACTORS = kernelFactors()

/** Kernels at some factors. */
interface Linear {
  readonly at: readonly number[]
  readonly terms: readonly Term[]
}

/** Kernels of one chip, ready to be refitted in any part. */
export interface KernelFit {
  /** Logarithms of the factors that the kernels of `keeps` make most probable. */
  readonly logs: (keeps: (kernel: number) => boolean) => number[]
  /** Covariance of the factors' logarithms, all kernels seen. */
  readonly covariance: readonly (readonly number[])[]
}

/** ln(expected / measured) under factors given by their logarithms. */
export function kernelLogError(kernel: TimedKernel, machine: Machine, logs: readonly number[]): number {
  return Math.log(timeAt(kernel, machine, logs) / kernel.seconds)
}

/**
 * Fits the factors that kernels timed alone can tell, and with them an offset for each kernel and format: a library routine may be faster or slower
 * than those that the surfaces were fitted to, which is one observation however many shapes show it, and nothing that carries over to other kernels.
 */
export function fitKernels(kernels: readonly TimedKernel[], machine: Machine): KernelFit {
  const origins = kernels.map((kernel) => timedBy(kernel, machine) ?? 'none')
  const kinds = kernels.map(({ kind }, i) => `${kind} ${origins[i]}`)
  const offsets = new Map(kinds.map((kind, i) => [kind, DOUBTS[origins[i]!].kind]))
  const prior = independentPrior([...FACTORS.map(({ doubt }) => doubt), ...offsets.values()])
  const places = kinds.map((kind) => [...offsets.keys()].indexOf(kind))
  const linear = (at: readonly number[]): Linear => ({
    at,
    terms: kernels.map((kernel, i) => ({
      ...equationOf(kernel, machine, at, places[i]!),
      noise: DOUBTS[origins[i]!].shape,
      share: 1,
    })),
  })
  const start = linear(prior.mean)
  const line = settle(prior.mean.length, linear, ({ at, terms }) => posterior(terms, at, prior).logs)
  const few = <T>(values: readonly T[]): T[] => values.slice(0, FACTORS.length)
  return {
    logs: (keeps) =>
      few(
        posterior(
          line.terms.filter((_, i) => keeps(i)),
          line.at,
          prior,
        ).logs,
      ),
    covariance: few(covariance(start.terms, prior)).map(few),
  }
}

function equationOf(
  kernel: TimedKernel,
  machine: Machine,
  at: readonly number[],
  place: number,
): Pick<Term, 'error' | 'slope'> {
  const moved = (k: number, step: number): number => Math.log(timeAt(kernel, machine, at.with(k, at[k]! + step)))
  const [factors, offsets] = [at.slice(0, FACTORS.length), at.slice(FACTORS.length)]
  return {
    error: kernelLogError(kernel, machine, factors) + offsets[place]!,
    slope: [
      ...factors.map((_, k) => (moved(k, PROBE) - moved(k, -PROBE)) / (2 * PROBE)),
      ...offsets.map((_, k) => (k === place ? 1 : 0)),
    ],
  }
}

function timeAt(kernel: TimedKernel, machine: Machine, logs: readonly number[]): Seconds {
  const [bandwidth, compute, links, launch] = logs.map(Math.exp) as [number, number, number, number]
  const adjustment: Adjustment = { bandwidth, compute, links, launch, engines: {} }
  return expectedTime(kernel, machine, adjustedKernel(aloneConstants(kernel.library), adjustment))
}
