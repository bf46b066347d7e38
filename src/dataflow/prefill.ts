import { PincerError } from '../issue/index.ts'
import type { Seconds, Tokens } from '../units/index.ts'
import { type PassTime, passTime } from './pass.ts'
import type { Placement } from './placement.ts'

/** Processing one prompt on an otherwise idle machine. */
export interface DataflowPrefill {
  /** First token out after this. */
  readonly seconds: Seconds
  /** Tokens that enter the pipeline together. */
  readonly chunk: Tokens
  /** Time the busiest stage works on the prompt: a machine that serves many takes one prompt per this. */
  readonly busy: Seconds
  readonly tokensPerSecond: number
}

/**
 * A prompt is cut into chunks that follow one another through the stages: the first fills the pipeline, each later
 * one leaves after the busiest stage has done its work. The chunk is the power of two that is done first.
 * @throws PincerError `invalid_value` unless `promptTokens` is a positive integer
 */
export function prefillTime(place: Placement, promptTokens: Tokens): DataflowPrefill {
  if (!Number.isInteger(promptTokens) || promptTokens < 1) {
    const message = `promptTokens must be a positive integer, got ${promptTokens}`
    throw new PincerError({ code: 'invalid_value', path: ['promptTokens'], message })
  }
  let best = chunked(place, promptTokens, 1)
  for (let chunk = 2; chunk < 2 * promptTokens; chunk *= 2) {
    const next = chunked(place, promptTokens, Math.min(chunk, promptTokens))
    if (next.seconds < best.seconds) best = next
  }
  return best
}

function chunked(place: Placement, promptTokens: Tokens, chunk: Tokens): DataflowPrefill {
  // A causal mask lets a token see half the prompt in the mean.
  const context = (promptTokens + 1) / 2
  const pass: PassTime = passTime(place, { sequences: 1, tokens: chunk, context })
  const chunks = promptTokens / chunk
  const seconds = pass.seconds + Math.max(0, chunks - 1) * pass.busiest
  return { seconds, chunk, busy: chunks * pass.busiest, tokensPerSecond: promptTokens / seconds }
}
