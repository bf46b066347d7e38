import type { Chip } from '../catalog/index.ts'
import { PincerError } from '../issue/index.ts'
import { type Machine, aloneConstants, collectiveTime, machineOf, operatorTime } from '../kernel/index.ts'
import { type Factor, kernelFactors } from './factor.ts'
import { FEWEST_GROUPS, type Grouping, foldsOf, kernelGrouping } from './fold.ts'
import { gainOf, gainText } from './gain.ts'
import { type KernelFit, fitKernels, kernelLogError } from './kernel-fit.ts'
import { KERNEL_NAMES } from './kernel-kind.ts'
import { type KernelTiming, type TimedKernel, leastTime, timedKernel } from './kernel-timing.ts'
import { kernelError, quantile, rounded } from './summary.ts'
import type { KernelCalibration, KernelErrors, RefittedFactor } from './types.ts'

/** Kernels that a site has timed by themselves on one chip. */
export interface SiteKernels {
  readonly chip: Chip
  readonly timings: readonly KernelTiming[]
}

/** What kernels tell of the factors: most probable logarithms and their covariance, which runs take for their prior. */
export interface KernelKnowledge {
  readonly report: KernelCalibration
  /** Those to be applied, as doubted after the kernels were seen. */
  readonly factors: readonly Factor[]
  readonly logs: readonly number[]
  readonly covariance: readonly (readonly number[])[]
}

/**
 * Launches slower than the shipped ones by more than this are not the chip's: outside CUDA graphs the host launches every kernel anew.
 */
const HOST_BOUND = Math.log(2)
/** Timings this many times what is expected, or more, are in another unit. */
const OTHER_UNIT = 20

/**
 * Factors from kernels timed alone: each is expected to take what a prediction would take it to, at paces of 1.
 * @throws PincerError for faulty timings, an SRAM machine, timings that all lie below light or in another unit, and too few of them
 */
export function refitKernels({ chip, timings }: SiteKernels): KernelKnowledge {
  if (chip.kind === 'sram') throw notOnSram(chip)
  const machine = machineOf(chip)
  const { kernels, belowLight } = sound(timings.map(timedKernel), machine)
  checkUnit(kernels, machine, belowLight.length)
  const grouping = kernelGrouping(kernels)
  if (grouping === undefined) throw tooFew(kernels.length)
  const fit = fitKernels(kernels, machine)
  const found = fit.logs(() => true)
  const all = kernelFactors()
  const isHostBound = found[all.findIndex(({ name }) => name === 'launch')]! < -HOST_BOUND
  const isCarried = ({ name }: Factor): boolean => !(isHostBound && name === 'launch')
  const judgement = judged(kernels, machine, grouping, fit, (logs) =>
    logs.map((log, k) => (isCarried(all[k]!) ? log : 0)),
  )
  const few = <T>(values: readonly T[]): T[] => values.filter((_, k) => isCarried(all[k]!))
  return {
    report: {
      chip: chip.id,
      ...judgement,
      rows: timings.length,
      shapes: kernels.length,
      belowLight,
      bounds: boundsOf(kernels, machine),
      factors: all.map((factor, k) => refittedFactor(factor, found[k]!, Math.sqrt(fit.covariance[k]![k]!))),
      notes: isHostBound ? [HOST_BOUND_NOTE] : [],
    },
    factors: few(all.map((factor, k) => ({ ...factor, doubt: Math.sqrt(fit.covariance[k]![k]!) }))),
    logs: few(found),
    covariance: few(fit.covariance).map(few),
  }
}

const HOST_BOUND_NOTE =
  'launches take more than twice what they do inside CUDA graphs: the host’s, which predictions charge by themselves; the factor of launches is not applied'

/** A factor as reports name it; `prior` is its doubt before any row was seen. */
export function refittedFactor({ name, doubt }: Factor, log: number, sd: number): RefittedFactor {
  return { name, value: rounded(Math.exp(log)), doubt: rounded(Math.exp(sd)), prior: rounded(Math.exp(doubt)) }
}

// Repetitions of a shape share whatever is wrong with what is expected of it: they are one observation.
function sound(
  given: readonly TimedKernel[],
  machine: Machine,
): { kernels: TimedKernel[]; belowLight: KernelCalibration['belowLight'] } {
  const belowLight: KernelCalibration['belowLight'][number][] = []
  const shapes = new Map<string, TimedKernel[]>()
  for (const kernel of given) {
    const light = leastTime(kernel, machine)
    if (kernel.seconds < light) belowLight.push({ id: kernel.id, seconds: kernel.seconds, light })
    else if (shapes.has(kernel.shape)) shapes.get(kernel.shape)!.push(kernel)
    else shapes.set(kernel.shape, [kernel])
  }
  const kernels = [...shapes.values()].map((same) => ({
    ...same[0]!,
    seconds: quantile(
      same.map(({ seconds }) => seconds),
      0.5,
    ),
  }))
  return { kernels, belowLight }
}

function checkUnit(kernels: readonly TimedKernel[], machine: Machine, belowLight: number): void {
  if (kernels.length === 0 && belowLight > 0) throw otherUnit('all timings are below the speed of light')
  if (kernels.length === 0) return
  const ratios = kernels.map((kernel) => Math.exp(-kernelLogError(kernel, machine, SHIPPED)))
  const median = quantile(ratios, 0.5)
  if (median > OTHER_UNIT) throw otherUnit(`timings are ${median.toPrecision(3)} times what is expected in the median`)
}

const SHIPPED: readonly number[] = kernelFactors().map(() => 0)

function judged(
  kernels: readonly TimedKernel[],
  machine: Machine,
  grouping: Grouping,
  fit: KernelFit,
  carried: (logs: readonly number[]) => readonly number[],
): Pick<KernelCalibration, 'verdict' | 'reason' | 'heldOut' | 'errors'> {
  const folds = foldsOf(grouping)
  const refits = new Map([...new Set(folds)].map((fold) => [fold, carried(fit.logs((i) => folds[i] !== fold))]))
  const shipped = kernels.map((kernel) => kernelLogError(kernel, machine, SHIPPED))
  const heldOut = kernels.map((kernel, i) => kernelLogError(kernel, machine, refits.get(folds[i]!)!))
  const { isGain, ...gain } = gainOf(shipped.map(Math.abs), heldOut.map(Math.abs), grouping)
  const text = gainText(gain, 'kernels')
  return {
    verdict: isGain ? 'refitted' : 'kept',
    reason: isGain ? text : `${text}, which is no gain to rely on: the shipped constants are kept`,
    heldOut: { by: grouping.by, groups: grouping.groups, folds: refits.size, ...gain },
    errors: KERNEL_NAMES.flatMap((kernel) => errorsOfKernel(kernel, kernels, shipped, heldOut)),
  }
}

function errorsOfKernel(
  kernel: KernelErrors['kernel'],
  kernels: readonly TimedKernel[],
  shipped: readonly number[],
  heldOut: readonly number[],
): KernelErrors[] {
  const own = (errors: readonly number[]): number[] => errors.filter((_, i) => kernels[i]!.kernel === kernel)
  const shapes = own(shipped).length
  return shapes === 0
    ? []
    : [{ kernel, shapes, shipped: kernelError(own(shipped)), heldOut: kernelError(own(heldOut)) }]
}

function boundsOf(kernels: readonly TimedKernel[], machine: Machine): KernelCalibration['bounds'] {
  const bounds = { memory: 0, compute: 0, network: 0, latency: 0 }
  for (const { work, library } of kernels) {
    const k = aloneConstants(library)
    const { bound } =
      work.operator === undefined ? collectiveTime(work.transfer, machine, k) : operatorTime(work.operator, machine, k)
    bounds[bound]++
  }
  return bounds
}

function notOnSram({ id }: Chip): PincerError {
  const message = `${id} takes no calibration: its constants come from published speeds`
  return new PincerError({ code: 'invalid_value', path: ['chip'], message })
}

function otherUnit(message: string): PincerError {
  return new PincerError({
    code: 'invalid_value',
    path: ['kernels'],
    message,
    suggestion: 'check the unit of the times (seconds in the library, microseconds in a file) and the chip',
  })
}

function tooFew(shapes: number): PincerError {
  return new PincerError({
    code: 'invalid_value',
    path: ['kernels'],
    message: `${shapes} usable shapes are too few to leave some out: at least ${FEWEST_GROUPS} are needed`,
    suggestion: 'time other shapes',
  })
}
