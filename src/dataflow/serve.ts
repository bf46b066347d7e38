import type { Chip } from '../catalog/index.ts'
import { PincerError } from '../issue/index.ts'
import type { ModelArch } from '../model/index.ts'
import type { Seconds, Tokens } from '../units/index.ts'
import { type DataflowStep, type DecodeOptions, decodeSteps } from './decode.ts'
import { type Placement, type PlacementOptions, placement } from './placement.ts'
import { type DataflowPrefill, prefillTime } from './prefill.ts'

/** A closed loop of users who send prompts of one length and read answers of one length. */
export interface ServeOptions extends Omit<PlacementOptions, 'context'>, Omit<DecodeOptions, 'context' | 'users'> {
  readonly promptTokens: Tokens
  readonly outputTokens: Tokens
}

export interface ServeResult {
  readonly place: Placement
  readonly step: DataflowStep
  readonly prefill: DataflowPrefill
  /** Time to first token, queueing behind other prompts included in the stretch below. */
  readonly ttft: Seconds
  readonly tpot: Seconds
  readonly tokensPerSecondPerUser: number
  readonly tokensPerSecondSystem: number
  readonly maxUsers: number
  /** How much longer a request takes because the busiest stage is saturated; 1 = it has time left. */
  readonly stretch: number
}

/**
 * Serving at a fixed number of users. Requests flow at users / (TTFT + (output − 1) · TPOT) until the busiest stage has no
 * time left for more prompts and tokens (asymptotic bounds of a closed queueing network); then both stretch. The
 * micro-batch is the one with the shortest cycle. Where the bounds meet a real queue is up to 2 times slower.
 * @throws PincerError as `placement`, `decodeTime` and `prefillTime` do
 */
export function serveOn(arch: ModelArch, chip: Chip, options: ServeOptions): ServeResult {
  const { promptTokens, outputTokens, users = 1 } = options
  checkOutput(outputTokens)
  const place = placement(arch, chip, { ...options, context: promptTokens + outputTokens })
  const prefill = prefillTime(place, promptTokens)
  const { step, alone, cycle } = shortestCycle(place, prefill, options)
  const stretch = cycle / alone
  // The first token comes with the prompt: an answer of one token never decodes, and nothing stretches its decoding.
  const tpot = outputTokens > 1 ? step.tpot * stretch : step.tpot
  return {
    place,
    step,
    prefill,
    ttft: prefill.seconds * stretch,
    tpot,
    tokensPerSecondPerUser: 1 / tpot,
    tokensPerSecondSystem: (users * outputTokens) / cycle,
    maxUsers: place.maxUsers,
    stretch,
  }
}

interface Cycle {
  readonly step: DataflowStep
  /** A request on stages that have time left. */
  readonly alone: Seconds
  /** A request on the stages as busy as they are. */
  readonly cycle: Seconds
}

function shortestCycle(place: Placement, prefill: DataflowPrefill, options: ServeOptions): Cycle {
  const { promptTokens, outputTokens, users = 1, speculation } = options
  const decode: DecodeOptions = {
    users,
    // In the mean half of the answer is there already.
    context: promptTokens + outputTokens / 2,
    ...(speculation === undefined ? {} : { speculation }),
  }
  const passes = outputTokens - 1
  let best: Cycle | undefined
  for (const step of decodeSteps(place, decode)) {
    const alone = prefill.seconds + passes * step.tpot
    const cycle = Math.max(alone, users * (prefill.busy + passes * step.busyPerToken))
    if (best === undefined || cycle < best.cycle) best = { step, alone, cycle }
    if (alone - passes * step.parts.wait > best.cycle) break
  }
  return best!
}

function checkOutput(outputTokens: Tokens): void {
  if (Number.isInteger(outputTokens) && outputTokens >= 1) return
  const message = `outputTokens must be a positive integer, got ${outputTokens}`
  throw new PincerError({ code: 'invalid_value', path: ['outputTokens'], message })
}
