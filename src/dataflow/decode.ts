import { PincerError } from '../issue/index.ts'
import type { Seconds, Tokens } from '../units/index.ts'
import { type PassParts, draftTime, passTime } from './pass.ts'
import type { Placement } from './placement.ts'

/** Speculative decoding: `drafts` tokens are proposed per pass and verified together. */
export interface Speculation {
  readonly drafts: number
  /** Probability that a draft is accepted, given that the one before was. */
  readonly acceptance: number
}

export interface DecodeOptions {
  /** Users decoding at once; absent: 1. */
  readonly users?: number
  /** Tokens attended to, at most what the placement reserved; absent: all of it. */
  readonly context?: Tokens
  readonly speculation?: Speculation
}

/** Where the time between two tokens of one user goes; the parts sum to `tpot`. */
export interface StepParts extends PassParts {
  /** Drafting, where speculation is on. */
  readonly draft: Seconds
  /** Waiting for stages that are busy with other users. */
  readonly wait: Seconds
}

/** Decoding at a steady number of users. */
export interface DataflowStep {
  /** Seconds per token of one user. */
  readonly tpot: Seconds
  readonly parts: StepParts
  /** The largest part. */
  readonly bound: keyof StepParts
  readonly tokensPerSecondPerUser: number
  readonly tokensPerSecondSystem: number
  /** Sequences that pass through the stages together. */
  readonly microBatch: number
  /** Seconds the busiest stage works per token of one user. */
  readonly busyPerToken: Seconds
}

/**
 * Steady decoding. A token of one user visits all stages in turn; other users fill the stages behind it, and wait
 * once more micro-batches circulate than stages can take. The micro-batch is the one with the shortest wait.
 * @throws PincerError `does_not_fit` when the users' caches do not fit; `invalid_value` for counts out of range
 */
export function decodeTime(place: Placement, options: DecodeOptions = {}): DataflowStep {
  let best: DataflowStep | undefined
  for (const step of decodeSteps(place, options)) {
    if (best !== undefined && step.tpot - step.parts.wait >= best.tpot) break
    if (best === undefined || step.tpot < best.tpot) best = step
  }
  return best!
}

/**
 * Decoding with ever larger micro-batches, up to all users in one: each takes longer through the stages and leaves
 * the busiest stage more time.
 * @throws PincerError as `decodeTime`
 */
export function* decodeSteps(place: Placement, options: DecodeOptions): Generator<DataflowStep> {
  const { users = 1, context = place.context, speculation } = options
  checkDecode(place, users, context)
  if (speculation !== undefined) checkSpeculation(speculation)
  // Sizes do not depend on the users, so that more users never get a choice that fewer did not have.
  for (let size = 1; ; size = Math.max(size + 1, Math.floor(size * 1.1))) {
    const sequences = Math.min(size, users)
    yield stepOf(place, users, { sequences, context, ...(speculation === undefined ? {} : { speculation }) })
    if (size >= users) return
  }
}

/** Mean tokens gained per pass: 1 + a + a² + … + a^drafts. */
export function tokensPerPass(speculation: Speculation): number {
  let tokens = 1
  for (let i = 1; i <= speculation.drafts; i++) tokens += speculation.acceptance ** i
  return tokens
}

interface Circulation {
  /** Sequences of a micro-batch. */
  readonly sequences: number
  readonly context: Tokens
  readonly speculation?: Speculation
}

function stepOf(place: Placement, users: number, { sequences, context, speculation }: Circulation): DataflowStep {
  const drafts = speculation?.drafts ?? 0
  const gained = speculation === undefined ? 1 : tokensPerPass(speculation)
  const pass = passTime(place, { sequences, tokens: 1 + drafts, context })
  const draft = drafts === 0 ? 0 : drafts * draftTime(place, sequences, context)
  // The draft head has a region of its own on a wafer and is one more layer of the last stage of a group.
  const busiest = place.machine.scheme === 'region' ? Math.max(pass.busiest, draft) : pass.busiest + draft
  const alone = pass.seconds + draft
  const crowded = Math.ceil(users / sequences) * busiest
  const wait = crowded > alone ? crowded - alone : 0
  const parts = scaleParts({ ...pass.parts, draft, wait }, 1 / gained)
  const tpot = (alone + wait) / gained
  return {
    tpot,
    parts,
    bound: largestPart(parts),
    tokensPerSecondPerUser: 1 / tpot,
    tokensPerSecondSystem: users / tpot,
    microBatch: sequences,
    busyPerToken: busiest / sequences / gained,
  }
}

function scaleParts(parts: StepParts, factor: number): StepParts {
  return {
    issue: factor * parts.issue,
    collectives: factor * parts.collectives,
    transfer: factor * parts.transfer,
    weights: factor * parts.weights,
    kv: factor * parts.kv,
    compute: factor * parts.compute,
    draft: factor * parts.draft,
    wait: factor * parts.wait,
  }
}

function largestPart(parts: StepParts): keyof StepParts {
  const entries = Object.entries(parts) as [keyof StepParts, Seconds][]
  return entries.reduce((most, entry) => (entry[1] > most[1] ? entry : most))[0]
}

function checkDecode(place: Placement, users: number, context: Tokens): void {
  if (!Number.isInteger(users) || users < 1) throw invalid('users', `users must be a positive integer, got ${users}`)
  if (!(context > 0) || context > place.context) {
    throw invalid('context', `context must lie between 1 and the ${place.context} tokens placed, got ${context}`)
  }
  if (users <= place.maxUsers) return
  throw new PincerError({
    code: 'does_not_fit',
    path: ['users'],
    message: `${users} users with ${place.context} tokens of cache each do not fit ${place.chips} × ${place.chip.name}`,
    suggestion: `at most ${place.maxUsers} fit`,
  })
}

function checkSpeculation({ drafts, acceptance }: Speculation): void {
  if (!Number.isInteger(drafts) || drafts < 1 || drafts > 64) {
    throw invalid('speculation', `drafts must be an integer from 1 to 64, got ${drafts}`)
  }
  if (!(acceptance >= 0 && acceptance <= 1)) {
    throw invalid('speculation', `acceptance must lie between 0 and 1, got ${acceptance}`)
  }
}

function invalid(field: string, message: string): PincerError {
  return new PincerError({ code: 'invalid_value', path: [field], message })
}
