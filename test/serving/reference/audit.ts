/** What has to hold of a replica's blocks after every plan and every step, or the reference would not be plainly right. */
import { freeBlocks } from './cache.ts'
import { type Engine, type Plan } from './engine.ts'
import { type Replica } from './replica.ts'
import { type Sequence } from './sequence.ts'

/** Everything that is wrong; nothing of a sound replica. */
export function faultsOf({ ranks, plans }: Replica): string[] {
  return ranks.flatMap((engine, rank) => [
    ...blockFaults(engine, ownersOf(engine, plans[rank]!)),
    ...holderFaults(engine, ownersOf(engine, plans[rank]!)),
    ...tierFaults(engine),
  ])
}

/** All requests that have blocks; prompts that run alone (sglang) are not in the running list yet. */
function ownersOf({ running, chunked, waiting }: Engine, { chunks }: Plan): Sequence[] {
  const inBatch = chunks.map(({ sequence }) => sequence)
  const all = [...running, ...inBatch, ...waiting, ...(chunked === undefined ? [] : [chunked])]
  return [...new Set(all)].filter(({ blocks, held }) => blocks > 0 || held.length > 0)
}

function blockFaults({ cache, settings, waiting }: Engine, owners: readonly Sequence[]): string[] {
  const faults: string[] = []
  const plain = owners.map(({ blocks, held }) => blocks - cache.unitBlocks * held.length)
  const units = [...cache.holders.values()].filter((count) => count > 0).length
  const used = plain.reduce((sum, blocks) => sum + blocks, units * cache.unitBlocks)
  if (used + freeBlocks(cache) !== settings.blocks) faults.push('blocks are lost')
  if (plain.some((blocks) => blocks < 0)) faults.push('a request holds more units than it has blocks for')
  if (owners.some((sequence) => waiting.includes(sequence))) faults.push('a waiting request has blocks')
  return faults
}

function holderFaults({ cache }: Engine, owners: readonly Sequence[]): string[] {
  const faults: string[] = []
  for (const [unit, count] of cache.holders) {
    const holding = owners.filter(({ units, held }) => held.some((position) => units[position] === unit))
    if (holding.length !== count) faults.push(`unit ${unit} has ${count} holders, not ${holding.length}`)
    const entries = cache.queue.filter((entry) => entry.unit === unit)
    if (entries.length !== (count === 0 ? 1 : 0)) faults.push(`unit ${unit} lies in the queue ${entries.length} times`)
    if (entries.some(({ blocks }) => blocks !== cache.unitBlocks)) faults.push(`unit ${unit} has lost blocks`)
  }
  return faults
}

function tierFaults({ cache }: Engine): string[] {
  const { host, holders, hostUnits, queue } = cache
  const faults: string[] = []
  if (queue.some(({ unit }) => unit !== null && !holders.has(unit))) faults.push('an absent unit lies in the queue')
  if (queue.some(({ blocks }) => blocks <= 0)) faults.push('an empty entry lies in the queue')
  if (host.some((unit) => holders.has(unit))) faults.push('a unit lies in both tiers')
  if (new Set(host).size < host.length) faults.push('a unit lies in the host twice')
  if (host.length > hostUnits) faults.push('the host is too full')
  return faults
}
