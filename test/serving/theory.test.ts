import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fast } from './reference/fast.ts'
import {
  aloneTicks,
  bulkMeanWait,
  bulkService,
  lindleyWaits,
  settingsOf,
  unlimitedService,
} from './reference/queue-theory.ts'
import { seededRandom } from './reference/random.ts'
import {
  type Scenario,
  constantTimer,
  requestRows,
  requestTable,
  roomySettings,
  scenarios,
  stretched,
} from './reference/scenario.ts'
import { type Policy, POLICIES, type Requests } from './reference/sequence.ts'
import { serveReference } from './reference/serve.ts'
import { type Serve, type Served, reference } from './reference/served.ts'
import { type Estimate, estimate, settledMean, sigmas } from './reference/statistics.ts'

const ENGINES: readonly (readonly [string, Serve])[] = [
  ['reference', reference],
  ['fast', fast],
]
const MIXED: readonly Policy[] = ['vllm', 'trtllm', 'continuous']
const RUNS = { numRuns: 150 }

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0)
const finishedTimes = (served: Served): number[] => served.end.map((end) => end ?? Number.NaN)
const times = ({ scheduled, firstToken, end }: Served): object => ({ scheduled, firstToken, end })

/** Poisson arrivals; times are so many ticks long that rounding them to whole ticks is < 1e-6 of a step. */
function poissonRequests(seed: number, count: number, gap: number, output: () => number): Requests {
  const random = seededRandom(seed)
  return requestTable(Array.from({ length: count }, () => [Math.round(random.exponential(gap)), 1, output()] as const))
}

/** Mean of (scheduled − arrival) over seeds, after a start-up phase, in units of `unit` ticks. */
function meanWait(serve: Serve, scenarioOf: (seed: number) => Scenario, seeds: number, unit: number): Estimate {
  const means = Array.from({ length: seeds }, (_, seed) => {
    const { requests, timer, settings } = scenarioOf(seed + 1)
    const { scheduled } = serve(requests, timer, settings)
    const waits = scheduled.map((tick, i) => (tick ?? Number.NaN) - requests.arrival[i]!)
    return settledMean(waits, 400) / unit
  })
  return estimate(means)
}

/** The estimate is sharp enough to mean something and lies within four standard errors of the theory. */
function expectAgreement(wait: Estimate, theory: number, sharpness: number): void {
  expect(wait.error / theory).toBeLessThan(sharpness)
  expect(sigmas(wait, theory)).toBeLessThan(4)
}

describe.each(ENGINES)('%s: exact queueing theory', (_engine, serve) => {
  it.each(POLICIES)("%s with one slot follows Lindley's recursion", (policy) => {
    fc.assert(
      fc.property(scenarios(policy), fc.boolean(), ({ requests, timer, settings }, isWhole) => {
        const chunks = policy !== 'static' && policy !== 'continuous' && !isWhole
        const tokenBudget = chunks ? settings.tokenBudget : 4096
        const served = serve(requests, timer, settingsOf({ policy, maxSequences: 1, tokenBudget }))
        const service = [...requests.prompt].map((p, i) => aloneTicks(timer, p, requests.output[i]!, tokenBudget))
        const starts = lindleyWaits(requests.arrival, service).map((wait, i) => requests.arrival[i]! + wait)
        expect(served.scheduled).toEqual(starts)
        expect(served.end).toEqual(starts.map((start, i) => start + service[i]!))
        expect(served.busy).toBe(sum(service))
      }),
      RUNS,
    )
  })

  it('static serves in bulk: whoever waits when the last batch has ended', () => {
    fc.assert(
      fc.property(scenarios('static'), ({ requests, timer, settings }) => {
        const served = serve(requests, timer, roomySettings(settings))
        expect(times(served)).toEqual(bulkService(requests, timer, settings.maxSequences))
      }),
      RUNS,
    )
  })

  it.each(MIXED)('%s with constant steps and no limit ends an answer O steps after the next boundary', (policy) => {
    fc.assert(
      fc.property(requestRows, fc.integer({ min: 1, max: 30_000 }), (rows, step) => {
        const requests = requestTable(rows)
        const served = serve(requests, constantTimer(step, 4096), settingsOf({ policy, maxSequences: 40 }))
        expect(times(served)).toEqual(unlimitedService(requests, step))
      }),
      RUNS,
    )
  })

  it.each(POLICIES)('%s under saturation emits a full batch per step', (policy) => {
    for (const slots of [1, 3, 8]) {
      for (const output of [1, 7, 40]) {
        const waves = 5
        const requests = requestTable(Array.from({ length: waves * slots }, () => [0, 3, output] as const))
        const served = serve(requests, constantTimer(100, 4096), settingsOf({ policy, maxSequences: slots }))
        expect(Math.max(...finishedTimes(served))).toBe(waves * output * 100)
        expect(served.steps).toBe(waves * output)
        expect((slots * waves * output) / served.busy).toBe(slots / 100)
      }
    }
  })

  it.each(MIXED)("%s keeps Graham's bound on the makespan of unequal answers", (policy) => {
    fc.assert(
      fc.property(requestRows, fc.integer({ min: 1, max: 10 }), (rows, slots) => {
        const requests = requestTable(rows.map(([, prompt, output]) => [0, prompt, output] as const))
        const served = serve(requests, constantTimer(10, 4096), settingsOf({ policy, maxSequences: slots }))
        const longest = Math.max(...requests.output)
        const makespan = Math.max(...finishedTimes(served)) / 10
        expect(makespan).toBeGreaterThanOrEqual(Math.max(longest, sum(requests.output) / slots))
        expect(makespan).toBeLessThanOrEqual((sum(requests.output) - longest) / slots + longest)
      }),
      RUNS,
    )
  })
})

describe.each(ENGINES)('%s: closed forms, within four standard errors', (_engine, serve) => {
  const step = 2 ** 20
  const timer = constantTimer(step, 4096)

  it.each(POLICIES)('%s: M/D/1 waits ρS / 2(1 − ρ)', (policy) => {
    const settings = settingsOf({ policy, maxSequences: 1 })
    const load = 0.6
    const wait = meanWait(
      serve,
      (seed) => ({ requests: poissonRequests(seed, 5000, step / load, () => 1), timer, settings }),
      20,
      step,
    )
    expectAgreement(wait, load / (2 * (1 - load)), 0.02)
  })

  it('M/G/1 waits as Pollaczek and Khinchine say', () => {
    const longest = 9
    const outputs = Array.from({ length: longest }, (_, i) => i + 1)
    const service = outputs.map((output) => aloneTicks(timer, 1, output, 4096) / step)
    const mean = sum(service) / longest
    const square = sum(service.map((ticks) => ticks ** 2)) / longest
    const load = 0.5
    const settings = settingsOf({ policy: 'vllm', maxSequences: 1 })
    const scenarioOf = (seed: number): Scenario => {
      const lengths = seededRandom(1000 + seed)
      const output = (): number => lengths.integer(1, longest)
      return { requests: poissonRequests(seed, 5000, (step * mean) / load, output), timer, settings }
    }
    expectAgreement(meanWait(serve, scenarioOf, 20, step), ((load / mean) * square) / (2 * (1 - load)), 0.02)
  })

  it.each(POLICIES)('%s: a batch without limit and one step of service waits τ/2 · a / (a + e⁻ᵃ)', (policy) => {
    for (const load of [0.3, 1, 3]) {
      const settings = settingsOf({ policy, maxSequences: 100 })
      const wait = meanWait(
        serve,
        (seed) => ({ requests: poissonRequests(seed, 4000, step / load, () => 1), timer, settings }),
        10,
        step,
      )
      expectAgreement(wait, load / (load + Math.exp(-load)) / 2, 0.02)
    }
  })

  it('the Markov chain of bulk service contains M/D/1 and the batch without limit', () => {
    expect(bulkMeanWait(0.6, 1)).toBeCloseTo(0.75, 9)
    expect(bulkMeanWait(3, 199)).toBeCloseTo(3 / (3 + Math.exp(-3)) / 2, 9)
  })

  const perStep = 3
  const theory = bulkMeanWait(perStep, 4)

  it.each(POLICIES)('%s: bulk service of at most four waits as its Markov chain says', (policy) => {
    const settings = settingsOf({ policy, maxSequences: 4 })
    const wait = meanWait(
      serve,
      (seed) => ({ requests: poissonRequests(seed, 6000, step / perStep, () => 1), timer, settings }),
      20,
      step,
    )
    expectAgreement(wait, theory, 0.03)
  })
})

describe.each(ENGINES)('%s: metamorphic relations', (_engine, serve) => {
  const longer = (tick: number | null, factor: number): number | null => (tick === null ? null : tick * factor)

  it.each(POLICIES)('%s: all times k-fold give results k-fold', (policy) => {
    fc.assert(
      fc.property(scenarios(policy), fc.integer({ min: 2, max: 1000 }), (scenario, k) => {
        const [short, long] = [stretched(scenario, 1), stretched(scenario, k)]
        const once = serve(short.requests, short.timer, short.settings)
        expect(serve(long.requests, long.timer, long.settings)).toEqual({
          ...once,
          scheduled: once.scheduled.map((tick) => longer(tick, k)),
          firstToken: once.firstToken.map((tick) => longer(tick, k)),
          end: once.end.map((tick) => longer(tick, k)),
          busy: once.busy * k,
          lastTick: once.lastTick * k,
          waitingTime: once.waitingTime * BigInt(k),
          runningTime: once.runningTime * BigInt(k),
          blockTime: once.blockTime * BigInt(k),
        })
      }),
      RUNS,
    )
  })

  it.each(POLICIES)('%s: later arrivals do not change the past', (policy) => {
    fc.assert(
      fc.property(scenarios(policy), fc.nat(), ({ requests, timer, settings }, pick) => {
        const count = 1 + (pick % requests.count)
        const { arrival, prompt, output } = requests
        const fewer = {
          count,
          arrival: arrival.slice(0, count),
          prompt: prompt.slice(0, count),
          output: output.slice(0, count),
        }
        const change = arrival[count] ?? Infinity
        const past = (ticks: readonly (number | null)[]): (number | null)[] =>
          ticks.slice(0, count).map((tick) => (tick !== null && tick < change ? tick : null))
        const all = serve(requests, timer, settings)
        const some = serve(fewer, timer, settings)
        expect(past(all.scheduled)).toEqual(past(some.scheduled))
        expect(past(all.firstToken)).toEqual(past(some.firstToken))
        expect(past(all.end)).toEqual(past(some.end))
      }),
      RUNS,
    )
  })

  it('vllm and trtllm with a budget for every prompt at once serve like whole prompts', () => {
    fc.assert(
      fc.property(scenarios('continuous'), fc.constantFrom<Policy>('vllm', 'trtllm'), (scenario, policy) => {
        const { requests, timer } = scenario
        const settings = roomySettings(scenario.settings)
        const whole = serve(requests, timer, settings)
        const tokenBudget = settings.maxSequences * Math.max(...requests.prompt)
        expect(times(serve(requests, timer, { ...settings, policy, tokenBudget }))).toEqual(times(whole))
      }),
      RUNS,
    )
  })

  it.each(POLICIES)('%s: memory for every slot makes more memory worthless', (policy) => {
    fc.assert(
      fc.property(scenarios(policy), fc.integer({ min: 1, max: 1000 }), ({ requests, timer, settings }, extra) => {
        const roomy = roomySettings(settings)
        const served = serve(requests, timer, roomy)
        expect(served.outcome).toEqual(served.outcome.map(() => 'finished'))
        expect(served.preemptions).toEqual(served.preemptions.map(() => 0))
        expect(serve(requests, timer, { ...roomy, blocks: roomy.blocks + extra })).toEqual(served)
      }),
      RUNS,
    )
  })

  // Admission looks at the prompt only. One block more can let a second request in whose answer then does not fit,
  // where with one block less it would have waited: memory below the roomy limit above is not monotone.
  it.each([
    ['vllm', { prompt: 2, blocks: 3, tokenBudget: 100 }, [2, 4], [2, 3]],
    ['sglang', { prompt: 1, blocks: 2, tokenBudget: 1 }, [2, 4], [3, 5]],
  ] as const)('%s: a block more can cost a preemption', (policy, { prompt, blocks, tokenBudget }, before, after) => {
    const requests = requestTable([
      [0, prompt, 2],
      [0, prompt, 2],
    ])
    const settings = settingsOf({ policy, blockSize: 1, tokenBudget, blocks })
    const tight = serve(requests, constantTimer(1, 100), settings)
    const wider = serve(requests, constantTimer(1, 100), { ...settings, blocks: blocks + 1 })
    expect(sum(tight.preemptions)).toBe(0)
    expect(sum(wider.preemptions)).toBe(1)
    expect(tight.end).toEqual(before)
    expect(wider.end).toEqual(after)
  })
})

describe.each(ENGINES)('%s: conservation', (_engine, serve) => {
  it.each(POLICIES)("%s: Little's identity holds to the tick, memory and slots are not exceeded", (policy) => {
    fc.assert(
      fc.property(scenarios(policy), ({ requests, timer, settings }) => {
        const served = serve(requests, timer, settings)
        const { blockTime, runningTime, waitingTime, busy } = served
        expect(served.peakBlocks).toBeLessThanOrEqual(settings.blocks)
        expect(blockTime <= BigInt(served.peakBlocks) * BigInt(busy)).toBe(true)
        expect(runningTime <= BigInt(settings.maxSequences) * BigInt(busy)).toBe(true)
        expect(served.outcome.filter((outcome) => outcome === 'rejected')).toHaveLength(served.rejected)
        const stays = served.end.map((end, i) => (end === null ? 0 : end - requests.arrival[i]!))
        expect(waitingTime + runningTime).toBe(BigInt(sum(stays)))
        served.end.forEach((end, i) => {
          if (end === null) return
          expect(served.scheduled[i]).toBeGreaterThanOrEqual(requests.arrival[i]!)
          expect(served.firstToken[i]).toBeGreaterThanOrEqual(served.scheduled[i]!)
          expect(end).toBeGreaterThanOrEqual(served.firstToken[i]!)
        })
      }),
      RUNS,
    )
  })
})

describe('the reference, step by step', () => {
  it.each(POLICIES)('%s: computes every token once, and again only after a preemption', (policy) => {
    fc.assert(
      fc.property(scenarios(policy), ({ requests, timer, settings }) => {
        const run = serveReference(requests, timer, settings)
        for (const { end, emitted, output } of run.sequences) {
          if (end === undefined) continue
          expect(emitted).toHaveLength(output)
          expect(emitted.at(-1)).toBe(end)
          expect(emitted).toEqual([...emitted].sort((a, b) => a - b))
        }
        const emitted = sum(run.sequences.map((sequence) => sequence.emitted.length))
        const begun = run.sequences.filter((sequence) => sequence.emitted.length > 0)
        const computed = sum(run.steps.map(({ n, p }) => n + p))
        const once = sum(begun.map((sequence) => sequence.prompt + sequence.emitted.length - 1))
        if (run.preemptions === 0 && begun.length + run.rejected === requests.count) expect(computed).toBe(once)
        else expect(computed).toBeGreaterThanOrEqual(once)
        expect(emitted).toBeGreaterThanOrEqual(sum(run.steps.map(({ n }) => n)))
      }),
      RUNS,
    )
  })

  it.each(POLICIES)('%s: steps follow one another, within budget, slots and memory', (policy) => {
    fc.assert(
      fc.property(scenarios(policy), ({ requests, timer, settings }) => {
        const run = serveReference(requests, timer, settings)
        const wrong = run.steps.filter(
          ({ start, running, blocks, n, p }, i) =>
            start < (run.steps[i - 1]?.end ?? 0) ||
            running > settings.maxSequences ||
            blocks > settings.blocks ||
            (policy === 'vllm' && n + p > settings.tokenBudget) ||
            (policy === 'sglang' && p > settings.tokenBudget) ||
            ((policy === 'sglang' || policy === 'static') && n * p > 0),
        )
        expect(wrong).toEqual([])
        const runningTime = sum(run.steps.map((step) => step.running * (step.end - step.start)))
        expect(run.runningTime).toBe(BigInt(runningTime))
      }),
      RUNS,
    )
  })
})
