import type { Chip } from '../catalog/index.ts'
import { type Issue, PincerError } from '../issue/index.ts'
import type { ModelArch } from '../model/index.ts'
import type { Bytes, BytesPerSecond, FlopPerSecond, Format, Seconds, Tokens } from '../units/index.ts'
import type { Residency } from './placement.ts'
import type { Routing } from './routing.ts'
import type { Prefetch } from './step.ts'

/** A memory as a user writes it. */
export interface GivenTier {
  readonly capacity: Bytes
  /** One direction, as it is reached. */
  readonly bandwidth: BytesPerSecond
  /** From asking to the first byte; slow tier only. */
  readonly latency?: Seconds
}

/** The question of `tiers`; what is absent takes the defaults said there. */
export interface TiersInput {
  readonly model: ModelArch
  /** Either a chip, with the memory beside it, or `fast` and `slow`. */
  readonly chip?: Chip
  readonly chips?: number
  /** Id of a host memory; absent: the chip's second tier, or what usually stands beside it. */
  readonly host?: string
  readonly fast?: GivenTier
  readonly slow?: GivenTier
  /** Of a processor given by `fast`; absent: arithmetic never limits. */
  readonly flops?: FlopPerSecond
  /** Of a processor given by `fast`: time of a layer beside its bytes and FLOPs; absent: 0. */
  readonly layerLatency?: Seconds
  /** Format of the weights; absent: as the checkpoint stores them. */
  readonly precision?: Format
  /** Users that decode together; absent: 1. */
  readonly users?: number
  /** Tokens in each user's cache; absent: 2048. */
  readonly context?: Tokens
  /** Absent: balanced, the hardest for a fast tier. */
  readonly routing?: Routing
  readonly residency?: Residency
  readonly prefetch?: Prefetch
  /** Absent: 0.8, an assumption. */
  readonly accuracy?: number
  /** Where experts of the slow tier are computed; absent: fetched to the fast processor. */
  readonly compute?: 'fast' | 'host'
  readonly hostFlops?: FlopPerSecond
  /** Between host and fast processor, for activations where the host computes. */
  readonly link?: BytesPerSecond
  /** Size of one transfer; absent: one expert. */
  readonly io?: Bytes
  /** Transfers in flight; absent: as many as it takes. */
  readonly queue?: number
  /** How much slower than all-fast still counts as all-fast; absent: 0.05. */
  readonly within?: number
}

/** Defaults of the question. */
export const DEFAULTS = {
  chips: 1,
  users: 1,
  context: 2048,
  residency: 'static',
  prefetch: 'none',
  accuracy: 0.8,
  compute: 'fast',
  within: 0.05,
} as const

interface Rule {
  readonly from: number
  readonly to: number
  readonly whole?: boolean
  /** `from` itself is not allowed. */
  readonly above?: boolean
}

const RULES: Readonly<Partial<Record<keyof TiersInput, Rule>>> = {
  chips: { from: 1, to: 100_000, whole: true },
  users: { from: 1, to: 1_000_000, whole: true },
  context: { from: 1, to: 100_000_000, whole: true },
  accuracy: { from: 0, to: 1 },
  within: { from: 0, to: 0.99, above: true },
  flops: { from: 0, to: 1e24, above: true },
  hostFlops: { from: 0, to: 1e24, above: true },
  link: { from: 0, to: 1e21, above: true },
  io: { from: 0, to: 1e15, above: true },
  queue: { from: 1, to: 1e9, whole: true },
  layerLatency: { from: 0, to: 10 },
}

/**
 * Refuses numbers out of range and options that contradict each other or have no meaning together.
 * @throws PincerError `invalid_value`, with the name of every field at fault
 */
export function checkInput(input: TiersInput): void {
  const issues = [...rangeIssues(input), ...tierIssues(input), ...meaningIssues(input)]
  if (issues.length > 0) throw new PincerError(issues)
}

function rangeIssues(input: TiersInput): Issue[] {
  return Object.entries(RULES).flatMap(([name, { from, to, whole = false, above = false }]) => {
    const value = input[name as keyof TiersInput]
    if (value === undefined) return []
    const isNumber = typeof value === 'number' && Number.isFinite(value) && (!whole || Number.isInteger(value))
    if (isNumber && (above ? value > from : value >= from) && value <= to) return []
    const kind = whole ? 'whole number' : 'number'
    const least = above ? 'above' : 'at least'
    const range = `${least} ${from} and at most ${to.toLocaleString('en-US')}`
    return [invalid(name, `must be a ${kind} ${range}, not ${String(value)}`)]
  })
}

function tierIssues({ fast, slow }: TiersInput): Issue[] {
  return [
    ...(fast === undefined ? [] : memoryIssues('fast', fast)),
    ...(slow === undefined ? [] : memoryIssues('slow', slow)),
  ]
}

function memoryIssues(name: string, { capacity, bandwidth, latency = 0 }: GivenTier): Issue[] {
  const isGood = capacity > 0 && bandwidth > 0 && Number.isFinite(capacity) && Number.isFinite(bandwidth)
  const isPrompt = latency >= 0 && latency <= 10
  return [
    ...(isGood ? [] : [invalid(name, 'capacity and bandwidth must be above 0')]),
    ...(isPrompt ? [] : [invalid(name, `latency must be from 0 to 10 s, not ${latency}`)]),
  ]
}

function meaningIssues(input: TiersInput): Issue[] {
  const issues: Issue[] = []
  const without = (name: keyof TiersInput, why: string): void => {
    if (input[name] !== undefined) issues.push(invalid(name, `has no meaning ${why}`))
  }
  if (input.chip !== undefined) {
    without('fast', 'beside a chip, whose first memory is the fast tier')
    without('flops', 'beside a chip, which has its own')
    without('layerLatency', 'beside a chip, which is timed by its own constants')
  } else without('chips', 'without a chip; give the tiers of the whole machine')
  if (input.slow !== undefined) without('host', 'beside a slow tier')
  if (input.compute === 'host') {
    without('prefetch', 'where the host computes: nothing is fetched')
    without('queue', 'where the host computes')
    without('io', 'where the host computes')
    if (input.residency === 'lru')
      issues.push(invalid('residency', 'an LRU has no meaning where the host computes: nothing is fetched'))
  } else {
    without('hostFlops', 'unless the host computes')
    without('link', 'unless the host computes')
  }
  if (input.prefetch !== 'next') without('accuracy', 'unless experts of the next layer are guessed')
  if (input.queue === undefined) without('io', 'without a queue depth')
  return issues
}

function invalid(field: string, message: string): Issue {
  return { code: 'invalid_value', path: [field], message }
}
