import type { Seconds, Tokens } from '../../units/index.ts'

/** Times forward passes of one replica. */
export interface StepTimer {
  /** A step in which `sequences` decode over `context` cached tokens each. */
  readonly decode: (sequences: number, context: number) => Seconds
  /** A step that processes `prompts` whole prompts of `length` tokens while `decoding` sequences decode. */
  readonly mixed: (prompts: number, length: number, decoding: number, context: number) => Seconds
}

/** N clients that each send the next request when the last one ends. */
export interface ClosedLoop {
  readonly clients: number
  /** Mean prompt and output lengths. */
  readonly prompt: Tokens
  readonly output: Tokens
  /** Most sequences that the KV cache and the scheduler let run at once. */
  readonly capacity: number
  /** Prompt tokens one step may take. */
  readonly budget: Tokens
  /** Prompts run in steps of their own, before any decoding (SGLang). */
  readonly prefillFirst: boolean
  /** Prompts that a step takes together where so many wait; default 1. */
  readonly promptsAtOnce?: number
  /** Tokens that one decode step yields per sequence (> 1 with speculative decoding). */
  readonly tokensPerStep: number
  /** Time per request outside the steps. */
  readonly requestOverhead: Seconds
  /** Decode steps between computing a first token and the client seeing it (engines stream tokens in groups). */
  readonly streamInterval: number
}

export interface ServingResult {
  readonly ttft: Seconds
  /** (end − first token) / (tokens − 1) */
  readonly tpot: Seconds
  /** Finished requests per second. */
  readonly requestRate: number
  /** Sequences decoding at once, on average. */
  readonly running: number
  /** Clients whose request waits or is in prefill, on average. */
  readonly waiting: number
  /** Share of time that steps spend on prompts. */
  readonly prefillShare: number
  /** Seconds of a pure decode step at the mean batch. */
  readonly decodeStep: Seconds
}

/** One consistent state of the loop for an assumed number of decoding sequences. */
interface State extends ServingResult {
  /** Decoding sequences that this state implies; equals the assumption at the solution. */
  readonly implied: number
}

/** 24 halvings of [1, clients] would pin the batch to 1e-7 of its range; the secant takes about five. */
const ITERATIONS = 24
const TOLERANCE = 1e-4

/**
 * Steady state of a closed loop (Little's law with both ends tied): N = X·(TTFT + TPOT·(osl − 1)), where TPOT includes
 * the time other clients' prompts take out of decoding and X follows from both. No more clients are inside than the cache
 * holds; the others wait outside for a place, which changes nothing for those inside.
 * Approximations: means stand for distributions (a few percent of TPOT at batch ≥ 8); prompts interfere evenly.
 */
export function serveClosedLoop(loop: ClosedLoop, timer: StepTimer): ServingResult {
  if (loop.clients <= loop.capacity) return solve(loop, timer)
  const inside = loop.capacity
  const state = solve({ ...loop, clients: inside }, timer)
  const outside = loop.clients - inside
  return { ...state, ttft: state.ttft + outside / state.requestRate, waiting: state.waiting + outside }
}

/** Solves for the mean decoding batch by a bracketed secant. */
function solve(loop: ClosedLoop, timer: StepTimer): ServingResult {
  let low = Math.min(1, loop.clients)
  let high = loop.clients
  let state = stateAt(loop, timer, high)
  if (state.implied >= high) return state
  let previous = { batch: high, excess: state.implied - high }
  let batch = Math.max(low, state.implied)
  for (let i = 0; i < ITERATIONS; i++) {
    state = stateAt(loop, timer, batch)
    const excess = state.implied - batch
    if (Math.abs(excess) <= TOLERANCE * batch || high - low <= TOLERANCE * low) break
    if (excess > 0) low = batch
    else high = batch
    // Secant step, kept inside the bracket.
    const slope = (excess - previous.excess) / (batch - previous.batch)
    const guess = batch - excess / slope
    previous = { batch, excess }
    batch = guess > low && guess < high ? guess : (low + high) / 2
  }
  return state
}

function stateAt(loop: ClosedLoop, timer: StepTimer, batch: number): State {
  const { clients, prompt, output } = loop
  const context = prompt + output / 2
  const decodeStep = timer.decode(batch, context)
  const slowdown = promptTime(loop, timer, batch, decodeStep)
  const others = Math.max(clients - 1, 0) / clients
  const decodeTokens = Math.max(output - 1, 0)
  const pure = (decodeTokens * decodeStep) / loop.tokensPerStep
  // In its decoding time every request meets the prompts of the others once per cycle; X·Δ of all time goes to prompts.
  const cycle = pure + batch * others * slowdown
  const tpotTime = decodeTokens > 0 ? Math.max(pure, cycle) : 0
  const ttft = timeToFirstToken(loop, { decodeStep, slowdown, tpotTime })
  // Tokens of the first streamed group arrive together, so what the client sees of decoding is shorter by that much.
  const hidden = streamDelay(loop, decodeStep)
  const seenTime = tpotTime - hidden
  const residence = ttft + seenTime
  const requestRate = clients / residence
  const implied = requestRate * tpotTime
  return {
    ttft,
    tpot: decodeTokens > 0 ? seenTime / decodeTokens : decodeStep / loop.tokensPerStep,
    requestRate,
    running: implied,
    waiting: clients - implied,
    prefillShare: Math.min(1, requestRate * slowdown),
    decodeStep,
    implied,
  }
}

/** Prompt tokens over which the cost of a prompt is averaged, so that one token more is not charged a whole matrix tile. */
const SMOOTH_TOKENS = 256

/** Seconds by which one prompt delays everyone who decodes: what its tokens add to the steps they share. */
function promptTime(loop: ClosedLoop, timer: StepTimer, batch: number, decodeStep: Seconds): Seconds {
  const { prompt, output, budget, promptsAtOnce = 1 } = loop
  const context = prompt + output / 2
  const together = Math.min(promptsAtOnce, loop.clients)
  if (loop.prefillFirst) return timer.mixed(together, prompt, 0, context) / together
  const perStep = Math.min(budget, Math.max(together * prompt, SMOOTH_TOKENS)) / prompt
  return (timer.mixed(perStep, prompt, batch, context) - decodeStep) / perStep
}

// An output shorter than two groups is taken to arrive half at once: what the client sees of it depends on luck.
function streamDelay(loop: ClosedLoop, decodeStep: Seconds): Seconds {
  const steps = Math.max(loop.output - 1, 0) / loop.tokensPerStep
  return Math.min(loop.streamInterval, steps / 2) * decodeStep
}

interface Moment {
  readonly decodeStep: Seconds
  readonly slowdown: Seconds
  readonly tpotTime: Seconds
}

/**
 * Mean TTFT: a request waits for the step under way and for the prompts ahead of it, and runs its own chunks beside decoding. The
 * client sees the token `streamInterval` steps later.
 */
function timeToFirstToken(loop: ClosedLoop, at: Moment): Seconds {
  const { prompt, budget, clients } = loop
  const chunks = loop.prefillFirst ? 0 : Math.max(1, prompt / budget)
  const computed = at.decodeStep / 2 + promptResponse(clients, at.slowdown, at.tpotTime) + chunks * at.decodeStep
  return loop.requestOverhead + computed + streamDelay(loop, at.decodeStep)
}

/**
 * Time in the prompt queue of a closed network of `clients` that decode for `think` seconds between prompts of `service`
 * seconds: mean-value analysis with Schweitzer's estimate of what an arrival finds, R = S·(1 + (N−1)/N·X·R) and X = N/(Z + R),
 * which is a quadratic in R. Finite at any load; between the two asymptotes S and N·S − Z.
 */
export function promptResponse(clients: number, service: Seconds, think: Seconds): Seconds {
  const b = think - service * Math.max(clients, 1)
  return (Math.sqrt(b * b + 4 * service * think) - b) / 2
}
