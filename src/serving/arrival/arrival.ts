import type { Seconds } from '../../units/index.ts'
import { curveClock, curveRequests } from './arrival-curve.ts'
import { checkCount, fault } from './arrival-field.ts'
import { parseArrivalProcess } from './arrival-parse.ts'
import type { ArrivalProcess } from './arrival-process.ts'
import { logGamma, weibullShape } from './arrival-shape.ts'
import { type RandomStream, exponential, gamma, uniform } from './random.ts'
import { LAST_TICK, TICKS_PER_SECOND } from '../engine/tick.ts'

/**
 * Arrival times of `count` requests in ticks, ascending. The first gap stands before the first request (bursts: at 0).
 * A process of twice the rate draws the same pattern, twice as fast: runs over rates share their random numbers.
 * @throws PincerError `invalid_value` for a process or count that makes no sense, `too_large` beyond 2^53 ticks
 */
export function arrivalTicks(process: ArrivalProcess, count: number, random: RandomStream): Float64Array {
  checkCount(count)
  const ticks = new Float64Array(count)
  const next = timeline(parseArrivalProcess(process), random)
  for (let i = 0; i < count; i++) ticks[i] = Math.round(next() * TICKS_PER_SECOND)
  if (count > 0 && ticks[count - 1]! > LAST_TICK) {
    const hours = Math.round(ticks[count - 1]! / TICKS_PER_SECOND / 3600)
    throw fault('too_large', ['count'], `${count} requests take ${hours} hours`, 'the simulated time ends at 78 hours')
  }
  return ticks
}

/** Requests per second in the long run; undefined for a burst. A curve that does not repeat: over its own length. */
export function meanRate(process: ArrivalProcess): number | undefined {
  if (process.kind === 'burst') return process.next === undefined ? undefined : meanRate(process.next)
  if (process.kind === 'curve') return curveRequests(process.points) / process.points.at(-1)![0]
  if (process.kind !== 'on-off') return process.rate
  const { onRate, offRate = 0, onSeconds, offSeconds } = process
  return (onRate * onSeconds + offRate * offSeconds) / (onSeconds + offSeconds)
}

/** Each call returns the next arrival, in seconds. */
function timeline(process: ArrivalProcess, random: RandomStream): () => Seconds {
  switch (process.kind) {
    case 'burst':
      return burstTimeline(process, random)
    case 'curve':
      return curveTimeline(process, random)
    case 'on-off':
      return onOffTimeline(process, random)
    case 'uniform': {
      let index = 0
      return () => ++index / process.rate
    }
    default: {
      const gap = process.kind === 'poisson' ? exponential : unitGap(process.kind, process.cv)
      let time = 0
      return () => (time += gap(random) / process.rate)
    }
  }
}

/** Gaps of mean 1 and the given coefficient of variation. */
function unitGap(kind: 'gamma' | 'weibull', cv: number): (random: RandomStream) => number {
  if (kind === 'gamma') {
    const shape = 1 / (cv * cv)
    return (random) => gamma(random, shape) / shape
  }
  const shape = weibullShape(cv)
  const scale = Math.exp(-logGamma(1 + 1 / shape))
  return (random) => scale * exponential(random) ** (1 / shape)
}

function burstTimeline(process: ArrivalProcess & { kind: 'burst' }, random: RandomStream): () => Seconds {
  const { size = Number.POSITIVE_INFINITY, next } = process
  const rest = next === undefined ? () => 0 : timeline(next, random)
  let sent = 0
  return () => (sent++ < size ? 0 : rest())
}

function curveTimeline(process: ArrivalProcess & { kind: 'curve' }, random: RandomStream): () => Seconds {
  const { points, repeat = false, cv = 1 } = process
  const gap = cv === 1 ? exponential : unitGap('gamma', cv)
  const clock = curveClock(points, repeat)
  let expected = 0
  return () => clock((expected += gap(random)))
}

// The state at time 0 is drawn from the long-run shares, so that the rate is right from the start.
function onOffTimeline(process: ArrivalProcess & { kind: 'on-off' }, random: RandomStream): () => Seconds {
  const { onRate, offRate = 0, onSeconds, offSeconds } = process
  let isOn = uniform(random) * (onSeconds + offSeconds) < onSeconds
  let left = exponential(random) * (isOn ? onSeconds : offSeconds)
  let time = 0
  return () => {
    let work = exponential(random)
    for (;;) {
      const rate = isOn ? onRate : offRate
      if (work <= rate * left && rate > 0) {
        const gap = work / rate
        left -= gap
        return (time += gap)
      }
      work -= rate * left
      time += left
      isOn = !isOn
      left = exponential(random) * (isOn ? onSeconds : offSeconds)
    }
  }
}
