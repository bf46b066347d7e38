import type { Seconds, Tokens } from '../../units/index.ts'
import type { ServingResult, StepTimer } from './closed-loop.ts'

/** Closed-loop clients served by separate prefill and decode pools. */
export interface DisaggregatedLoop {
  readonly clients: number
  readonly prompt: Tokens
  readonly output: Tokens
  readonly prefillWorkers: number
  readonly decodeWorkers: number
  /** Most sequences one decode worker holds. */
  readonly capacity: number
  readonly tokensPerStep: number
  readonly requestOverhead: Seconds
  /** Moving one prompt's KV cache from a prefill to a decode worker. */
  readonly transfer: Seconds
  /** Chips of the prefill pool over all chips: what prompts cost of the deployment. */
  readonly prefillChipShare: number
}

const ITERATIONS = 60

/**
 * Steady state of N = X·(TTFT + TPOT·(osl − 1)) over two pools: decode workers never meet prompts, prefill workers are a
 * multi-server queue, and either pool may be what limits X. Damped fixed point on X.
 */
export function serveDisaggregated(loop: DisaggregatedLoop, prefill: StepTimer, decode: StepTimer): ServingResult {
  const { clients, prompt, output } = loop
  const context = prompt + output / 2
  const service = prefill.mixed(1, prompt, 0, context)
  const ceiling = loop.prefillWorkers / service
  const tokens = Math.max(output - 1, 0)
  let rate = Math.min(ceiling, clients / (service + tokens * decode.decode(1, context)))
  let running = 0
  let step = 0
  let ttft = 0
  for (let i = 0; i < ITERATIONS; i++) {
    const residence = (tokens * (step || decode.decode(1, context))) / loop.tokensPerStep
    running = Math.min(rate * residence, loop.decodeWorkers * loop.capacity)
    step = decode.decode(Math.max(running / loop.decodeWorkers, 1), context)
    ttft = firstToken(loop, service, rate, ceiling)
    const next = Math.min(ceiling, clients / (ttft + (tokens * step) / loop.tokensPerStep), decodeCeiling(loop, step))
    if (Math.abs(next - rate) < 1e-6 * rate) break
    rate = (rate + next) / 2
  }
  const decodeTime = (tokens * step) / loop.tokensPerStep
  rate = Math.min(rate, decodeCeiling(loop, step))
  running = rate * decodeTime
  // At the ceiling the clients that decoding does not hold wait for prefill: Little's law gives their wait.
  const waited = Math.max(ttft, clients / rate - decodeTime)
  return {
    ttft: waited,
    tpot: step / loop.tokensPerStep,
    requestRate: clients / (waited + decodeTime),
    running,
    waiting: clients - running,
    prefillShare: loop.prefillChipShare,
    decodeStep: step,
  }
}

/** Requests per second that the decode pool can finish with its cache full. */
function decodeCeiling(loop: DisaggregatedLoop, step: Seconds): number {
  const tokens = Math.max(loop.output - 1, 0)
  if (tokens === 0) return Number.POSITIVE_INFINITY
  return (loop.decodeWorkers * loop.capacity * loop.tokensPerStep) / (tokens * step)
}

function firstToken(loop: DisaggregatedLoop, service: Seconds, rate: number, ceiling: number): Seconds {
  const load = Math.min(rate / ceiling, 1)
  // All clients at once: the i-th of a worker waits for i − 1 others.
  const longest = ((Math.max(loop.clients / loop.prefillWorkers, 1) + 1) / 2) * service
  // M/D/c by the M/D/1 wait shared among workers, never longer than that.
  const queue = Math.min((load * service) / (2 * Math.max(1 - load, 1e-3) * loop.prefillWorkers), longest)
  return loop.requestOverhead + loop.transfer + service + queue
}
