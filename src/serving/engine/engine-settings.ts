import { nearest } from '../../issue/index.ts'
import { invalid } from './tick.ts'

export const POLICIES = ['vllm', 'sglang', 'trtllm', 'static', 'continuous'] as const

/** Which engine's scheduler decides what a step holds. */
export type Policy = (typeof POLICIES)[number]

export interface EngineSettings {
  readonly policy: Policy
  /** Most sequences that run at once. */
  readonly maxSequences: number
  /** Most tokens in a step (vllm, trtllm) or in a step of prompts (sglang); static and continuous batching ignore it. */
  readonly tokenBudget: number
  /** Blocks of the KV cache and tokens in each. */
  readonly blocks: number
  readonly blockSize: number
  /** Blocks that admitting a waiting request must leave free. */
  readonly watermark: number
  /** Longest prompt plus output that is accepted; without it only the cache limits. */
  readonly maxContext?: number
  /** False: requests do not share the cache of equal prefixes, even where the table names them. */
  readonly prefixCache?: boolean
  /** Prefix blocks that a second, slower tier keeps when the cache drops them; 0 when left out. */
  readonly hostUnits?: number
  readonly speculation?: Speculation
  /**
   * Attention data-parallel ranks that step together, each with these settings of its own; 1 when left out. Only fleets have them
   * (`simulateFleet`).
   */
  readonly ranks?: number
  /** How requests are given to ranks: to the one with the fewest (the default), or in turn. */
  readonly rankRouter?: 'round-robin' | 'least-loaded'
}

/** Ranks of a replica. */
export function ranksOf(settings: EngineSettings): number {
  return settings.ranks ?? 1
}

/**
 * Speculative decoding at its mean acceptance: a step moves every decoding sequence forward by gain/grain tokens and verifies
 * `width` of them, 1 + the drafted ones. Left out: 1, 1, 1. Cached tokens are then counted in grains, 1/grain of a token.
 */
export interface Speculation {
  readonly width: number
  readonly gain: number
  readonly grain: number
}

/** One token a step, no drafts. */
export const PLAIN: Speculation = { width: 1, gain: 1, grain: 1 }

export function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b)
}

/** Counts stay below 2^26 so that their products with ticks can be summed exactly. */
export const MOST_COUNT: number = 2 ** 26

/** Throws PincerError `invalid_value` with the path of the first field that is out of range. */
export function checkSettings(settings: EngineSettings): void {
  if (!POLICIES.includes(settings.policy)) {
    const close = nearest(String(settings.policy), POLICIES)
    const hint = close === undefined ? `one of ${POLICIES.join(', ')}` : `did you mean ${close}?`
    throw invalid(['settings', 'policy'], `unknown scheduler ${JSON.stringify(settings.policy)}`, hint)
  }
  checkCount('maxSequences', settings.maxSequences, 1)
  checkCount('tokenBudget', settings.tokenBudget, 1)
  checkCount('blocks', settings.blocks, 1)
  checkCount('blockSize', settings.blockSize, 1)
  checkCount('watermark', settings.watermark, 0)
  if (settings.maxContext !== undefined) checkCount('maxContext', settings.maxContext, 1)
  if (settings.hostUnits !== undefined) checkCount('hostUnits', settings.hostUnits, 0)
  if (settings.ranks !== undefined) checkCount('ranks', settings.ranks, 1)
  if (settings.speculation !== undefined) checkSpeculation(settings.speculation, settings.blockSize)
}

/** Settings of one engine by itself: several ranks step together only in a fleet. */
export function checkLoneEngine(settings: EngineSettings): void {
  checkSettings(settings)
  if (ranksOf(settings) > 1) {
    throw invalid(['settings', 'ranks'], `is ${ranksOf(settings)}`, 'give simulateFleet one replica of so many ranks')
  }
}

/** Drafts and grains beyond these would let products of tokens and grains outgrow what is summed exactly. */
const MOST_WIDTH = 256
const MOST_GRAIN = 64

function checkSpeculation({ width, gain, grain }: Speculation, blockSize: number): void {
  checkPart('width', width, MOST_WIDTH)
  checkPart('grain', grain, MOST_GRAIN)
  checkPart('gain', gain, MOST_WIDTH * grain)
  if (gain <= blockSize * grain) return
  const message = `moves ${gain / grain} tokens in a step, more than a block of ${blockSize} holds`
  throw invalid(['settings', 'speculation', 'gain'], message, 'use larger blocks')
}

function checkPart(field: keyof Speculation, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return
  throw invalid(['settings', 'speculation', field], `is ${value}`, `give a whole number from 1 to ${most}`)
}

function checkCount(field: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least && value <= MOST_COUNT) return
  throw invalid(['settings', field], `is ${value}`, `give a whole number from ${least} to ${MOST_COUNT}`)
}
