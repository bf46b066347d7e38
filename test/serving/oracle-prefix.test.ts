import { env } from 'node:process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fast } from './reference/fast.ts'
import { type Corners, uncovered } from './reference/corner.ts'
import { type Scenario } from './reference/scenario.ts'
import { prefixScenarios } from './reference/scenario-prefix.ts'
import { POLICIES, type Policy } from './reference/sequence.ts'
import { type ReferenceRun, serveReference } from './reference/serve.ts'
import { servedByReference } from './reference/served.ts'

const RUNS = Math.max(1500, Number(env['PINCER_ORACLE_RUNS'] ?? 0))

type Event = ReferenceRun['cacheLog'][number]

const has = (run: ReferenceRun, kind: Event['kind']): boolean => run.cacheLog.some((event) => event.kind === kind)

/** Whether something happened to a unit after something else had happened to it. */
function follows(run: ReferenceRun, first: (event: Event) => boolean, then: (event: Event, first: Event) => boolean) {
  return run.cacheLog.some((one, i) => {
    return first(one) && run.cacheLog.slice(i + 1).some((other) => other.unit === one.unit && then(other, one))
  })
}

/** The request of an event was thrown out at some time. */
const isPreempted = (run: ReferenceRun, { row }: Event): boolean => run.sequences[row]!.preemptedAt.length > 0

const CORNERS: Corners<ReferenceRun, Scenario> = {
  'a request finds units that nobody holds': (run) => has(run, 'revive'),
  'a request shares units that others hold': (run) => has(run, 'share'),
  'three hold a unit': (run) =>
    follows(
      run,
      ({ kind }) => kind === 'share',
      ({ kind, row }, first) => kind === 'share' && row !== first.row && overlap(run, row, first.row),
    ),
  'one admission finds held units and others': (run) =>
    run.cacheLog.some(({ kind, row }, i) => {
      const before = run.cacheLog[i - 1]
      return kind === 'revive' && before?.kind === 'share' && before.row === row
    }),
  'a unit is evicted and made again': (run) =>
    follows(
      run,
      ({ kind }) => kind === 'evict',
      ({ kind }) => kind === 'make',
    ),
  'a unit is evicted twice': (run) =>
    follows(
      run,
      ({ kind }) => kind === 'evict',
      ({ kind }) => kind === 'evict',
    ),
  'a copy stays plain, and its unit is evicted and made from it': (run) =>
    follows(
      run,
      ({ kind }) => kind === 'copy',
      ({ kind, row }, first) => kind === 'make' && row === first.row,
    ),
  'a copy stays plain': (run) => has(run, 'copy'),
  'a unit is found but one token is left to compute': (run) => has(run, 'cap'),
  'a unit comes back from the host': (run) => has(run, 'load'),
  'an admission loads units, and its blocks evict others to the host': (run) =>
    run.cacheLog.some(({ kind }, i) => kind === 'load' && run.cacheLog[i + 1]?.kind === 'evict'),
  'a unit in the host is made again rather than loaded': (run) =>
    follows(
      run,
      ({ kind }) => kind === 'evict',
      (event) => event.kind === 'make' && !wasDropped(run, event),
    ),
  'the host drops a unit': (run, { settings }) => (settings.hostUnits ?? 0) > 0 && has(run, 'drop'),
  'loading takes time': (run, { timer }) => run.steps.some(({ loads }) => loads > 0 && timer.loadTicks! > 0),
  'a unit of the answer is found again': (run) =>
    run.sequences.some(({ prompt, hitTokens, preemptedAt, id }) => {
      const mine = run.sequences[id - 1]
      return preemptedAt.length === 0 && mine !== undefined && hitTokens > mine.prompt && prompt > mine.prompt
    }),
  'the cache is off': (_, { settings }) => settings.prefixCache === false,
  'a request has no ids': (run) => run.sequences.some(({ units }) => units.length === 0),
  'the ids go beyond the request': (run, { requests }) =>
    run.sequences.some(
      ({ units, prompt, output }) => units.length * requests.prefix!.blockTokens > prompt + output - 1,
    ),
  'units are of several blocks': (_, { requests, settings }) => requests.prefix!.blockTokens > settings.blockSize,
  'an idle replica admits against the watermark': (run, { settings }) =>
    run.steps.some(({ running, blocks }) => running === 1 && settings.blocks - blocks < settings.watermark),
  'two requests are admitted in one step, one of them with hits': (run) =>
    run.sequences.some(({ scheduled, hitTokens }, i) =>
      run.sequences.some((other, j) => i !== j && hitTokens > 0 && scheduled === other.scheduled),
    ),
  'a request is preempted and finds its own units': (run) =>
    follows(
      run,
      (event) => event.kind === 'make' && isPreempted(run, event),
      ({ kind, row }, first) => kind === 'revive' && row === first.row,
    ),
  'a preempted request finds nothing': (run) =>
    run.sequences.some(
      ({ preemptedAt, hitTokens, units }) => preemptedAt.length > 0 && hitTokens === 0 && units.length > 1,
    ),
  'it makes a difference which block is taken': (run, { requests, timer, settings }) => {
    if (!has(run, 'evict')) return false
    const headFirst = settings.policy !== 'vllm'
    return serveReference(requests, timer, { ...settings, headFirst }).busy !== run.busy
  },
}

function overlap(run: ReferenceRun, row: number, other: number): boolean {
  const [a, b] = [run.sequences[row]!, run.sequences[other]!]
  return a.scheduled! < b.end! && b.scheduled! < a.end!
}

function wasDropped(run: ReferenceRun, make: Event): boolean {
  const before = run.cacheLog.slice(0, run.cacheLog.indexOf(make))
  const last = before.findLast(({ kind, unit }) => unit === make.unit && (kind === 'evict' || kind === 'drop'))
  return last?.kind === 'drop'
}

const PREEMPTION = Object.keys(CORNERS).filter((corner) => corner.includes('preempt'))

const COPY_MADE = 'a copy stays plain, and its unit is evicted and made from it'

/** Corners that a policy cannot reach by its rules; static takes no block between the prompts and the ends of a batch. */
const OUT_OF_REACH: Readonly<Record<Policy, readonly string[]>> = {
  vllm: [],
  sglang: [],
  trtllm: PREEMPTION,
  static: [COPY_MADE, ...PREEMPTION],
  continuous: PREEMPTION,
}

describe.each(POLICIES)('%s with a prefix cache: the fast engine against the plain reference', (policy) => {
  it(
    `agrees on every number in ${RUNS} random scenarios that reach every corner`,
    { timeout: 60_000 + RUNS * 40 },
    () => {
      const corners = uncovered(CORNERS)
      fc.assert(
        fc.property(prefixScenarios(policy), (scenario) => {
          const { requests, timer, settings } = scenario
          const run = serveReference(requests, timer, settings)
          corners.see(run, scenario)
          expect(fast(requests, timer, settings)).toEqual(servedByReference(run))
        }),
        { numRuns: RUNS },
      )
      expect(corners.left()).toEqual(OUT_OF_REACH[policy])
    },
  )
})
