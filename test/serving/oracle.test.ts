import { env } from 'node:process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fast } from './reference/fast.ts'
import { type Scenario, anyScenarios, crowdedScenario, longScenarios, piped, stretched } from './reference/scenario.ts'
import { POLICIES, type Policy, type Requests, type Settings, type Timer } from './reference/sequence.ts'
import { type ReferenceRun, serveReference } from './reference/serve.ts'
import { servedByReference } from './reference/served.ts'

/** At least 1500, or a rare corner may be missed and the test fail for it. */
const RUNS = Math.max(1500, Number(env['PINCER_ORACLE_RUNS'] ?? 0))

/** Corners of the semantics that the random scenarios have to reach, or the comparison would prove little. */
const CORNERS: Readonly<Record<string, (run: ReferenceRun, scenario: Scenario) => boolean>> = {
  'a request is rejected': (run) => run.rejected > 0,
  'the table is out of order': (_, { requests }) => requests.arrival.some((tick, i) => tick < requests.arrival[i - 1]!),
  'the context is too long': (run, { settings: { maxContext = Infinity } }) =>
    run.sequences.some(({ prompt, output }) => prompt + output > maxContext),
  'requests arrive together': (_, { requests }) => new Set(requests.arrival).size < requests.count,
  'a request arrives within a step': (run, { requests }) =>
    run.steps.some(({ start, end }) => requests.arrival.some((tick) => tick > start && tick < end)),
  'a request arrives at the very end of a step': (run, { requests }) =>
    run.steps.some(({ start, end }) => start < end && requests.arrival.includes(end)),
  'the engine falls idle and starts again': (run) =>
    run.steps.some(({ start }, i) => i > 0 && start > run.steps[i - 1]!.end),
  'many decode steps follow one another': (run) => run.steps.filter(({ p }) => p === 0).length > 40,
  'a prompt leaves the pipeline after its step': (run) =>
    run.sequences.some(({ emitted: [first] }) => first !== undefined && run.steps.every(({ end }) => end !== first)),
  'a prompt runs alone through a pipeline': (run, { timer }) =>
    timer.pipeline !== undefined && run.steps.some(({ n, p }) => n === 0 && p > 0),
  'a step takes no time': (run) => run.steps.some(({ start, end }) => start === end),
  'every slot is taken': (run, { settings }) => run.steps.some(({ running }) => running === settings.maxSequences),
  'the watermark decides': (run, scenario) => {
    const settings = { ...scenario.settings, watermark: 0 }
    return serveReference(scenario.requests, scenario.timer, settings).steps.length !== run.steps.length
  },
  'an idle replica admits against the watermark': (run, { settings: { blocks, watermark } }) =>
    run.steps.some((step) => isFirst(step) && blocks - step.blocks < watermark),
  'a step mixes decodes and prompts': (run) => run.steps.some(({ n, p }) => n > 0 && p > 0),
  'a prompt is computed in chunks': (run) => run.steps.some(({ p, q }) => q > (p * (p + 1)) / 2),
  'a request is preempted': (run) => run.preemptions > 0,
  'a request is preempted twice': (run) => run.sequences.some(({ preemptedAt }) => preemptedAt.length > 1),
  'one plan preempts several': (run) => run.steps.some(({ preempted }) => preempted > 1),
  'a request is preempted before its first token': (run, { timer }) =>
    timer.pipeline === undefined &&
    run.sequences.some(({ preemptedAt, emitted }) => preemptedAt.some((tick) => tick < (emitted[0] ?? Infinity))),
}

/** A step that computes the first tokens of a single request and nothing else. */
function isFirst({ running, n, p, q }: ReferenceRun['steps'][number]): boolean {
  return running === 1 && n === 0 && q === (p * (p + 1)) / 2
}

const PREEMPTION = Object.keys(CORNERS).filter((corner) => corner.includes('preempt'))
const MIXED = 'a step mixes decodes and prompts'
const CHUNKS = 'a prompt is computed in chunks'
const UNBORN = 'a request is preempted before its first token'

/** Corners that a policy cannot reach by its rules. */
const OUT_OF_REACH: Readonly<Record<Policy, readonly string[]>> = {
  vllm: [],
  sglang: [MIXED, UNBORN],
  trtllm: PREEMPTION,
  static: [...PREEMPTION, MIXED, CHUNKS],
  continuous: [...PREEMPTION, CHUNKS],
}

const argumentsOf = ({ requests, timer, settings }: Scenario): [Requests, Timer, Settings] => [
  requests,
  timer,
  settings,
]

describe.each(POLICIES)('%s: the fast engine against the plain reference', (policy) => {
  it(
    `agrees on every number in ${RUNS} random scenarios that reach every corner`,
    { timeout: 60_000 + RUNS * 20 },
    () => {
      const reached = new Map(Object.keys(CORNERS).map((corner) => [corner, 0]))
      fc.assert(
        fc.property(piped(anyScenarios(policy)), (scenario) => {
          const { requests, timer, settings } = scenario
          const run = serveReference(requests, timer, settings)
          for (const [corner, isReached] of Object.entries(CORNERS)) {
            if (isReached(run, scenario)) reached.set(corner, reached.get(corner)! + 1)
          }
          expect(fast(requests, timer, settings)).toEqual(servedByReference(run))
        }),
        { numRuns: RUNS },
      )
      for (const [corner, count] of reached) {
        expect([corner, count > 0]).toEqual([corner, !OUT_OF_REACH[policy].includes(corner)])
      }
    },
  )

  it('agrees on long texts and long steps', { timeout: 60_000 + RUNS * 20 }, () => {
    fc.assert(
      fc.property(piped(longScenarios(policy)), ({ requests, timer, settings }) => {
        const run = serveReference(requests, timer, settings)
        expect(fast(requests, timer, settings)).toEqual(servedByReference(run))
      }),
      { numRuns: Math.ceil(RUNS / 20) },
    )
  })

  it(
    'agrees up to the end of the clock, where integrals have long outgrown 2^53',
    { timeout: 60_000 + RUNS * 20 },
    () => {
      const largest = { waiting: 0n, running: 0n, blocks: 0n }
      fc.assert(
        fc.property(piped(anyScenarios(policy)), (scenario) => {
          const { stopped, sequences } = serveReference(...argumentsOf(stretched(scenario, 1)))
          const ends = sequences.map(({ end = 0 }) => end)
          const { tokens, perSequence = 0, perCached, mixedCached = 0, perPair, mixed, pipeline } = scenario.timer
          const { arrival } = scenario.requests
          const { perToken = 0, fill = 0 } = pipeline ?? {}
          const each = Math.max(perSequence, perCached, mixedCached, perPair, mixed, perToken * 600 + fill)
          const most = Math.max(1, stopped, ...ends, ...arrival, tokens.at(-1)!, each)
          const late = stretched(scenario, Math.floor(Number.MAX_SAFE_INTEGER / most))
          const run = serveReference(...argumentsOf(late))
          if (run.waitingTime > largest.waiting) largest.waiting = run.waitingTime
          if (run.runningTime > largest.running) largest.running = run.runningTime
          if (run.blockTime > largest.blocks) largest.blocks = run.blockTime
          expect(fast(...argumentsOf(late))).toEqual(servedByReference(run))
        }),
        { numRuns: Math.ceil(RUNS / 5) },
      )
      for (const integral of Object.values(largest)) expect(integral > 2n ** 54n).toBe(true)
    },
  )

  it('agrees on thousands of requests', { timeout: 60_000 + RUNS * 20 }, () => {
    let preempted = 0
    for (let seed = 1; seed <= Math.ceil(RUNS / 500); seed++) {
      const { requests, timer, settings } = crowdedScenario(policy, seed)
      const served = fast(requests, timer, settings)
      expect(served).toEqual(servedByReference(serveReference(requests, timer, settings)))
      expect(served.finished).toBe(requests.count)
      preempted += served.preempted
    }
    expect(preempted > 0).toBe(policy === 'vllm' || policy === 'sglang')
  })
})
