/** Random small serving scenarios that reach the corners: ties, bursts, tight memory, chunks, watermarks. */
import fc from 'fast-check'
import { seededRandom } from './random.ts'
import type { Policy, Requests, Settings, Timer } from './sequence.ts'

export interface Scenario {
  readonly requests: Requests
  readonly timer: Timer
  readonly settings: Settings
}

/** Gap to the previous arrival, prompt tokens, output tokens. */
export type RequestRow = readonly [gap: number, prompt: number, output: number]

export function requestTable(rows: readonly RequestRow[]): Requests {
  let clock = 0
  return {
    count: rows.length,
    arrival: Float64Array.from(rows, ([gap]) => (clock += gap)),
    prompt: Int32Array.from(rows, ([, prompt]) => prompt),
    output: Int32Array.from(rows, ([, , output]) => output),
  }
}

/** A timer whose pass of k tokens takes base + the first k of the increments, repeated. */
export function staircaseTimer(
  base: number,
  increments: readonly number[],
  rest: Omit<Timer, 'tokens'>,
  length: number,
): Timer {
  let ticks = base
  const tokens = Float64Array.from({ length }, (_, k) =>
    k === 0 ? base : (ticks += increments[k % increments.length]!),
  )
  // A counterexample is printed as this call, not as thousands of ticks.
  const call = `staircaseTimer(${base}, ${JSON.stringify(increments)}, ${JSON.stringify(rest)}, ${length})`
  return Object.assign({ ...rest, tokens }, { [fc.toStringMethod]: () => call })
}

/** A timer whose every step takes the same ticks. */
export function constantTimer(ticks: number, length: number): Timer {
  return { tokens: new Float64Array(length).fill(ticks), perCached: 0, perPair: 0, mixed: 0 }
}

const LONGEST = 60
const MOST_SEQUENCES = 10
const MOST_TOKENS = 2 * LONGEST * MOST_SEQUENCES + MOST_SEQUENCES + 1

export const gaps = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 50 }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 5000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 200_000 }) },
)

const rowsOf = (prompt: number, output: number, most = 40): fc.Arbitrary<RequestRow[]> =>
  fc.array(fc.tuple(gaps, fc.integer({ min: 1, max: prompt }), fc.integer({ min: 1, max: output })), {
    minLength: 1,
    maxLength: most,
  })

/** A burst of short prompts with longer answers: memory runs out under many at once. */
const crowds: fc.Arbitrary<RequestRow[]> = fc.array(
  fc.tuple(fc.constantFrom(0, 0, 0, 1), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 10, max: 40 })),
  { minLength: 5, maxLength: 20 },
)

/** Requests of the same lengths, as benchmarks send them: many end in the same step. */
const twins: fc.Arbitrary<RequestRow[]> = fc
  .record({
    prompt: fc.integer({ min: 1, max: 30 }),
    output: fc.integer({ min: 1, max: LONGEST }),
    arrivals: fc.array(fc.oneof(fc.constant(0), gaps), { minLength: 2, maxLength: 30 }),
  })
  .map(({ prompt, output, arrivals }) => arrivals.map((gap) => [gap, prompt, output] as const))

/** Requests of one scenario, in order of arrival. */
export const requestRows: fc.Arbitrary<RequestRow[]> = fc.oneof(
  { weight: 2, arbitrary: rowsOf(5, 5) },
  { weight: 3, arbitrary: rowsOf(20, 20) },
  { weight: 3, arbitrary: rowsOf(LONGEST, LONGEST) },
  { weight: 2, arbitrary: crowds },
  { weight: 2, arbitrary: twins },
)

const pipelines = fc.record({
  perToken: fc.double({ min: 0, max: 60, noNaN: true }),
  fill: fc.integer({ min: 0, max: 4000 }),
})

/** The same scenarios, half of them on a machine whose prompts pass through a pipeline. */
export function piped(plain: fc.Arbitrary<Scenario>): fc.Arbitrary<Scenario> {
  const pipeline = fc.option(pipelines, { freq: 2, nil: undefined })
  return fc
    .tuple(plain, pipeline)
    .map(([scenario, stages]) =>
      stages === undefined ? scenario : { ...scenario, timer: { ...scenario.timer, pipeline: stages } },
    )
}

export const timers: fc.Arbitrary<Timer> = fc
  .record({
    base: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3000 })),
    increments: fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 40 })), { minLength: 1, maxLength: 7 }),
    perSequence: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 60 })),
    perCached: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20 })),
    mixedCached: fc.integer({ min: 0, max: 20 }),
    perPair: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 3, noNaN: true }), fc.constantFrom(0.5, 0.25, 1)),
    mixed: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 500 })),
  })
  .map(({ base, increments, ...rest }) => staircaseTimer(base, increments, rest, MOST_TOKENS))

export const budgets = fc.oneof(
  fc.integer({ min: 1, max: 6 }),
  fc.integer({ min: 1, max: 40 }),
  fc.integer({ min: 1, max: 600 }),
)

/** Blocks beyond those that the longest request of the scenario needs; negative: that one is rejected. */
export const spareBlocks = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 6 }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 60 }) },
  { weight: 1, arbitrary: fc.integer({ min: -4, max: -1 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 5000 }) },
)

export const watermarks = fc.oneof(
  { weight: 2, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }) },
)

export function scenarios(policy: Policy): fc.Arbitrary<Scenario> {
  return fc
    .record({
      rows: requestRows,
      timer: timers,
      maxSequences: fc.integer({ min: 1, max: MOST_SEQUENCES }),
      tokenBudget: budgets,
      blockSize: fc.constantFrom(1, 3, 4, 16),
      spare: spareBlocks,
      watermark: watermarks,
    })
    .map(({ rows: table, timer, maxSequences, tokenBudget, blockSize, spare, watermark }) => {
      const longest = Math.max(...table.map(([, prompt, output]) => prompt + output - 1))
      const blocks = Math.max(1, Math.ceil(longest / blockSize) + spare)
      const settings = { policy, maxSequences, tokenBudget, blocks, blockSize, watermark }
      return { requests: requestTable(table), timer, settings }
    })
}

/** The same settings with memory for the longest life in every slot: nothing is rejected, held back or preempted. */
export function roomySettings(settings: Settings): Settings {
  const longestLife = Math.ceil((2 * LONGEST) / settings.blockSize)
  return { ...settings, blocks: settings.maxSequences * longestLife + settings.watermark }
}

/** Memory that holds the longest request but not the watermark beside it: only an idle replica lets it in. */
function tightScenarios(policy: Policy): fc.Arbitrary<Scenario> {
  const tight = fc.record({
    beyond: fc.integer({ min: 1, max: 8 }),
    spare: fc.integer({ min: 0, max: 4 }),
    tokenBudget: fc.integer({ min: 10, max: 60 }),
    maxSequences: fc.integer({ min: 2, max: MOST_SEQUENCES }),
    blockSize: fc.constantFrom(1, 1, 4),
    table: fc.array(
      fc.tuple(fc.constantFrom(0, 0, 1), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 5, max: 20 })),
      { minLength: 2, maxLength: 8 },
    ),
  })
  return fc.tuple(timers, tight).map(([timer, { table, spare, beyond, ...rest }]) => {
    const longest = Math.max(...table.map(([, prompt, output]) => prompt + output - 1))
    const blocks = Math.ceil(longest / rest.blockSize) + spare
    return { requests: requestTable(table), timer, settings: { policy, ...rest, blocks, watermark: spare + beyond } }
  })
}

/** Steps and gaps in small whole multiples of one another: requests arrive just as a step ends. */
function gridScenarios(policy: Policy): fc.Arbitrary<Scenario> {
  const grid = fc.record({
    base: fc.integer({ min: 1, max: 3 }),
    perCached: fc.constantFrom(0, 0, 1),
    table: fc.array(
      fc.tuple(fc.integer({ min: 0, max: 150 }), fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 150 })),
      { minLength: 2, maxLength: 12 },
    ),
    maxSequences: fc.integer({ min: 1, max: MOST_SEQUENCES }),
    tokenBudget: fc.integer({ min: 4, max: 60 }),
    blockSize: fc.constantFrom(1, 3, 4, 16),
    blocks: fc.oneof(fc.integer({ min: 160, max: 400 }), fc.constant(5000)),
  })
  return grid.map(({ base, perCached, table, ...rest }) => ({
    requests: requestTable(table),
    timer: staircaseTimer(base, [0], { perCached, perPair: 0, mixed: 0 }, MOST_TOKENS),
    settings: { policy, ...rest, watermark: 0 },
  }))
}

/** Scenarios that also set a longest context, and whose table may be in any order. */
export function anyScenarios(policy: Policy): fc.Arbitrary<Scenario> {
  const contexts = fc.oneof(
    { weight: 4, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 2 * LONGEST }) },
  )
  const shuffles = fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.integer() })
  const any = fc.oneof(
    { weight: 4, arbitrary: scenarios(policy) },
    { weight: 1, arbitrary: tightScenarios(policy) },
    { weight: 1, arbitrary: gridScenarios(policy) },
  )
  return fc.tuple(any, contexts, shuffles).map(([scenario, maxContext, shuffle]) => ({
    ...scenario,
    requests: shuffle === null ? scenario.requests : shuffled(scenario.requests, shuffle),
    settings: maxContext === null ? scenario.settings : { ...scenario.settings, maxContext },
  }))
}

function shuffled({ count, arrival, prompt, output }: Requests, seed: number): Requests {
  const random = seededRandom(seed)
  const keys = Array.from({ length: count }, () => random.uniform())
  const order = Array.from({ length: count }, (_, row) => row).sort((a, b) => keys[a]! - keys[b]!)
  return {
    count,
    arrival: Float64Array.from(order, (row) => arrival[row]!),
    prompt: Int32Array.from(order, (row) => prompt[row]!),
    output: Int32Array.from(order, (row) => output[row]!),
  }
}

/**
 * Fewer requests with long texts and long steps: what a fast engine leaps over in one go. Clocks stay below 2^53, but
 * integrals over them do not.
 */
export function longScenarios(policy: Policy): fc.Arbitrary<Scenario> {
  const longest = 600
  return fc
    .record({
      rows: fc.oneof(rowsOf(longest, longest, 14), rowsOf(longest, 5 * longest, 5)),
      stretch: fc.oneof(fc.integer({ min: 1, max: 10_000_000 }), fc.integer({ min: 1, max: 2_000_000_000 })),
      base: fc.oneof(fc.constant(1000), fc.integer({ min: 0, max: 100_000_000_000 })),
      increments: fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 1, maxLength: 5 }),
      perSequence: fc.integer({ min: 0, max: 1_000_000 }),
      perCached: fc.integer({ min: 0, max: 100_000 }),
      mixedCached: fc.integer({ min: 0, max: 100_000 }),
      perPair: fc.double({ min: 0, max: 10_000, noNaN: true }),
      mixed: fc.integer({ min: 0, max: 1_000_000 }),
      maxSequences: fc.integer({ min: 1, max: 8 }),
      tokenBudget: fc.oneof(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 64, max: 2000 })),
      blockSize: fc.constantFrom(1, 16, 48, 64),
      spare: fc.oneof(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 0, max: 2000 })),
      watermark: watermarks,
    })
    .map(
      ({
        rows: table,
        stretch,
        base,
        increments,
        perSequence,
        perCached,
        mixedCached,
        perPair,
        mixed,
        spare,
        ...rest
      }) => {
        const requests = requestTable(table.map(([gap, prompt, output]) => [gap * stretch, prompt, output]))
        const each = { perSequence, perCached, mixedCached, perPair, mixed }
        const timer = staircaseTimer(base, increments, each, longest * 8 + 2000)
        const life = Math.max(...table.map(([, prompt, output]) => prompt + output - 1))
        const settings = { policy, ...rest, blocks: Math.ceil(life / rest.blockSize) + spare }
        return { requests, timer, settings }
      },
    )
}

/** The same scenario with all times k-fold; whole ticks per pair, so that the factor passes through rounding. */
export function stretched({ requests, timer, settings }: Scenario, k: number): Scenario {
  return {
    requests: { ...requests, arrival: requests.arrival.map((tick) => tick * k) },
    timer: {
      tokens: timer.tokens.map((ticks) => ticks * k),
      perSequence: (timer.perSequence ?? 0) * k,
      perCached: timer.perCached * k,
      mixedCached: (timer.mixedCached ?? timer.perCached) * k,
      perPair: Math.floor(timer.perPair) * k,
      mixed: timer.mixed * k,
      ...(timer.pipeline === undefined ? {} : { pipeline: stretchedPipeline(timer.pipeline, k) }),
    },
    settings,
  }
}

function stretchedPipeline({ perToken, fill }: Pipeline, k: number): Pipeline {
  return { perToken: Math.floor(perToken) * k, fill: fill * k }
}

type Pipeline = NonNullable<Timer['pipeline']>

/** Thousands of requests in bursts on a replica with many slots, over and under its capacity by turns. */
export function crowdedScenario(policy: Policy, seed: number): Scenario {
  const random = seededRandom(seed)
  const draw = (mean: number): number => 1 + Math.floor(random.exponential(mean))
  const rows = Array.from({ length: 2000 }, (_, i): RequestRow => {
    const isQuiet = i % 500 > 400
    const gap = random.uniform() < 0.3 ? 0 : Math.floor(random.exponential(isQuiet ? 40_000 : 1500))
    return [gap, draw(60), draw(i % 7 === 0 ? 200 : 40)]
  })
  const longest = Math.max(...rows.map(([, prompt, output]) => prompt + output))
  const blockSize = random.integer(1, 16)
  const settings = {
    policy,
    maxSequences: random.integer(20, 300),
    tokenBudget: random.integer(40, 800),
    blocks: Math.ceil((longest * random.integer(1, 8)) / blockSize),
    blockSize,
    watermark: random.integer(0, 3),
  }
  const most = longest * settings.maxSequences
  const timer = staircaseTimer(2000, [0, 11, 3], { perSequence: 7, perCached: 1, perPair: 0.03, mixed: 200 }, most)
  return { requests: requestTable(rows), timer, settings }
}
