/** What has to hold of the extended reference whatever the scenario. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { faultsOf } from './reference/audit.ts'
import { type FleetRun, runFleet } from './reference/fleet.ts'
import { fleetReference, servedByFleet, singleFleet } from './reference/fleet-served.ts'
import { type ReplicaTotals, totalsOf } from './reference/replica.ts'
import { type FleetScenario, disaggregatedScenarios, fleetScenarios } from './reference/scenario-fleet.ts'
import { prefixScenarios } from './reference/scenario-prefix.ts'
import { readyScenarios, speculationScenarios } from './reference/scenario-speculation.ts'
import { type Scenario, anyScenarios } from './reference/scenario.ts'
import { POLICIES, type Policy, type Sequence } from './reference/sequence.ts'
import { type Observer, type ReferenceRun, serveReference } from './reference/serve.ts'
import { reference, servedByReference } from './reference/served.ts'

const RUNS = { numRuns: 150 }

const SINGLE: readonly (readonly [string, (policy: Policy) => fc.Arbitrary<Scenario>])[] = [
  ['prefix caches', prefixScenarios],
  ['drafted tokens', speculationScenarios],
  ['ready requests', readyScenarios],
]
const FLEETS: readonly (readonly [string, (policy: Policy) => fc.Arbitrary<FleetScenario>])[] = [
  ['fleets', fleetScenarios],
  ['separate pools', disaggregatedScenarios],
]

const expectSound: Observer = (replica) => {
  const faults = faultsOf(replica)
  if (faults.length > 0) expect.fail(faults.join(', '))
}
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** Every request that was not rejected has emitted all its tokens, in order, the last at its end. */
function expectServed(sequences: readonly Sequence[]): void {
  for (const { rejected, emitted, output, end, arrival, scheduled } of sequences) {
    if (rejected) continue
    expect(emitted).toHaveLength(output)
    expect(emitted).toEqual([...emitted].sort((a, b) => a - b))
    expect(emitted.at(-1)).toBe(end)
    expect(scheduled).toBeGreaterThanOrEqual(arrival)
  }
}

/** Little's law: what the requests spent in the replicas is what the replicas saw of them. */
function expectLittle(totals: readonly ReplicaTotals[], sequences: readonly Sequence[]): void {
  const seen = totals.map(({ waitingTime, runningTime }) => waitingTime + runningTime)
  const spent = sequences.map(({ arrival, end }) => (end === undefined ? 0 : end - arrival))
  expect(seen.reduce((total, time) => total + time, 0n)).toBe(BigInt(sum(spent)))
}

describe.each(SINGLE)('the reference with %s', (_, scenarios) => {
  it.each(POLICIES)('%s: loses no block, no holder and no request', (policy) => {
    fc.assert(
      fc.property(scenarios(policy), ({ requests, timer, settings }) => {
        const run = serveReference(requests, timer, settings, expectSound)
        expectServed(run.sequences)
        expectLittle([{ ...run, steps: run.steps.length, preempted: run.preemptions }], run.sequences)
        expect(sum(run.steps.map(({ preempted }) => preempted))).toBe(run.preemptions)
      }),
      RUNS,
    )
  })
})

/** Prompt tokens computed, and tokens found. */
function computed(run: ReferenceRun): readonly [number, number] {
  return [sum(run.steps.map(({ p }) => p)), sum(run.sequences.map(({ hitTokens }) => hitTokens))]
}

describe('the reference with prefix caches', () => {
  it.each(['trtllm', 'static', 'continuous'] as const)('%s: computes what it does not find', (policy) => {
    fc.assert(
      fc.property(prefixScenarios(policy), ({ requests, timer, settings }) => {
        const run = serveReference(requests, timer, settings)
        const [tokens, found] = computed(run)
        expect(tokens + found).toBe(sum(run.sequences.map(({ rejected, prompt }) => (rejected ? 0 : prompt))))
      }),
      RUNS,
    )
  })

  it.each(POLICIES)('%s: is the base engine where the cache is off', (policy) => {
    fc.assert(
      fc.property(prefixScenarios(policy), ({ requests, timer, settings }) => {
        const { prefix: _prefix, ...bare } = requests
        const off = reference(requests, timer, { ...settings, prefixCache: false })
        expect(off).toEqual(reference(bare, timer, settings))
      }),
      RUNS,
    )
  })

  it.each(['trtllm', 'static', 'continuous'] as const)('%s: is the base engine where nothing is shared', (policy) => {
    fc.assert(
      fc.property(prefixScenarios(policy), ({ requests, timer, settings }) => {
        const { prefix, ...bare } = requests
        const ids = prefix!.ids.map((_id, i) => i)
        const apart = reference({ ...requests, prefix: { ...prefix!, ids } }, timer, settings)
        expect(apart).toEqual(reference(bare, timer, settings))
      }),
      RUNS,
    )
  })
})

describe('the reference with drafted tokens', () => {
  it.each(POLICIES)('%s: whole tokens in grains are tokens', (policy) => {
    fc.assert(
      fc.property(anyScenarios(policy), fc.integer({ min: 2, max: 8 }), ({ requests, timer, settings }, grain) => {
        const speculation = { width: 1, gain: grain, grain }
        const { perCached, mixedCached = perCached } = timer
        const whole = { ...timer, perCached: perCached * grain, mixedCached: mixedCached * grain }
        const fine = reference(requests, timer, { ...settings, speculation })
        expect(fine).toEqual(reference(requests, whole, settings))
      }),
      RUNS,
    )
  })
})

/** All that ran in a pool. */
function served({ rows }: FleetRun, part: 'prefill' | 'decode'): Sequence[] {
  return rows.map((row) => row[part]).filter((sequence) => sequence !== undefined)
}

describe.each(FLEETS)('the reference with %s', (_, scenarios) => {
  it.each(POLICIES)('%s: loses no block, no holder and no request', (policy) => {
    fc.assert(
      fc.property(scenarios(policy), ({ load, fleet }) => {
        const run = runFleet(load, fleet, expectSound)
        for (const part of ['prefill', 'decode'] as const) {
          expectServed(served(run, part))
          expectLittle(run[part]?.replicas.map(totalsOf) ?? [], served(run, part))
        }
        for (const { from, ready, start, tick, row } of run.handovers) {
          const { latency, perToken } = fleet.transfer ?? { latency: 0, perToken: 0 }
          expect(start).toBeGreaterThanOrEqual(ready)
          expect([tick - start, row.decode!.arrival]).toEqual([latency + perToken * row.prefill!.prompt, tick])
          expect(row.replica).toBe(from)
        }
      }),
      RUNS,
    )
  })
})

describe('the reference with fleets', () => {
  it.each(POLICIES)('%s: one replica is a fleet of one', (policy) => {
    fc.assert(
      fc.property(fleetScenarios(policy), ({ load, fleet: { timer, settings } }) => {
        if (load.kind === 'clients') return
        const { rows, prefill } = runFleet(load, singleFleet(timer, settings))
        const run = serveReference(load.table, timer, settings)
        const alone = servedByReference(run)
        expect(rows.map((row) => row.prefill?.end ?? null)).toEqual(alone.end)
        expect(rows.map((row) => row.prefill?.hitTokens ?? 0)).toEqual(alone.hitTokens)
        expect(totalsOf(prefill.replicas[0]!)).toMatchObject({ busy: alone.busy, blockTime: alone.blockTime })
      }),
      RUNS,
    )
  })

  it.each(POLICIES)('%s: clients do as their arrivals replayed', (policy) => {
    fc.assert(
      fc.property(fc.oneof(fleetScenarios(policy), disaggregatedScenarios(policy)), ({ load, fleet }) => {
        if (load.kind === 'requests') return
        const { prompt, output, prefix } = load.loop
        const live = servedByFleet(runFleet(load, fleet))
        const rows = { count: prompt.length, arrival: Float64Array.from(live.arrival), prompt, output }
        const table = prefix === undefined ? rows : { ...rows, prefix }
        expect(fleetReference({ kind: 'requests', table }, fleet)).toEqual(live)
      }),
      RUNS,
    )
  })
})
