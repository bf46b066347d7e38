import type { Chip } from '../catalog/index.ts'
import { isKnown } from '../catalog/index.ts'
import { PincerError } from '../issue/index.ts'
import type { Bytes, BytesPerSecond } from '../units/index.ts'

/** One level of memory of a machine in which a model can reside. */
export interface Tier {
  readonly name: string
  readonly capacity: Bytes
  readonly bandwidth: BytesPerSecond
}

/** What a deployment has to put somewhere, in the order in which it claims the fastest tier. */
export type Item = 'kv' | 'dense' | 'experts'

/** `bytes` of one item in one tier, over all machines of the deployment. */
export interface Place {
  readonly tier: number
  readonly item: Item
  readonly bytes: Bytes
}

/**
 * The tiers of `chip` that hold weights, fastest first; tiers without a published capacity or bandwidth are left out.
 * @throws PincerError `missing_field` when none remains.
 */
export function storeTiers(chip: Chip): readonly Tier[] {
  const tiers = chip.memory.flatMap((level) =>
    level.role === 'store' && isKnown(level.capacity) && isKnown(level.bandwidth)
      ? [{ name: level.name, capacity: level.capacity.value, bandwidth: level.bandwidth.value }]
      : [],
  )
  if (tiers.length > 0) return tiers
  throw new PincerError({
    code: 'missing_field',
    path: ['chip', 'memory'],
    message: `${chip.id} has no memory with a published capacity and bandwidth that weights could be read from`,
  })
}

/**
 * Places every byte exactly once: each item goes to the first tier with room left and spills into the next. Returns
 * the places and the bytes that found no room.
 * @param capacities bytes per tier, over all machines
 */
export function fillTiers(
  items: readonly (readonly [Item, Bytes])[],
  capacities: readonly Bytes[],
): { readonly places: readonly Place[]; readonly homeless: Bytes } {
  const room = [...capacities]
  const places: Place[] = []
  let homeless = 0
  for (const [item, bytes] of items) {
    let left = bytes
    for (const [tier, free] of room.entries()) {
      const taken = Math.min(left, free)
      if (taken <= 0) continue
      places.push({ tier, item, bytes: taken })
      room[tier] = free - taken
      left -= taken
    }
    homeless += left
  }
  return { places, homeless }
}

/** Share of an item's bytes that lies in the first tier; 1 for an item without bytes. */
export function fastShare(places: readonly Place[], item: Item): number {
  let fast = 0
  let all = 0
  for (const place of places) {
    if (place.item !== item) continue
    all += place.bytes
    if (place.tier === 0) fast += place.bytes
  }
  return all === 0 ? 1 : fast / all
}

/**
 * Share of routed tokens that hit the fast tier when it holds the hottest `share` of `experts` experts, whose
 * popularity falls as rank^−skew. Balanced routing (skew 0) hits exactly `share`.
 */
export function hotHitShare(share: number, experts: number, skew: number): number {
  if (share >= 1 || experts === 0) return 1
  const held = share * experts
  let hit = 0
  let all = 0
  for (let rank = 1; rank <= experts; rank++) {
    const weight = rank ** -skew
    all += weight
    // The expert at the edge counts by the part of it that is held.
    hit += weight * Math.min(1, Math.max(0, held - (rank - 1)))
  }
  return hit / all
}
