import { type MachineConstants, type ServeResult, decodeTime } from '../dataflow/index.ts'
import type { ServingResult } from '../serving/index.ts'
import type { StepBreakdown, StepPart } from '../step/index.ts'
import { NO_HOST, serveRounds } from './harness-run.ts'
import { serveMost, serveOptions } from './sram-placement.ts'
import { sramPlan } from './sram-plan.ts'
import type { Timing } from './timing.ts'
import type { MemoryMap, Scenario } from './types.ts'

const THROUGHPUT_NOTE =
  'hardly any throughput under load was ever published for such machines: the band of tokens/s and cost reaches down to stages that work on one sequence at a time'

/** Times a scenario on an SRAM or dataflow machine through the dataflow room, with its constants or with `machine`. */
export function timeOnSram(scenario: Scenario, machine?: MachineConstants): Timing {
  const { workload } = scenario
  const base = { ...serveOptions(scenario), ...(machine === undefined ? {} : { machine }) }
  const output = base.outputTokens
  const { served, users } = serveMost(scenario, base)
  return {
    chips: served.place.chips,
    layout: `${served.place.tp} × tensor, ${served.place.pp} stages`,
    serving:
      workload.rounds === undefined
        ? closedLoop(served, workload.concurrency, users, output)
        : serveRounds(scenario, workload.rounds, sramPlan(scenario, {}, served.place), NO_HOST),
    capacity: served.maxUsers,
    notes: [THROUGHPUT_NOTE],
    unbatchedRate: unbatchedRate(served),
    details: () => ({
      memory: memoryMap(served, users),
      decodeStep: decodeBreakdown(served, users),
      prefillStep: { seconds: served.prefill.seconds, parts: [part('prefill', served.prefill.seconds, 'compute')] },
    }),
  }
}

/**
 * Output tokens per second when every stage works on one sequence at a time. Nobody has published the throughput of these
 * machines under load, so that how far batches share a pass is first principles; this is what remains without it.
 */
function unbatchedRate(served: ServeResult): number {
  return Math.min(1 / decodeTime(served.place, { users: 1 }).busyPerToken, served.tokensPerSecondSystem)
}

function closedLoop(served: ServeResult, clients: number, users: number, output: number): ServingResult {
  const residence = served.ttft + Math.max(output - 1, 0) * served.tpot
  const requestRate = users / residence
  // Little's law over all clients: those that are not admitted wait before their prompt is read.
  const ttft = clients / requestRate - Math.max(output - 1, 0) * served.tpot
  const running = requestRate * Math.max(output - 1, 0) * served.tpot
  return {
    ttft,
    tpot: served.tpot,
    requestRate,
    running,
    waiting: clients - running,
    prefillShare: Math.min(1, requestRate * served.prefill.busy),
    decodeStep: served.step.tpot,
  }
}

function memoryMap(served: ServeResult, users: number): MemoryMap {
  const { place } = served
  const machines = place.chips
  const capacity = place.tiers.reduce((sum, tier) => sum + tier.capacity, 0)
  const weights = place.weightBytes / machines
  const cache = (users * place.kvBytesPerUser) / machines
  return { capacity, weights, cache, activations: 0, reserve: 0, free: capacity - weights - cache }
}

const BOUNDS: ReadonlyMap<string, StepPart['bound']> = new Map([
  ['issue', 'latency'],
  ['collectives', 'network'],
  ['transfer', 'network'],
  ['weights', 'memory'],
  ['kv', 'memory'],
  ['compute', 'compute'],
  ['draft', 'latency'],
  ['wait', 'queue'],
])

function decodeBreakdown(served: ServeResult, users: number): StepBreakdown {
  const parts = Object.entries(served.step.parts)
    .filter(([, seconds]) => seconds > 0)
    .map(([name, seconds]) => part(name, seconds, BOUNDS.get(name) ?? 'latency'))
  const stretched = served.tpot - served.step.tpot
  if (users > 0 && stretched > 1e-12) parts.push(part('prompts of others', stretched, 'queue'))
  return { seconds: parts.reduce((sum, { seconds }) => sum + seconds, 0), parts }
}

function part(name: string, seconds: number, bound: StepPart['bound']): StepPart {
  return { name, count: 1, seconds, bound, flops: 0, bytes: 0 }
}
