import { checkSettings, ranksOf } from './engine-settings.ts'
import type { Fleet, Pool } from './fleet.ts'
import { ROUTERS } from './router.ts'
import { checkTimer, invalid, isWhole } from './tick.ts'

/** More replicas than this are not one fleet. */
const MOST_REPLICAS = 65_536

/** Throws PincerError `invalid_value` with the path of the first field that is out of range. */
export function checkFleet(fleet: Fleet): void {
  checkPool(fleet, [])
  if (fleet.decode !== undefined) {
    checkPool(fleet.decode, ['decode'])
    if (fleet.decode.router === 'cache-aware') {
      throw invalid(['fleet', 'decode', 'router'], 'has no cache to be aware of', 'choose least-loaded')
    }
  }
  const { latency, perToken } = fleet.transfer ?? { latency: 0, perToken: 0 }
  for (const [field, value] of Object.entries({ latency, perToken })) {
    if (!isWhole(value)) throw invalid(['fleet', 'transfer', field], `is ${value}`, 'give whole ticks, 0 or more')
  }
}

function checkPool({ replicas, router, timer, settings }: Pool, path: readonly string[]): void {
  if (!(Number.isInteger(replicas) && replicas >= 1 && replicas <= MOST_REPLICAS)) {
    throw invalid(['fleet', ...path, 'replicas'], `is ${replicas}`, `give a whole number from 1 to ${MOST_REPLICAS}`)
  }
  if (!ROUTERS.includes(router)) {
    throw invalid(['fleet', ...path, 'router'], `is ${JSON.stringify(router)}`, `one of ${ROUTERS.join(', ')}`)
  }
  checkSettings(settings)
  checkTimer(timer)
  if (timer.shared !== undefined && ranksOf(settings) === 1) {
    throw invalid(['fleet', ...path, 'timer', 'shared'], 'is for ranks in lock step', 'leave it out')
  }
}
