import type { Bytes } from '../units/index.ts'
import type { ExpertLayer, ExpertLoad } from './load.ts'
import { lruResidence } from './lru.ts'

/** How the fast tier chooses its experts: the hottest for good, or in each layer those used last. */
export type Residency = 'static' | 'lru'

export const RESIDENCIES: readonly Residency[] = ['static', 'lru']

/** What one layer does not find in the fast tier, expected per step. */
export interface LayerMiss {
  readonly layer: ExpertLayer
  /** Experts that the fast tier holds or has room for. */
  readonly resident: number
  /** Distinct experts that are read from the fast and from the slow tier. */
  readonly found: number
  readonly missed: number
  /** Shares of the layer's routed tokens whose expert is in the fast tier, and is not. */
  readonly foundTokens: number
  readonly missedTokens: number
  /** Probability that the step misses at all. */
  readonly anyMiss: number
}

/** A number of experts in the fast tier, and what comes of it. */
export interface Residence {
  /** Experts in the fast tier, over all layers. */
  readonly experts: number
  /** Their bytes. */
  readonly bytes: Bytes
  readonly misses: readonly LayerMiss[]
  /** Share of routed tokens, and of the bytes of experts read, that the fast tier serves. */
  readonly tokenHit: number
  readonly byteHit: number
  /** Expected bytes that a step reads from the slow tier. */
  readonly missedBytes: Bytes
}

/** Experts in the order in which they enter the fast tier. */
export interface Order {
  /** Layer of each. */
  readonly layers: Uint32Array
  /** Bytes of the first n. */
  readonly bytes: Float64Array
  readonly count: number
}

/**
 * The order of entry. Hottest first is optimal where all experts are equally large (exchange argument: swapping a colder
 * resident for a hotter absentee lowers the expected misses), for tokens and, since h rises with π, for bytes at every
 * number of users. Equally hot experts enter layer by layer in turn, so that no layer is left behind. An LRU has equal
 * slots in all layers, which enter the same way.
 */
export function entryOrder(load: ExpertLoad, residency: Residency): Order {
  const items = load.layers.flatMap(({ chance }, layer) =>
    Array.from(chance, (each, rank) => ({ layer, rank, chance: residency === 'lru' ? 0 : each })),
  )
  items.sort((a, b) => b.chance - a.chance || a.rank - b.rank || a.layer - b.layer)
  const bytes = new Float64Array(items.length + 1)
  for (const [i, { layer }] of items.entries()) bytes[i + 1] = bytes[i]! + load.layers[layer]!.work.expertBytes
  return { layers: Uint32Array.from(items, ({ layer }) => layer), bytes, count: items.length }
}

/** Residence of the first `experts` of `order`. */
export function residence(load: ExpertLoad, order: Order, experts: number, residency: Residency): Residence {
  const slots = new Uint32Array(load.layers.length)
  for (let i = 0; i < experts; i++) slots[order.layers[i]!]!++
  const known = new Map<string, LayerMiss>()
  const names = new Map<Float64Array, number>()
  const misses = load.layers.map((layer, l) => {
    // Layers of one kind and one popularity with equally many slots miss alike.
    if (!names.has(layer.chance)) names.set(layer.chance, names.size)
    const key = `${layer.kind} ${names.get(layer.chance)} ${slots[l]}`
    const miss = known.get(key) ?? layerMiss(layer, slots[l]!, residency)
    known.set(key, miss)
    return miss
  })
  return summed(misses, experts, order.bytes[experts]!)
}

/** A residence in which every layer serves the share `hit` of its expert bytes and tokens from the fast tier. */
export function evenResidence(load: ExpertLoad, hit: number): Residence {
  const misses = load.layers.map((layer): LayerMiss => {
    const missed = (1 - hit) * layer.distinct
    return {
      layer,
      resident: hit * layer.work.experts,
      found: hit * layer.distinct,
      missed,
      foundTokens: hit,
      missedTokens: 1 - hit,
      anyMiss: 1 - hit ** (layer.work.topk * load.users),
    }
  })
  const experts = misses.reduce((sum, { resident }) => sum + resident, 0)
  return summed(misses, experts, hit * load.expertBytes)
}

function layerMiss(layer: ExpertLayer, slots: number, residency: Residency): LayerMiss {
  const lru = residency === 'lru' ? lruResidence(layer.chance, slots) : undefined
  const held = lru ?? layer.chance.map((_, e) => (e < slots ? 1 : 0))
  let [found, missed, foundTokens, missedTokens] = [0, 0, 0, 0]
  for (let e = 0; e < layer.hit.length; e++) {
    const inside = held[e]!
    found += layer.hit[e]! * inside
    missed += layer.hit[e]! * (1 - inside)
    foundTokens += layer.chance[e]! * inside
    missedTokens += layer.chance[e]! * (1 - inside)
  }
  const tokens = foundTokens + missedTokens
  return {
    layer,
    resident: slots,
    found,
    missed,
    foundTokens: foundTokens / tokens,
    missedTokens: missedTokens / tokens,
    anyMiss: 1 - tokenFound(layer.chance, held, layer.work.topk) ** layer.users,
  }
}

/**
 * Probability that all `topk` experts of a token are among those held with probability `held`, given that there are
 * exactly `topk`: the Poisson-binomial counts of drawn, and of drawn and held, conditioned on `topk`. Exact (hypergeometric) for equal
 * popularity; else what maximum entropy makes of the inclusion probabilities.
 */
export function tokenFound(chance: Float64Array, held: Float64Array, topk: number): number {
  const drawn = new Float64Array(topk + 1)
  const found = new Float64Array(topk + 1)
  drawn[0] = 1
  found[0] = 1
  for (const [e, each] of chance.entries()) {
    for (let j = topk; j >= 0; j--) {
      drawn[j] = drawn[j]! * (1 - each) + (j > 0 ? drawn[j - 1]! * each : 0)
      found[j] = found[j]! * (1 - each) + (j > 0 ? found[j - 1]! * each * held[e]! : 0)
    }
  }
  return found[topk]! / drawn[topk]!
}

// Hits and misses are summed apart, so that all and nothing come out as exactly that.
function summed(misses: readonly LayerMiss[], experts: number, bytes: Bytes): Residence {
  let [found, missed, foundTokens, missedTokens] = [0, 0, 0, 0]
  for (const miss of misses) {
    const { expertBytes, topk } = miss.layer.work
    found += miss.found * expertBytes
    missed += miss.missed * expertBytes
    foundTokens += topk * miss.foundTokens
    missedTokens += topk * miss.missedTokens
  }
  return {
    experts,
    bytes,
    misses,
    tokenHit: foundTokens / (foundTokens + missedTokens),
    byteHit: found / (found + missed),
    missedBytes: missed,
  }
}
