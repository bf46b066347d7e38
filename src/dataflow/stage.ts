import type { Bytes, Flop, Seconds } from '../units/index.ts'
import { groupHops, hopTime } from './machine.ts'
import {
  ALL_REDUCES_PER_LAYER,
  MOST_SAMPLED,
  type MicroBatch,
  type PassParts,
  headTime,
  layerTime,
  totalSeconds,
} from './pass.ts'
import { type Placement, layerMachines } from './placement.ts'
import { type Rates, placeRates } from './rate.ts'
import { type LayerWork, activeBytes, layerBytes, layerFlops } from './work.ts'

/** One kind of layer, or the head, in one pass of one micro-batch. All figures are of one of `count`. */
export interface StagePass {
  readonly name: string
  readonly count: number
  readonly parts: PassParts
  /** Sum of the parts. */
  readonly seconds: Seconds
  readonly flops: Flop
  /** Weights that the micro-batch reads, and KV cache. */
  readonly bytes: Bytes
  /** Machines whose memory and arithmetic work on it. */
  readonly machines: number
  /** Speed of light: max(FLOPs / dense peak, bytes of each tier / its headline bandwidth), on those machines. */
  readonly light: Seconds
}

/** Link hops that a token waits for on its way through all stages, and their time; 0 where it is part of the phase latency. */
export interface PassHops {
  readonly count: number
  readonly seconds: Seconds
}

/**
 * One micro-batch kind of layer by kind of layer, the head last. With the hand-over between stages the seconds sum to
 * those of the pass.
 */
export function passStages(place: Placement, batch: MicroBatch): StagePass[] {
  const rates = placeRates(place, batch.context)
  const layers = place.work.layers.map((layer) => layerPass(place, layer, batch, rates))
  return [...layers, headPass(place, batch, rates)]
}

function layerPass(place: Placement, layer: LayerWork, batch: MicroBatch, rates: Rates): StagePass {
  const parts = layerTime(place, layer, batch, rates)
  const tokens = batch.sequences * batch.tokens
  const machines = layerMachines(place, layerBytes(layer), layerFlops(layer))
  const routed = activeBytes(layer, tokens) - layer.denseBytes
  const kv = layer.caches ? batch.sequences * rates.layerCache : 0
  const attention = layer.caches ? tokens * rates.layerAttention : 0
  const flops = tokens * layerFlops(layer) + attention
  const bytes = layer.denseBytes + routed + kv
  const { shares } = place
  const byTier = place.tiers.map(
    (_, tier) => layer.denseBytes * shares.dense[tier]! + routed * shares.experts[tier]! + kv * shares.kv[tier]!,
  )
  return {
    name: layer.experts > 0 ? 'layer with experts' : layer.caches ? 'dense layer' : 'layer without KV cache',
    count: layer.count,
    parts,
    seconds: totalSeconds(parts),
    flops,
    bytes,
    machines,
    light: lightSeconds(place, { flops, byTier, machines }, rates),
  }
}

function headPass(place: Placement, batch: MicroBatch, rates: Rates): StagePass {
  const { headBytes, headParams } = place.work
  const parts = headTime(place, batch, rates)
  const machines = layerMachines(place, headBytes, 2 * headParams)
  const flops = 2 * headParams * batch.sequences * Math.min(batch.tokens, MOST_SAMPLED)
  const byTier = place.shares.dense.map((share) => headBytes * share)
  return {
    name: 'head',
    count: 1,
    parts,
    seconds: totalSeconds(parts),
    flops,
    bytes: headBytes,
    machines,
    light: lightSeconds(place, { flops, byTier, machines }, rates),
  }
}

interface Demand {
  readonly flops: Flop
  /** Bytes from each tier, fastest first. */
  readonly byTier: readonly Bytes[]
  readonly machines: number
}

// Tiers deliver at their headline bandwidth, all at once; the matrix rate is the one reached, which over its share is the headline.
function lightSeconds({ machine, tiers }: Placement, { flops, byTier, machines }: Demand, rates: Rates): Seconds {
  const matrix = (machines * rates.matrix) / machine.computeShare.value
  const streams = byTier.map((bytes, tier) => bytes / (machines * tiers[tier]!.bandwidth))
  return Math.max(flops / matrix, ...streams)
}

/** Hops of one pass: two all-reduces a layer, each across the group and back, and one from stage to stage. */
export function passHops(place: Placement): PassHops {
  const inGroup = 2 * ALL_REDUCES_PER_LAYER * place.work.depth * groupHops(place.machine, place.tp)
  const count = inGroup + place.pp - 1
  return { count, seconds: hopTime(place.machine, count) }
}
