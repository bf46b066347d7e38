import { PincerError } from '../../issue/index.ts'
import { checkSettings, ranksOf } from '../engine/engine-settings.ts'
import type { Fleet, Pool } from './fleet.ts'
import type { FleetInput } from './fleet-input.ts'
import type { PrefixTable } from '../prefix/prefix-table.ts'
import { ROUTERS } from './router.ts'
import { checkTimer, invalid, isWhole } from '../engine/tick.ts'

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

/** Throws PincerError `invalid_value` for a load that does not go with the fleet. */
export function checkLoad({ decode }: Fleet, { isReady }: FleetInput): void {
  if (decode === undefined || !isReady) return
  throw invalid(['requests', 'ready'], 'is for a pool that decodes only', 'give the decode pool alone')
}

/** Memory that the state of all engines may take. */
const MOST_BYTES = 2 ** 31

/** Throws PincerError `too_large` for a fleet whose engines' state would not fit. */
export function checkSize(fleet: Fleet, input: FleetInput, prefix: PrefixTable | null): void {
  const { decode } = fleet
  const bytes = poolBytes(fleet, input, prefix) + (decode === undefined ? 0 : poolBytes(decode, input, null))
  if (bytes <= MOST_BYTES) return
  const message = `has engines whose state would take ${Math.ceil(bytes / 2 ** 30)} GiB, more than ${MOST_BYTES / 2 ** 30}`
  const suggestion =
    prefix === null
      ? 'use fewer replicas or sequences at once'
      : 'use fewer replicas, sequences at once or prefix blocks, or no prefix cache'
  throw new PincerError({ code: 'too_large', path: ['fleet', 'replicas'], message, suggestion })
}

// Columns of slots, the ring of ends, block phases, a first few rows, and per prefix unit its state and the router's memory of it.
function poolBytes({ replicas, settings }: Pool, input: FleetInput, prefix: PrefixTable | null): number {
  const { maxSequences, blockSize, speculation } = settings
  const slots = Math.min(maxSequences, Math.max(1, input.count))
  const units =
    prefix === null ? 0 : Math.ceil((settings.blocks * blockSize) / prefix.unitTokens) + (settings.hostUnits ?? 0)
  const phases = blockSize * (speculation?.grain ?? 1)
  const engine =
    56 * slots + 8 * input.longestOutput + 4 * phases + 8192 + 48 * Math.min(units, prefix?.ids.length ?? 0)
  return replicas * (ranksOf(settings) * engine + 32 * Math.min(units, prefix?.ids.length ?? 0))
}
