import { type KernelConstants, type Machine, collectiveTime, operatorTime } from '../kernel/index.ts'
import type { ModelArch, OperatorKind, Pass, ServingFormats } from '../model/index.ts'
import { type ChipWork, type Mapping, type PassShape, chipWork, shapedPass, workLine } from '../parallel/index.ts'
import type { Bytes, Flop, Seconds } from '../units/index.ts'
import type { EngineProfile } from './engine.ts'
import { type Overlap, halfPass, isExchange, overlappedTime } from './two-batch.ts'

export type Bound = 'compute' | 'memory' | 'network' | 'latency' | 'host' | 'queue'

/** One part of a step; the parts' seconds sum to the step's. */
export interface StepPart {
  readonly name: string
  /** Times it runs in the step. */
  readonly count: number
  readonly seconds: Seconds
  readonly bound: Bound
  readonly flops: Flop
  readonly bytes: Bytes
}

export interface StepBreakdown {
  readonly seconds: Seconds
  readonly parts: readonly StepPart[]
}

/** Everything a forward pass is timed with. */
export interface StepSetting {
  readonly arch: ModelArch
  readonly machine: Machine
  readonly mapping: Mapping
  readonly formats: ServingFormats
  readonly kernel: KernelConstants
  readonly engine: EngineProfile
  readonly overlap?: Overlap
}

/** Seconds of one forward pass of the whole replica, host overhead included; equals the sum of `passBreakdown`'s parts. */
export function passTime(setting: StepSetting, pass: Pass): Seconds {
  const work = workOf(setting, pass)
  const host = hostTime(setting, pass.decodeSequences)
  const whole = Math.max(doneTime(setting, work) + host, launching(setting, pass, work))
  if (setting.overlap === undefined) return whole
  const half = workOf(setting, halfPass(pass))
  return Math.min(whole, Math.max(halvesTime(setting, pass, half) + host, 2 * launching(setting, pass, half)))
}

/** Both halves of a pass that overlap; an engine cuts a batch only where that is faster, and never where nothing is exchanged. */
function halvesTime({ machine, kernel }: StepSetting, pass: Pass, half: ChipWork): Seconds {
  const { seconds, exchange } = overlappedTime(half, machine, kernel, pass.prefillTokens > 0)
  return exchange === 0 ? Number.POSITIVE_INFINITY : seconds
}

/** Seconds of a pass over `prompts` whole prompts (or parts of one) and `decoding` sequences. */
export type PassTimer = (prompts: number, decoding: number) => Seconds

/**
 * `passTime` for the many passes of one shape that a solver or a search asks for: what they share is worked out once. Equal to
 * `passTime` but for rounding in the last digits.
 */
export function passTimer(setting: StepSetting, shape: PassShape): PassTimer {
  const work = workLine(setting.arch, setting.mapping, setting.formats, shape)
  const launched = launching(setting, shapedPass(shape, 1, 1), work(1, 1))
  return (prompts, decoding) => {
    const host = hostTime(setting, decoding)
    const seconds = doneTime(setting, work(prompts, decoding)) + host
    const whole = prompts === 0 ? seconds : Math.max(seconds, launched)
    if (setting.overlap === undefined) return whole
    const pass = shapedPass(shape, prompts, decoding)
    const halves = halvesTime(setting, pass, work(prompts / 2, decoding / 2)) + host
    return Math.min(whole, prompts === 0 ? halves : Math.max(halves, 2 * launched))
  }
}

/** Of a pass that a CUDA graph launches, what every token takes alike: all but attention, and of the host's time only that of the step. */
export function tokenTime(setting: StepSetting, pass: Pass): Seconds {
  const { operators, collectives } = workOf(setting, pass)
  const work = { operators: operators.filter(({ kind }) => !ATTENTION.has(kind)), collectives }
  return doneTime(setting, work) + setting.engine.stepOverhead
}

/** Of such a pass, attention: what depends on the keys that tokens see. */
export function attentionTime(setting: StepSetting, pass: Pass): Seconds {
  const operators = workOf(setting, pass).operators.filter(({ kind }) => ATTENTION.has(kind))
  return doneTime(setting, { operators, collectives: [] })
}

const ATTENTION: ReadonlySet<OperatorKind> = new Set(['prefill-attention', 'decode-attention'])

/** Time in which the host launches the kernels of a pass with prompts; 0 for one without, which is a CUDA graph. */
export function launchTime(setting: StepSetting, pass: Pass): Seconds {
  return launching(setting, pass, workOf(setting, pass))
}

function workOf({ arch, mapping, formats }: StepSetting, pass: Pass): ChipWork {
  return chipWork(arch, pass, mapping, formats)
}

function doneTime({ machine, kernel }: StepSetting, work: ChipWork): Seconds {
  let seconds = 0
  for (const operator of work.operators) seconds += operator.count * operatorTime(operator, machine, kernel).seconds
  for (const transfer of work.collectives) seconds += transfer.count * collectiveTime(transfer, machine, kernel).seconds
  return seconds
}

function launching({ engine }: StepSetting, pass: Pass, work: ChipWork): Seconds {
  if (pass.prefillTokens === 0) return 0
  let kernels = 0
  for (const { kind, count } of work.operators) kernels += count * LAUNCHES[kind]
  for (const { count } of work.collectives) kernels += count
  return kernels * engine.launchOverhead
}

/**
 * Kernels that the host launches for one operator of a pass with prompts. Only their proportions matter: the time per kernel is
 * fitted. Experts: routing, permutation, quantisation and GEMMs.
 */
const LAUNCHES: Readonly<Record<OperatorKind, number>> = {
  gemm: 1,
  'expert-gemm': 6,
  'prefill-attention': 2,
  'decode-attention': 0,
  recurrence: 8,
  elementwise: 1,
}

/**
 * Of `passTime`, what all attention ranks compute together: experts and the tokens' way to them and back. It follows the tokens of
 * all ranks, the rest those of a rank.
 */
export function sharedTime(setting: StepSetting, pass: Pass): Seconds {
  const work = chipWork(setting.arch, pass, setting.mapping, setting.formats)
  let seconds = 0
  for (const operator of work.operators) {
    if (operator.routing === undefined) continue
    seconds += operator.count * operatorTime(operator, setting.machine, setting.kernel).seconds
  }
  for (const collective of work.collectives) {
    if (!isExchange(collective)) continue
    seconds += collective.count * collectiveTime(collective, setting.machine, setting.kernel).seconds
  }
  return seconds
}

/** One forward pass, part by part, equal operators of different layers merged. */
export function passBreakdown(setting: StepSetting, pass: Pass): StepBreakdown {
  const whole = brokenDown(setting, pass, workOf(setting, pass), 1)
  if (setting.overlap === undefined) return whole
  const half = workOf(setting, halfPass(pass))
  const { exchange, shown } = overlappedTime(half, setting.machine, setting.kernel, pass.prefillTokens > 0)
  if (exchange === 0) return whole
  const halves = brokenDown(setting, pass, half, 2, shown / exchange)
  return halves.seconds < whole.seconds ? halves : whole
}

/** `times` times the work of a pass, of its exchange with experts only `shown`. */
function brokenDown(setting: StepSetting, pass: Pass, work: ChipWork, times: number, shown = 1): StepBreakdown {
  const parts = new Map<string, StepPart>()
  for (const operator of work.operators) {
    const time = operatorTime(operator, setting.machine, setting.kernel)
    const count = times * operator.count
    const bytes = operator.weightBytes + operator.cacheBytes + operator.activationBytes
    add(parts, {
      name: operator.name,
      count,
      seconds: count * time.seconds,
      bound: time.bound,
      flops: count * operator.flops,
      bytes: count * bytes,
    })
  }
  for (const collective of work.collectives) {
    const { name, bytes } = collective
    const count = times * collective.count
    const time = collectiveTime(collective, setting.machine, setting.kernel)
    const seconds = count * time.seconds * (isExchange(collective) ? shown : 1)
    add(parts, { name, count, seconds, bound: time.bound, flops: 0, bytes: count * bytes })
  }
  // What launching takes longer than the kernels do is time the GPU waits for the host.
  const done = [...parts.values()].reduce((sum, part) => sum + part.seconds, 0)
  const host = Math.max(hostTime(setting, pass.decodeSequences), times * launching(setting, pass, work) - done)
  add(parts, { name: 'host', count: 1, seconds: host, bound: 'host', flops: 0, bytes: 0 })
  return { seconds: done + host, parts: [...parts.values()] }
}

// Parts of the same name add up; the larger one decides what is said to bound them.
function add(parts: Map<string, StepPart>, part: StepPart): void {
  const old = parts.get(part.name)
  if (old === undefined) {
    parts.set(part.name, part)
    return
  }
  parts.set(part.name, {
    name: part.name,
    count: old.count + part.count,
    seconds: old.seconds + part.seconds,
    bound: old.seconds >= part.seconds ? old.bound : part.bound,
    flops: old.flops + part.flops,
    bytes: old.bytes + part.bytes,
  })
}

// Each attention rank schedules and samples its own sequences, one micro-batch at a time.
function hostTime({ engine, mapping }: StepSetting, decoding: number): Seconds {
  return engine.stepOverhead + (engine.sequenceOverhead * decoding) / (mapping.dp * mapping.pp)
}
