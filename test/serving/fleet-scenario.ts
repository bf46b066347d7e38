/** Random small fleets and their load: ties, bursts, tight memory, shared prefixes, drafts, ranks and pools. */
import fc from 'fast-check'
import {
  type EngineSettings,
  type Fleet,
  POLICIES,
  type Pool,
  type RequestTable,
  type TickTimer,
} from '../../src/serving/index.ts'

const MOST_TOKENS = 400

export const stepTimers: fc.Arbitrary<TickTimer> = fc.record({
  tokens: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 10, maxLength: 10 }).map((steps) => {
    let ticks = 1
    return Float64Array.from({ length: MOST_TOKENS }, (_, i) => (ticks += steps[i % 10] ?? 0))
  }),
  perSequence: fc.integer({ min: 0, max: 2 }),
  perCached: fc.integer({ min: 0, max: 3 }),
  perPair: fc.constantFrom(0, 0.25, 1),
  mixed: fc.integer({ min: 0, max: 5 }),
  drafting: fc.integer({ min: 0, max: 4 }),
  loadTicks: fc.integer({ min: 0, max: 9 }),
})

export const engineSettings: fc.Arbitrary<EngineSettings> = fc.record({
  policy: fc.constantFrom(...POLICIES),
  maxSequences: fc.integer({ min: 1, max: 6 }),
  tokenBudget: fc.integer({ min: 8, max: 24 }),
  blocks: fc.integer({ min: 8, max: 24 }),
  blockSize: fc.constantFrom(1, 2, 4),
  watermark: fc.integer({ min: 0, max: 2 }),
})

const rankedSettings: fc.Arbitrary<EngineSettings> = fc
  .tuple(engineSettings, fc.integer({ min: 1, max: 3 }), fc.constantFrom('round-robin', 'least-loaded'), drafts())
  .map(([settings, ranks, rankRouter, drafted]) => ({
    ...settings,
    ...(ranks === 1 ? {} : { ranks, rankRouter }),
    ...(drafted === undefined ? {} : { speculation: drafted, blockSize: 4 }),
  }))

function drafts(): fc.Arbitrary<EngineSettings['speculation']> {
  return fc.constantFrom(undefined, undefined, { width: 2, gain: 3, grain: 2 }, { width: 4, gain: 2, grain: 1 })
}

const pools = (routers: readonly Pool['router'][]): fc.Arbitrary<Pool> =>
  fc.record({
    replicas: fc.integer({ min: 1, max: 3 }),
    router: fc.constantFrom(...routers),
    timer: stepTimers,
    settings: rankedSettings,
  })

export const fleets: fc.Arbitrary<Fleet> = fc
  .tuple(
    pools(['round-robin', 'least-loaded', 'cache-aware']),
    fc.option(pools(['round-robin', 'least-loaded']), { nil: undefined }),
    fc.record({ latency: fc.nat(40), perToken: fc.nat(3) }),
  )
  .map(([first, decode, transfer]) => (decode === undefined ? first : { ...first, decode, transfer }))

const SHORT = fc.integer({ min: 1, max: 20 })
const TINY = fc.integer({ min: 1, max: 12 })

export const requestTables: fc.Arbitrary<RequestTable> = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 900 }), SHORT, TINY), { maxLength: 30 })
  .map((rows) => ({
    count: rows.length,
    arrival: Float64Array.from(rows, ([arrival]) => arrival),
    prompt: Int32Array.from(rows, ([, prompt]) => prompt),
    output: Int32Array.from(rows, ([, , output]) => output),
    prefix: prefixesOf(rows.map(([arrival, prompt]) => [arrival, prompt])),
  }))

/** Units of four tokens; requests whose arrival has the same remainder begin alike. */
export function prefixesOf(rows: readonly (readonly [number, number])[]): NonNullable<RequestTable['prefix']> {
  const units = rows.map(([arrival, prompt]) =>
    Array.from({ length: Math.floor(prompt / 4) }, (_, i) => (arrival % 3) * 100 + i + (i > 2 ? arrival * 10_000 : 0)),
  )
  const start = new Float64Array(rows.length + 1)
  for (const [i, { length }] of units.entries()) start[i + 1] = (start[i] ?? 0) + length
  return { blockTokens: 4, start, ids: Int32Array.from(units.flat()) }
}
