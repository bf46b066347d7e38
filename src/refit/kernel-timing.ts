import {
  type KernelConstants,
  LIBRARIES,
  type Library,
  type Machine,
  type SurfaceOrigin,
  collectiveLightTime,
  collectiveTime,
  lightTime,
  operatorTime,
  operatorTimedBy,
  transferTimedBy,
} from '../kernel/index.ts'
import { type Issue, PincerError, nearest } from '../issue/index.ts'
import type { Seconds } from '../units/index.ts'
import {
  KERNELS,
  KERNEL_NAMES,
  type KernelFormat,
  type KernelName,
  type KernelWork,
  SHAPE_FIELDS,
  type ShapeField,
} from './kernel-kind.ts'

/** One kernel that a site has timed by itself. */
export interface KernelTiming {
  readonly id: string
  readonly kernel: KernelName
  /** Of the weights, or of the cache for attention; left out for collectives. */
  readonly format?: KernelFormat
  /** Collectives: the engine whose own it is; the fastest of any engine's when left out. */
  readonly engine?: Library
  /** Sizes of the shape; see `KERNELS` for those that each kernel needs. */
  readonly shape: Readonly<Partial<Record<ShapeField, number>>>
  /** Time of one call, without what the host takes to launch it. */
  readonly seconds: Seconds
}

/** A timing with the work that it is of. */
export interface TimedKernel {
  readonly id: string
  readonly kernel: KernelName
  /** Kernel and format: what one library routine serves. */
  readonly kind: string
  /** The sizes that a model fixes. */
  readonly family: string
  /** All that names the shape: repetitions agree in it. */
  readonly shape: string
  readonly library?: Library
  readonly work: KernelWork
  readonly seconds: Seconds
}

const MOST = 1e12
/** Longer than any kernel of a model's layer takes. */
const LONGEST: Seconds = 1e3

/**
 * The work that a timing is of.
 * @throws PincerError `missing_field`, `unknown_field` and `invalid_value` at the faulty fields, all at once
 */
export function timedKernel(timing: KernelTiming): TimedKernel {
  const { id, kernel, format, engine, shape, seconds } = timing
  const issues = faultsOf(timing)
  if (issues.length > 0) throw new PincerError(issues)
  const { needs, may, family, work } = KERNELS[kernel]
  const whole = { ...may, ...shape } as Record<ShapeField, number>
  const named = (fields: readonly ShapeField[]): string => fields.map((field) => `${field} ${whole[field]}`).join(', ')
  const kind = [kernel, format, engine].filter((part) => part !== undefined).join(' ')
  return {
    id,
    kernel,
    kind,
    family: `${kernel}, ${named(family)}`,
    shape: `${kind}, ${named([...needs, ...(Object.keys(may) as ShapeField[])])}`,
    work: work(whole, format ?? 'bf16'),
    seconds,
    ...(engine === undefined ? {} : { library: engine }),
  }
}

/** Seconds that the kernel room expects of it. */
export function expectedTime({ work }: Pick<TimedKernel, 'work'>, machine: Machine, k: KernelConstants): Seconds {
  return work.operator === undefined
    ? collectiveTime(work.transfer, machine, k).seconds
    : operatorTime(work.operator, machine, k).seconds
}

/** Seconds that it cannot beat. */
export function leastTime({ work }: Pick<TimedKernel, 'work'>, machine: Machine): Seconds {
  return work.operator === undefined ? collectiveLightTime(work.transfer, machine) : lightTime(work.operator, machine)
}

/** Whose timings stand behind what is expected of it. */
export function timedBy({ work, library }: TimedKernel, machine: Machine): SurfaceOrigin | undefined {
  return work.operator === undefined
    ? transferTimedBy(work.transfer, machine, library)
    : operatorTimedBy(work.operator, machine)
}

function faultsOf({ kernel, format, engine, shape, seconds }: KernelTiming): Issue[] {
  const known = Object.hasOwn(KERNELS, kernel)
  if (!known) return [noneOf('kernel', kernel, KERNEL_NAMES)]
  const { needs, may, formats } = KERNELS[kernel]
  const isTimed = Number.isFinite(seconds) && seconds > 0 && seconds <= LONGEST
  return [
    ...formatFaults(kernel, format, formats),
    ...(engine === undefined || formats.length === 0 ? [] : [meaningless('engine', kernel)]),
    ...(engine === undefined || LIBRARIES.includes(engine) ? [] : [noneOf('engine', engine, LIBRARIES)]),
    ...SHAPE_FIELDS.flatMap((field) => {
      const value = shape[field]
      const isOwn = needs.includes(field) || may[field] !== undefined
      if (value === undefined) return needs.includes(field) ? [missing(field, kernel)] : []
      return isOwn ? sizeFaults(field, value) : [meaningless(field, kernel)]
    }),
    ...relationFaults(shape),
    ...(isTimed ? [] : [bad('seconds', `must be above 0 and at most ${LONGEST} s, not ${seconds}`)]),
  ]
}

function formatFaults(kernel: KernelName, format: string | undefined, formats: readonly string[]): Issue[] {
  if (formats.length === 0) return format === undefined ? [] : [meaningless('format', kernel)]
  if (format === undefined) return [missing('format', kernel)]
  return formats.includes(format) ? [] : [noneOf('format', format, formats)]
}

function sizeFaults(field: ShapeField, value: number): Issue[] {
  const least = field === 'cached' ? 0 : field === 'ranks' ? 2 : 1
  if (Number.isInteger(value) && value >= least && value <= MOST) return []
  return [bad(field, `must be a whole number from ${least} to ${MOST.toExponential()}, not ${value}`)]
}

function relationFaults({ heads, kvHeads, topk, experts, inter, moeTp }: KernelTiming['shape']): Issue[] {
  const parts = (whole: number | undefined, part: number | undefined): boolean =>
    whole === undefined || part === undefined || whole % part === 0
  return [
    ...(parts(heads, kvHeads) ? [] : [bad('kvHeads', `${kvHeads} does not divide the ${heads} query heads`)]),
    ...(parts(inter, moeTp) ? [] : [bad('moeTp', `${moeTp} does not divide the width ${inter} of an expert`)]),
    ...(topk === undefined || experts === undefined || topk <= experts
      ? []
      : [bad('topk', `${topk} is more than the ${experts} experts`)]),
  ]
}

function noneOf(field: string, text: string, wanted: readonly string[]): Issue {
  const near = nearest(text, wanted)
  const suggestion = near === undefined ? {} : { suggestion: `did you mean "${near}"?` }
  return { ...bad(field, `"${text.slice(0, 40)}" is none of ${wanted.join(', ')}`), ...suggestion }
}

function missing(field: string, kernel: string): Issue {
  return { code: 'missing_field', path: [field], message: `is needed for ${kernel}` }
}

function meaningless(field: string, kernel: string): Issue {
  return { ...bad(field, `has no meaning for ${kernel}`), suggestion: 'leave it blank' }
}

function bad(field: string, message: string): Issue {
  return { code: 'invalid_value', path: [field], message }
}
