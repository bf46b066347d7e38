/** Random small fleets: replicas behind every router, ranks in lock step, separate pools, clients and tables. */
import fc from 'fast-check'
import type { Clients, DecodePool, Fleet, Load } from './fleet.ts'
import { type CacheSettings, cacheSettings, prefixTables, withLoads } from './scenario-prefix.ts'
import { longestLife, speculationIn } from './scenario-speculation.ts'
import { requestTable, staircaseTimer, watermarks } from './scenario.ts'
import { POLICIES, type Policy, type Requests, type Settings, type Speculation, type Timer } from './sequence.ts'

export interface FleetScenario {
  readonly load: Load
  readonly fleet: Fleet
}

/** Steps take at least one tick; often all the same few, so that different replicas end theirs together. */
const timers: fc.Arbitrary<Timer> = fc
  .record({
    base: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 500 })),
    increments: fc.oneof(fc.constant([0]), fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 5 })),
    perSequence: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 30 })),
    perCached: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5 })),
    perPair: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })),
    mixed: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 100 })),
  })
  .map(({ base, increments, ...rest }) => staircaseTimer(base, increments, rest, 1500))

/** What settings are drawn from before the requests are known: blocks are so many more than the longest life needs. */
interface PoolDraft {
  readonly timer: Timer
  readonly maxSequences: number
  readonly tokenBudget: number
  readonly spare: number
  readonly watermark: number
  readonly ranks: Pick<Settings, 'ranks' | 'rankRouter'>
  readonly speculation: Speculation | null
}

const rankSettings: fc.Arbitrary<PoolDraft['ranks']> = fc.oneof(
  fc.constant({}),
  fc.record({
    ranks: fc.integer({ min: 2, max: 4 }),
    rankRouter: fc.constantFrom('round-robin' as const, 'least-loaded' as const),
  }),
)

/** Gains are capped when the size of a block is known. */
const speculations: fc.Arbitrary<Speculation> = fc.record({
  width: fc.integer({ min: 1, max: 4 }),
  grain: fc.integer({ min: 1, max: 4 }),
  gain: fc.integer({ min: 1, max: 16 }),
})

const poolDrafts: fc.Arbitrary<PoolDraft> = fc.record({
  timer: timers,
  maxSequences: fc.integer({ min: 1, max: 5 }),
  tokenBudget: fc.oneof(fc.integer({ min: 2, max: 12 }), fc.integer({ min: 10, max: 200 })),
  spare: fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 0, max: 5 }) },
    { weight: 2, arbitrary: fc.integer({ min: 5, max: 60 }) },
    { weight: 1, arbitrary: fc.integer({ min: -4, max: -1 }) },
  ),
  watermark: watermarks,
  ranks: rankSettings,
  speculation: fc.option(speculations, { freq: 3, nil: null }),
})

function settingsOf(draft: PoolDraft, policy: Policy, blockSize: number, requests: Requests): Settings {
  const { maxSequences, tokenBudget, spare, watermark, ranks, speculation } = draft
  const capped = speculationIn(blockSize, speculation ?? { width: 1, gain: 1, grain: 1 })
  const blocks = Math.max(1, longestLife(requests, blockSize, capped) + spare)
  const drafted = speculation === null ? {} : { speculation: capped }
  return { policy, maxSequences, tokenBudget, blocks, blockSize, watermark, ...ranks, ...drafted }
}

/** The rows of a table as those of clients: each sends as many, one after another. */
function clientsOf({ prompt, output, prefix }: Requests, clients: number, thinkTicks: number): Clients {
  const rounds = Math.max(1, Math.floor(prompt.length / clients))
  const count = Math.min(clients, prompt.length) * rounds
  const rows = { prompt: prompt.slice(0, count), output: output.slice(0, count) }
  const loop = { clients: count / rounds, rounds, thinkTicks, ...rows }
  if (prefix === undefined) return loop
  const { blockTokens, start, ids } = prefix
  return { ...loop, prefix: { blockTokens, start: start.slice(0, count + 1), ids: ids.slice(0, start[count]) } }
}

interface LoadDraft {
  readonly clients: number | null
  readonly thinkTicks: number
  readonly start: readonly number[] | null
  readonly hasPrefix: boolean
}

const loadDrafts: fc.Arbitrary<LoadDraft> = fc.record({
  clients: fc.option(fc.integer({ min: 1, max: 8 }), { nil: null, freq: 2 }),
  thinkTicks: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 400 })),
  start: fc.option(fc.array(fc.nat({ max: 300 }), { minLength: 8, maxLength: 8 }), { nil: null }),
  hasPrefix: fc.integer({ min: 0, max: 3 }).map((draw) => draw > 0),
})

function loadOf(table: Requests, { clients, thinkTicks, start, hasPrefix }: LoadDraft): Load {
  const { prefix: _prefix, ...bare } = table
  const requests = hasPrefix ? table : bare
  if (clients === null) return { kind: 'requests', table: requests }
  const loop = clientsOf(requests, clients, thinkTicks)
  if (start === null) return { kind: 'clients', loop }
  return { kind: 'clients', loop: { ...loop, start: Float64Array.from(start.slice(0, loop.clients)) } }
}

function withCache(draft: PoolDraft, { loadTicks }: CacheSettings): PoolDraft {
  return { ...draft, timer: withLoads(draft.timer, loadTicks) }
}

/** One pool of replicas. */
export function fleetScenarios(policy: Policy): fc.Arbitrary<FleetScenario> {
  return fc.oneof({ weight: 9, arbitrary: wideFleets(policy) }, { weight: 1, arbitrary: narrowFleets(policy) })
}

/**
 * Ranks with memory for just one request each, all alike, whose decode steps fill it to the last grain: one that comes
 * back after a preemption needs more.
 */
function narrowFleets(policy: Policy): fc.Arbitrary<FleetScenario> {
  const drafts = fc.record({
    pool: poolDrafts,
    speculation: fc.constantFrom([2, 3], [3, 4], [2, 5], [3, 5]),
    prompt: fc.integer({ min: 1, max: 4 }),
    rounds: fc.integer({ min: 1, max: 3 }),
    gaps: fc.array(fc.oneof(fc.constant(0), fc.nat({ max: 600 })), { minLength: 3, maxLength: 8 }),
  })
  return drafts.map(({ pool, speculation: [gain = 1, grain = 1], prompt, rounds, gaps }) => {
    const table = requestTable(gaps.map((gap) => [gap, prompt, 1 + gain * rounds]))
    const ranks = { ranks: 2, rankRouter: 'round-robin' as const }
    const draft = { ...pool, spare: 0, ranks, speculation: { width: 1, gain, grain } }
    const settings = { ...settingsOf(draft, policy, 1, table), maxSequences: 3 }
    const fleet: Fleet = { replicas: 1, router: 'round-robin', timer: pool.timer, settings }
    return { load: { kind: 'requests', table }, fleet }
  })
}

function wideFleets(policy: Policy): fc.Arbitrary<FleetScenario> {
  return fc.constantFrom(1, 2, 4).chain((blockSize) =>
    fc
      .record({
        table: prefixTables(blockSize, 30),
        load: loadDrafts,
        pool: poolDrafts,
        cache: cacheSettings,
        replicas: fc.integer({ min: 1, max: 4 }),
        router: fc.constantFrom('round-robin' as const, 'least-loaded' as const, 'cache-aware' as const),
        maxContext: fc.option(fc.integer({ min: 5, max: 60 }), { nil: null, freq: 1 }),
      })
      .map(({ table, load, pool, cache, replicas, router, maxContext }) => {
        const { timer, ...draft } = withCache(pool, cache)
        const settings = { ...settingsOf({ ...draft, timer }, policy, blockSize, table), ...cache.cache }
        const limited = maxContext === null ? settings : { ...settings, maxContext }
        return { load: loadOf(table, load), fleet: { replicas, router, timer, settings: limited } }
      }),
  )
}

const decodePools = fc.record({
  replicas: fc.integer({ min: 1, max: 3 }),
  router: fc.constantFrom('round-robin' as const, 'least-loaded' as const),
  policy: fc.constantFrom(...POLICIES),
  blockSize: fc.constantFrom(1, 2, 4),
  pool: poolDrafts,
})

function decodePoolOf(
  table: Requests,
  draft: typeof decodePools extends fc.Arbitrary<infer T> ? T : never,
): DecodePool {
  const { replicas, router, policy, blockSize, pool } = draft
  return { replicas, router, timer: pool.timer, settings: settingsOf(pool, policy, blockSize, table) }
}

const transfers = fc.record({
  latency: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1000 })),
  perToken: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 100 })),
})

/** A pool for prompts and one for decoding; the decode pool's policy is drawn. */
export function disaggregatedScenarios(policy: Policy): fc.Arbitrary<FleetScenario> {
  return fc
    .tuple(fleetScenarios(policy), fc.integer({ min: 1, max: 3 }), decodePools, fc.option(transfers, { freq: 4 }))
    .map(([{ load, fleet }, replicas, decode, transfer]) => {
      const pools = { ...fleet, replicas, decode: decodePoolOf(tableOf(load), decode) }
      return { load, fleet: transfer === null ? pools : { ...pools, transfer } }
    })
}

/** The rows of a load, whenever they arrive. */
export function tableOf(load: Load): Requests {
  if (load.kind === 'requests') return load.table
  const { prompt, output } = load.loop
  return { count: prompt.length, arrival: new Float64Array(prompt.length), prompt, output }
}
