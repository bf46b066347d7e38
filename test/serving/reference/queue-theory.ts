/** What queueing theory says about serving, computed without any engine. */
import { stepTicks } from './replica.ts'
import { type Requests, type Settings, type Timer } from './sequence.ts'

/** Ticks to serve one request that has the machine to itself, its prompt in chunks of at most `budget` tokens. */
export function aloneTicks(timer: Timer, prompt: number, output: number, budget: number): number {
  let ticks = 0
  for (let s = 0; s < prompt; s += budget) {
    const p = Math.min(budget, prompt - s)
    ticks += stepTicks(timer, { n: 0, s: 0, p, q: p * s + (p * (p + 1)) / 2 })
  }
  for (let cached = prompt; cached < prompt + output - 1; cached++) {
    ticks += stepTicks(timer, { n: 1, s: cached, p: 0, q: 0 })
  }
  return ticks
}

/** Lindley's recursion: W₀ = 0, Wₙ₊₁ = max(0, Wₙ + Sₙ − Aₙ₊₁). */
export function lindleyWaits(arrival: Float64Array, service: readonly number[]): number[] {
  const waits: number[] = []
  let wait = 0
  for (let i = 0; i < service.length; i++) {
    if (i > 0) wait = Math.max(0, wait + service[i - 1]! - (arrival[i]! - arrival[i - 1]!))
    waits.push(wait)
  }
  return waits
}

export interface Service {
  readonly scheduled: number[]
  readonly firstToken: number[]
  readonly end: number[]
}

/** Batches of whoever waits when the last batch has ended, at most `most`; each runs until its longest answer ends. */
export function bulkService(requests: Requests, timer: Timer, most: number): Service {
  const { count, arrival, prompt, output } = requests
  const service: Service = { scheduled: [], firstToken: [], end: [] }
  let free = 0
  for (let first = 0; first < count;) {
    const start = Math.max(free, arrival[first]!)
    let last = first
    while (last < count && last - first < most && arrival[last]! <= start) last++
    const batch = Array.from({ length: last - first }, (_, i) => ({ p: prompt[first + i]!, o: output[first + i]! }))
    const p = batch.reduce((sum, request) => sum + request.p, 0)
    const q = batch.reduce((sum, request) => sum + (request.p * (request.p + 1)) / 2, 0)
    free = start + stepTicks(timer, { n: 0, s: 0, p, q })
    const boundaries = [free]
    for (let j = 1; j < Math.max(...batch.map(({ o }) => o)); j++) {
      const left = batch.filter(({ o }) => o > j)
      const s = left.reduce((sum, request) => sum + request.p + j - 1, 0)
      boundaries.push((free += stepTicks(timer, { n: left.length, s, p: 0, q: 0 })))
    }
    for (const { o } of batch) {
      service.scheduled.push(start)
      service.firstToken.push(boundaries[0]!)
      service.end.push(boundaries[o - 1]!)
    }
    first = last
  }
  return service
}

/** Steps of constant length and a batch without limit: an answer of O tokens ends O steps after the next boundary. */
export function unlimitedService(requests: Requests, step: number): Service {
  const service: Service = { scheduled: [], firstToken: [], end: [] }
  let busySince = 0
  let busyUntil = -1
  for (let i = 0; i < requests.count; i++) {
    const arrival = requests.arrival[i]!
    if (arrival > busyUntil) busySince = arrival
    const start = busySince + Math.ceil((arrival - busySince) / step) * step
    service.scheduled.push(start)
    service.firstToken.push(start + step)
    service.end.push(start + requests.output[i]! * step)
    busyUntil = Math.max(busyUntil, service.end[i]!)
  }
  return service
}

/**
 * Mean wait of the queue M/D[1, most]/1: Poisson arrivals, a batch of at most `most` served in one step of length 1.
 * The number waiting when a step ends is a Markov chain, solved by power iteration on 0…states − 1
 * (from an empty queue; the mass beyond is below 1e-12 for the loads used here).
 */
export function bulkMeanWait(rate: number, most: number, states = 200): number {
  const arrivals = poisson(rate, states)
  let share = Float64Array.from({ length: states }, (_, x) => (x === 0 ? 1 : 0))
  for (let round = 0; round < 5000; round++) {
    const next = new Float64Array(states)
    for (let x = 0; x < states; x++) {
      const left = Math.max(0, x - most)
      for (let a = 0; left + a < states; a++) next[left + a]! += share[x]! * arrivals[a]!
    }
    const change = next.reduce((sum, value, x) => sum + Math.abs(value - share[x]!), 0)
    share = next
    if (change < 1e-13) break
  }
  const waiting = share.reduce((sum, value, x) => sum + value * (Math.max(0, x - most) + rate / 2), 0)
  const cycle = 1 + share[0]! / rate
  return waiting / cycle / rate
}

function poisson(mean: number, length: number): Float64Array {
  let value = Math.exp(-mean)
  return Float64Array.from({ length }, (_, k) => (k === 0 ? value : (value *= mean / k)))
}

export function settingsOf(settings: Partial<Settings> & Pick<Settings, 'policy'>): Settings {
  return { maxSequences: 8, tokenBudget: 4096, blocks: 100_000, blockSize: 16, watermark: 0, ...settings }
}
