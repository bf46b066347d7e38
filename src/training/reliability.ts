import { PincerError } from '../issue/index.ts'
import type { Chips, Seconds } from '../units/index.ts'

/** How often a run is interrupted and what it takes to go on. What is absent takes the value of Llama 3's run. */
export interface ReliabilityInput {
  /** Chip-hours between two interruptions of the run. */
  readonly chipHoursPerInterruption?: number
  /** Seconds from an interruption until the run computes again. */
  readonly restartSeconds?: Seconds
  /** Seconds for which the run stands still to write one checkpoint. */
  readonly checkpointSeconds: Seconds
  /** Seconds between two checkpoints; default: the interval that loses least. */
  readonly intervalSeconds?: Seconds
}

/** Shares of the steady state that interruptions and checkpoints add to a run. */
export interface Reliability {
  readonly secondsBetweenInterruptions: Seconds
  readonly intervalSeconds: Seconds
  /** Standing still to write checkpoints. */
  readonly checkpoint: number
  /** Work done since the last checkpoint, done again. */
  readonly repeated: number
  readonly restart: number
  /** Sum of the three. */
  readonly share: number
}

/** 419 unexpected interruptions on 16,384 chips in 54 days (Llama 3, arXiv 2407.21783, section 3.3.4). */
export const CHIP_HOURS_PER_INTERRUPTION: number = (16_384 * 54 * 24) / 419
/** Three minutes: most interruptions of that run were handled without people (same section); an estimate. */
const RESTART_SECONDS = 180

/**
 * What interruptions cost a run on `chips` chips, to first order in interval over time between interruptions (Young 1974): with a
 * checkpoint of C seconds every T and M seconds between interruptions, C/T is spent writing, T/2M repeated, R/M restarting.
 * The interval that loses least is √(2CM).
 * @throws PincerError for values out of range, and where the run would be interrupted before its next checkpoint
 */
export function reliability(chips: Chips, input: ReliabilityInput): Reliability {
  const chipHours = checked('chipHoursPerInterruption', input.chipHoursPerInterruption ?? CHIP_HOURS_PER_INTERRUPTION)
  const between = (chipHours * 3600) / chips
  const writing = checked('checkpointSeconds', input.checkpointSeconds)
  const interval = checked('intervalSeconds', input.intervalSeconds ?? Math.sqrt(2 * writing * between))
  const restart = checked('restartSeconds', input.restartSeconds ?? RESTART_SECONDS)
  if (interval + writing + restart > between) {
    const message = `is interrupted every ${Math.round(between)} s, before ${Math.round(interval)} s of work, a checkpoint and a restart are done`
    const suggestion = 'checkpoint more often or faster, or take fewer chips'
    throw new PincerError({ code: 'invalid_value', path: ['reliability'], message, suggestion })
  }
  const parts = { checkpoint: writing / interval, repeated: interval / 2 / between, restart: restart / between }
  return {
    secondsBetweenInterruptions: between,
    intervalSeconds: interval,
    ...parts,
    share: parts.checkpoint + parts.repeated + parts.restart,
  }
}

function checked(field: string, value: number): number {
  if (value > 0 && Number.isFinite(value)) return value
  const message = `must be a number above 0, got ${value}`
  throw new PincerError({ code: 'invalid_value', path: ['reliability', field], message })
}
