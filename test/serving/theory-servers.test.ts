import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type EngineSettings,
  type RequestTable,
  type TickTimer,
  TICKS_PER_SECOND,
  rng,
  simulate,
  simulateClosedLoop,
  simulateFleet,
  summary,
} from '../../src/serving/index.ts'
import { exponential } from '../../src/serving/arrival/random.ts'

/** Every step takes `step` ticks, whatever it holds: a request of n tokens is served in n steps. */
function constantTimer(step: number): TickTimer {
  return { tokens: new Float64Array(4096).fill(step), perCached: 0, perPair: 0, mixed: 0 }
}

function servers(count: number): EngineSettings {
  return { policy: 'vllm', maxSequences: count, tokenBudget: 4000, blocks: 2 ** 20, blockSize: 16, watermark: 0 }
}

function tableOf(arrival: readonly number[], output: readonly number[]): RequestTable {
  return {
    count: arrival.length,
    arrival: Float64Array.from(arrival),
    prompt: new Int32Array(arrival.length).fill(1),
    output: Int32Array.from(output),
  }
}

/** Waits at `count` servers behind one queue: W is the least of the sorted workloads (Kiefer and Wolfowitz 1955). */
function kieferWolfowitz(arrival: readonly number[], service: readonly number[], count: number): number[] {
  const load = Array.from({ length: count }, () => 0)
  return arrival.map((tick, i) => {
    const gap = tick - (arrival[i - 1] ?? tick)
    for (let server = 0; server < count; server++) load[server] = Math.max(0, load[server]! - gap)
    load.sort((a, b) => a - b)
    const wait = load[0]!
    load[0] = wait + service[i]!
    return wait
  })
}

const jobs = fc.array(fc.tuple(fc.nat(9), fc.integer({ min: 1, max: 12 })), { minLength: 1, maxLength: 60 })

describe('several servers', () => {
  it('behind one queue wait as Kiefer and Wolfowitz say, to the tick', () => {
    fc.assert(
      fc.property(jobs, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 1e6 }), (rows, count, step) => {
        let tick = 0
        const arrival = rows.map(([gap]) => (tick += gap * step))
        const service = rows.map(([, tokens]) => tokens * step)
        const table = tableOf(
          arrival,
          rows.map(([, tokens]) => tokens),
        )
        const run = simulate(table, constantTimer(step), servers(count))
        const waits = arrival.map((at, i) => run.scheduled[i]! - at)
        expect(waits).toEqual(kieferWolfowitz(arrival, service, count))
      }),
      { numRuns: 500 },
    )
  })

  it('in turn wait as so many single servers (Lindley), to the tick', () => {
    fc.assert(
      fc.property(jobs, fc.integer({ min: 1, max: 5 }), (rows, count) => {
        let tick = 0
        const arrival = rows.map(([gap]) => (tick += gap))
        const outputs = rows.map(([, tokens]) => tokens)
        const pool = { replicas: count, router: 'round-robin', timer: constantTimer(7), settings: servers(1) } as const
        const run = simulateFleet({ kind: 'requests', table: tableOf(arrival, outputs) }, pool)
        for (let server = 0; server < count; server++) {
          const mine = arrival.map((_, i) => i).filter((i) => i % count === server)
          const waits = kieferWolfowitz(
            mine.map((i) => arrival[i]!),
            mine.map((i) => 7 * outputs[i]!),
            1,
          )
          expect(mine.map((i) => run.scheduled[i]! - arrival[i]!)).toEqual(waits)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('make prefill, link and decoding a tandem of recursions, to the tick', () => {
    fc.assert(
      fc.property(jobs, fc.nat(5), fc.nat(20), (rows, perToken, latency) => {
        let tick = 0
        const arrival = rows.map(([gap]) => (tick += gap))
        const outputs = rows.map(([, tokens]) => tokens + 1)
        const pool = { replicas: 1, router: 'round-robin', timer: constantTimer(5), settings: servers(1) } as const
        const fleet = { ...pool, decode: { ...pool, timer: constantTimer(3) }, transfer: { latency, perToken } }
        const run = simulateFleet({ kind: 'requests', table: tableOf(arrival, outputs) }, fleet)
        let [prefill, link, decode] = [0, 0, 0]
        for (const [i, at] of arrival.entries()) {
          prefill = Math.max(prefill, at) + 5
          link = Math.max(link, prefill) + perToken
          expect(run.firstToken[i]).toBe(link + latency)
          decode = Math.max(decode, link + latency) + 3 * (outputs[i]! - 1)
          expect(run.end[i]).toBe(decode)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('wait as Erlang C says where arrivals and services are exponential, within four standard errors', () => {
    const [count, load, mean] = [4, 0.8, 200]
    const expected = erlangWait(count, load) * mean
    const waits = Array.from({ length: 30 }, (_, seed) => meanWait(exponentialTable(count, load, mean, seed), count))
    const average = waits.reduce((sum, wait) => sum + wait, 0) / waits.length
    const variance = waits.reduce((sum, wait) => sum + (wait - average) ** 2, 0) / (waits.length - 1)
    // Steps are a two-hundredth of a service, and an arrival waits half of one on average for the next.
    expect(Math.abs(average - 0.5 - expected)).toBeLessThan(4 * Math.sqrt(variance / waits.length) + 1)
  })
})

/** Mean wait in mean services of M/M/c at load ρ: C(c, cρ)/(c(1 − ρ)). */
function erlangWait(count: number, load: number): number {
  const offered = count * load
  let term = 1
  let sum = 0
  for (let k = 0; k < count; k++) {
    sum += term
    term *= offered / (k + 1)
  }
  const queued = term / (1 - load)
  return queued / (sum + queued) / (count * (1 - load))
}

// Gaps and services in steps of one tick; services are geometric.
function exponentialTable(count: number, load: number, mean: number, seed: number): RequestTable {
  const random = rng(seed + 1, 'erlang')
  let tick = 0
  const arrival = Array.from({ length: 20_000 }, () => (tick += (exponential(random) * mean) / (count * load)))
  const output = arrival.map(() => Math.max(1, Math.ceil(exponential(random) * mean)))
  return tableOf(
    arrival.map((at) => Math.round(at * 8)),
    output,
  )
}

function meanWait(table: RequestTable, count: number): number {
  const { queue } = summary(simulate(table, constantTimer(8), servers(count)))
  return 'unknown' in queue ? Number.NaN : (queue.mean * TICKS_PER_SECOND) / 8
}

describe('clients in a closed loop', () => {
  it('make X = N/(R + Z) an identity over their whole time', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 12 }),
        fc.nat(500),
        (clients, rounds, think) => {
          const count = clients * rounds
          const prompt = Int32Array.from({ length: count }, (_, i) => 1 + ((i * 7) % 23))
          const output = Int32Array.from({ length: count }, (_, i) => 1 + ((i * 5) % 17))
          const timer = {
            tokens: Float64Array.from({ length: 4096 }, (_, t) => 10 + t),
            perCached: 1,
            perPair: 0,
            mixed: 0,
          }
          const run = simulateClosedLoop({ clients, rounds, thinkTicks: think, prompt, output }, timer, servers(3))
          let sojourn = 0
          let time = 0
          for (let row = 0; row < count; row++) {
            sojourn += run.end[row]! - run.arrival[row]!
            if (row % rounds === rounds - 1) time += run.end[row]!
          }
          // All time of all clients is answers and thoughts: N·T = count·R + (count − N)·Z.
          expect(time).toBe(sojourn + (count - clients) * think)
        },
      ),
      { numRuns: 300 },
    )
  })
})
