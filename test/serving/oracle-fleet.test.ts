import { env } from 'node:process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Corners, uncovered } from './reference/corner.ts'
import { fast, fastClosedLoop, fastFleet } from './reference/fast.ts'
import { type FleetRun, runFleet } from './reference/fleet.ts'
import { servedByFleet } from './reference/fleet-served.ts'
import { type LoggedStep } from './reference/replica.ts'
import { type FleetScenario, disaggregatedScenarios, fleetScenarios, tableOf } from './reference/scenario-fleet.ts'
import { POLICIES, type Policy } from './reference/sequence.ts'

const RUNS = Math.max(1500, Number(env['PINCER_ORACLE_RUNS'] ?? 0))

type FleetCorners = Corners<FleetRun, FleetScenario>

const steps = ({ prefill, decode }: FleetRun): LoggedStep[] =>
  [...prefill.replicas, ...(decode?.replicas ?? [])].flatMap(({ log }) => log)
const arrivals = ({ rows }: FleetRun): number[] => rows.map(({ arrival }) => arrival)
const hasRanks = ({ fleet }: FleetRun): boolean => (fleet.settings.ranks ?? 1) > 1

const STOPPED = 'a rank that has something running does nothing'

const FLEET: FleetCorners = {
  'a request is rejected': (run) => run.rows.some(({ prefill }) => prefill === undefined),
  'requests arrive together': (run) => new Set(arrivals(run)).size < run.rows.length,
  'a request arrives as a step of its replica ends': (run) =>
    run.rows.some(({ arrival, replica }) => run.prefill.replicas[replica]?.log.some(({ end }) => end === arrival)),
  'two replicas end a step together': ({ prefill }) => {
    const ends = prefill.replicas.flatMap(({ log }) => log.map(({ end }) => end))
    return new Set(ends).size < ends.length
  },
  'a replica is never used': ({ prefill }) => prefill.replicas.some(({ log }) => log.length === 0),
  'the least loaded replica is not the next in turn': ({ prefill: { router } }) =>
    router.kind === 'least-loaded' && router.routed.some(({ target }, i) => target !== i % router.targets),
  'a cache draws a request to a replica with more to do': ({ prefill: { router } }) =>
    router.routed.some(({ target, blind }) => target !== blind),
  'a router has sent more than a replica can keep': ({ prefill: { router } }) =>
    router.kind === 'cache-aware' &&
    router.recent.some((recent) => recent.length === router.capacity) &&
    router.routed.some(({ sequence }) => !sequence.units.every((unit) => router.recent.flat().includes(unit))),
  'a request finds units on a replica': ({ rows }) => rows.some(({ prefill }) => (prefill?.hitTokens ?? 0) > 0),
  'units are loaded from the host': (run) => steps(run).some(({ loads }) => loads > 0),
  'requests are drafted': ({ fleet: { settings } }) => settings.speculation !== undefined,
  'a client sends its next at once': (_, { load }) =>
    load.kind === 'clients' && load.loop.thinkTicks === 0 && load.loop.rounds > 1,
  'a client goes on after a rejection': ({ rows }, { load }) =>
    load.kind === 'clients' &&
    rows.some(({ row, prefill }) => prefill === undefined && (row + 1) % load.loop.rounds > 0),
  'clients come back together': ({ rows }, { load }) =>
    load.kind === 'clients' &&
    rows.some(
      ({ row, arrival }) => arrival > 0 && rows.some((other) => other.row !== row && other.arrival === arrival),
    ),
  'a rank waits for another': (run) =>
    hasRanks(run) && steps(run).some(({ ticks }) => ticks.includes(0) && ticks.some((one) => one > 0)),
  'ranks take different times': (run) =>
    steps(run).some(({ ticks }) => new Set(ticks.filter((one) => one > 0)).size > 1),
  'the least loaded rank is not the next in turn': ({ prefill: { replicas } }) =>
    replicas.some(
      ({ rankRouter: { kind, routed, targets } }) =>
        kind === 'least-loaded' && routed.some(({ target }, i) => target !== i % targets),
    ),
  'a rank preempts': (run) => hasRanks(run) && steps(run).some(({ preempted }) => preempted > 0),
  [STOPPED]: (run) => steps(run).some(({ stopped }) => stopped > 0),
}

const POOLS: FleetCorners = {
  'a request fits no decode replica': ({ rows, fleet: { settings } }, { load }) =>
    settings.maxContext === undefined &&
    rows.some(({ row, prefill }) => {
      return prefill === undefined && tableOf(load).prompt[row]! <= settings.blocks * settings.blockSize
    }),
  'a request ends with its prompt': ({ rows }) =>
    rows.some((row) => row.prefill !== undefined && row.decode === undefined),
  'two caches queue on a link': ({ handovers }) => handovers.some(({ ready, start }) => start > ready),
  'two prompts of a replica end together': ({ handovers }) =>
    handovers.some(({ ready, from, row }, i) => {
      const before = handovers[i - 1]
      return before?.ready === ready && before.from === from && before.row !== row
    }),
  'two caches are handed over together': ({ handovers }) =>
    new Set(handovers.map(({ tick }) => tick)).size < handovers.length,
  'a cache overtakes another': ({ handovers }) => handovers.some(({ tick }, i) => tick < (handovers[i - 1]?.tick ?? 0)),
  'a cache is there at once': ({ handovers }) => handovers.some(({ ready, tick }) => tick === ready),
  'a cache arrives as its decode replica ends a step': ({ handovers, decode }) =>
    handovers.some(({ tick, row }) => decode!.replicas[row.decodeReplica]!.log.some(({ end }) => end === tick)),
  'a cache waits for its decode replica': ({ rows }) =>
    rows.some(({ decode }) => decode !== undefined && decode.scheduled! > decode.arrival),
  'a decode replica preempts': ({ rows }) => rows.some(({ decode }) => (decode?.preemptedAt.length ?? 0) > 0),
  'a decode replica computes a prompt': ({ decode }) => decode!.replicas.some(({ log }) => log.some(({ p }) => p > 0)),
  'the least loaded decode replica is not the next in turn': ({ decode }) =>
    decode!.router.kind === 'least-loaded' &&
    decode!.router.routed.some(({ target }, i) => target !== i % decode!.router.targets),
  'decode ranks wait for one another': ({ decode }) =>
    decode!.replicas.some(({ log }) => log.some(({ ticks }) => ticks.includes(0))),
  'prompts find units': ({ rows }) => rows.some(({ prefill }) => (prefill?.hitTokens ?? 0) > 0),
  'clients wait for the decode pool': ({ decode, load }) =>
    load.kind === 'clients' && load.loop.rounds > 1 && decode!.router.routed.length > 1,
  'pools follow different policies': ({ fleet }) => fleet.settings.policy !== fleet.decode!.settings.policy,
}

/** Corners of a single pool that a policy cannot reach by its rules. */
const UNREACHED: Readonly<Record<Policy, readonly string[]>> = {
  vllm: [STOPPED],
  sglang: [],
  trtllm: ['a rank preempts', STOPPED],
  static: ['a rank preempts', STOPPED],
  continuous: ['a rank preempts', STOPPED],
}

describe.each(POLICIES)('%s fleets: the fast engine against the plain reference', (policy) => {
  const timeout = 60_000 + RUNS * 40

  it(`agrees on every number in ${RUNS} random fleets that reach every corner`, { timeout }, () => {
    const corners = uncovered(FLEET)
    fc.assert(
      fc.property(fleetScenarios(policy), (scenario) => {
        const run = runFleet(scenario.load, scenario.fleet)
        corners.see(run, scenario)
        expect(fastFleet(scenario.load, scenario.fleet)).toEqual(servedByFleet(run))
      }),
      { numRuns: RUNS },
    )
    expect(corners.left()).toEqual(UNREACHED[policy])
  })

  it('agrees on pools for prompts and for decoding', { timeout }, () => {
    const corners = uncovered(POOLS)
    fc.assert(
      fc.property(disaggregatedScenarios(policy), (scenario) => {
        const run = runFleet(scenario.load, scenario.fleet)
        corners.see(run, scenario)
        expect(fastFleet(scenario.load, scenario.fleet)).toEqual(servedByFleet(run))
      }),
      { numRuns: Math.ceil(RUNS / 2) },
    )
    expect(corners.left()).toEqual([])
  })

  it('agrees, as a single replica, with a fleet of one', { timeout }, () => {
    fc.assert(
      fc.property(fleetScenarios(policy), ({ load, fleet: { timer, settings } }) => {
        const { ranks: _ranks, rankRouter: _rankRouter, ...single } = settings
        const served = servedByFleet(runFleet(load, { replicas: 1, router: 'round-robin', timer, settings: single }))
        if (load.kind === 'clients') {
          expect(fastClosedLoop(load.loop, timer, single)).toEqual(served)
        } else {
          const { scheduled, firstToken, end, hitTokens } = fast(load.table, timer, single)
          expect(served).toMatchObject({ scheduled, firstToken, end, hitTokens })
        }
      }),
      { numRuns: Math.ceil(RUNS / 5) },
    )
  })
})
