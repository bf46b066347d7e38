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
 * @throws PincerError `missing_field` when none remains; `invalid_value` when a tier is not above 0 or is faster than one
 * that is listed before it
 */
export function storeTiers(chip: Chip): readonly Tier[] {
  const tiers: Tier[] = []
  for (const [at, { name, role, capacity, bandwidth }] of chip.memory.entries()) {
    if (role !== 'store' || !isKnown(capacity) || !isKnown(bandwidth)) continue
    const tier = { name, capacity: capacity.value, bandwidth: bandwidth.value }
    checkTier(tier, tiers.at(-1), at)
    tiers.push(tier)
  }
  if (tiers.length > 0) return tiers
  throw new PincerError({
    code: 'missing_field',
    path: ['chip', 'memory'],
    message: `${chip.id} has no memory with a published capacity and bandwidth that weights could be read from`,
  })
}

function checkTier(tier: Tier, before: Tier | undefined, at: number): void {
  const refuse = (field: string, message: string, suggestion: string): PincerError =>
    new PincerError({ code: 'invalid_value', path: ['chip', 'memory', at, field], message, suggestion })
  for (const field of ['capacity', 'bandwidth'] as const) {
    if (tier[field] > 0) continue
    throw refuse(field, `${field} of ${tier.name} must be above 0, got ${tier[field]}`, 'leave the tier out')
  }
  if (before === undefined || tier.bandwidth <= before.bandwidth) return
  throw refuse(
    'bandwidth',
    `${tier.name} at ${tier.bandwidth} B/s is faster than ${before.name} at ${before.bandwidth} B/s, which is listed before it`,
    'list the stores fastest first',
  )
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

/** Share of an item's bytes by tier; an item without bytes counts as in the first. */
export function tierShares(places: readonly Place[], item: Item, tiers: number): readonly number[] {
  const bytes = Array.from({ length: tiers }, () => 0)
  for (const place of places) if (place.item === item) bytes[place.tier]! += place.bytes
  const all = bytes.reduce((sum, part) => sum + part, 0)
  return bytes.map((part, tier) => (all === 0 ? (tier === 0 ? 1 : 0) : part / all))
}

/**
 * Share of routed tokens by tier when each tier holds a share of the experts, the hottest first, and their popularity falls
 * as rank^−skew. Balanced routing (skew 0) hits the shares themselves.
 */
export function hitShares(shares: readonly number[], experts: number, skew: number): readonly number[] {
  let held = 0
  let before = 0
  return shares.map((share) => {
    held += share
    const upTo = hotHitShare(held, experts, skew)
    const hit = upTo - before
    before = upTo
    return hit
  })
}

/** Share of routed tokens that hit the hottest `share` of `experts` experts. */
function hotHitShare(share: number, experts: number, skew: number): number {
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
