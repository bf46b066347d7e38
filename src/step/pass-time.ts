import { type KernelConstants, type Machine, collectiveTime, operatorTime } from '../kernel/index.ts'
import type { ModelArch, Pass, ServingFormats } from '../model/index.ts'
import { type Mapping, chipWork } from '../parallel/index.ts'
import type { Bytes, Flop, Seconds } from '../units/index.ts'
import type { EngineProfile } from './engine.ts'

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
}

/** Seconds of one forward pass of the whole replica, host overhead included; equals the sum of `passBreakdown`'s parts. */
export function passTime(setting: StepSetting, pass: Pass): Seconds {
  const work = chipWork(setting.arch, pass, setting.mapping, setting.formats)
  let seconds = hostTime(setting, pass)
  for (const operator of work.operators) {
    seconds += operator.count * operatorTime(operator, setting.machine, setting.kernel).seconds
  }
  for (const collective of work.collectives) {
    seconds += collective.count * collectiveTime(collective, setting.machine, setting.kernel).seconds
  }
  return seconds
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
    if (collective.name !== 'dispatch' && collective.name !== 'combine') continue
    seconds += collective.count * collectiveTime(collective, setting.machine, setting.kernel).seconds
  }
  return seconds
}

/** One forward pass, part by part, equal operators of different layers merged. */
export function passBreakdown(setting: StepSetting, pass: Pass): StepBreakdown {
  const work = chipWork(setting.arch, pass, setting.mapping, setting.formats)
  const parts = new Map<string, StepPart>()
  for (const operator of work.operators) {
    const time = operatorTime(operator, setting.machine, setting.kernel)
    const { count } = operator
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
    const { name, count, bytes } = collective
    const time = collectiveTime(collective, setting.machine, setting.kernel)
    add(parts, { name, count, seconds: count * time.seconds, bound: time.bound, flops: 0, bytes: count * bytes })
  }
  add(parts, { name: 'host', count: 1, seconds: hostTime(setting, pass), bound: 'host', flops: 0, bytes: 0 })
  const list = [...parts.values()]
  return { seconds: list.reduce((sum, part) => sum + part.seconds, 0), parts: list }
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
function hostTime({ engine, mapping }: StepSetting, pass: Pass): Seconds {
  return engine.stepOverhead + (engine.sequenceOverhead * pass.decodeSequences) / (mapping.dp * mapping.pp)
}
