import type { LayerWork } from '../dataflow/index.ts'
import { type ModelArch, flopsPerToken } from '../model/index.ts'
import type { Bytes, BytesPerSecond, FlopPerSecond, Seconds } from '../units/index.ts'
import type { ExpertLoad } from './load.ts'
import { type FastParts, type FastTimer, type LayerTimer, addParts, NO_TIME, roofline } from './machine.ts'

/** A processor by its rates, as they are reached. */
export interface Rates {
  readonly bandwidth: BytesPerSecond
  /** Infinite where not known: then arithmetic never limits. */
  readonly flops: FlopPerSecond
  /** Time of a layer that neither bytes nor arithmetic account for. */
  readonly layerLatency: Seconds
}

/**
 * Roofline: a part of a layer takes the longer of its bytes at the bandwidth and its FLOPs at the peak. The mixer with
 * all that is dense, and the routed experts, wait for each other.
 */
export function rooflineTimer(arch: ModelArch, load: ExpertLoad, rates: Rates): FastTimer {
  const { work, users, context, cacheBytes } = load
  const caching = work.layers.reduce((sum, layer) => sum + (layer.caches ? layer.count : 0), 0) || work.depth
  const cached = { bytes: cacheBytes / caching, flops: (users * flopsPerToken(arch, context).attention) / caching }
  const layers = work.layers.map((layer) => layerTimer(layer, users, cached, rates))
  const head = roofline(work.headBytes, rates.bandwidth, 2 * users * work.headParams, rates.flops)
  return { layers, tail: head }
}

function layerTimer(
  layer: LayerWork,
  users: number,
  cached: { readonly bytes: Bytes; readonly flops: number },
  rates: Rates,
): LayerTimer {
  const { bytes, flops } = layer.caches ? cached : { bytes: 0, flops: 0 }
  const dense = 2 * users * layer.denseParams
  const own = roofline(layer.denseBytes + bytes, rates.bandwidth, dense + flops, rates.flops)
  const fixed: FastParts = { ...NO_TIME, latency: rates.layerLatency }
  const routed = 2 * users * layer.topk * layer.expertParams
  return {
    rest: addParts(own, fixed),
    experts: (read, tokens) => roofline(read, rates.bandwidth, tokens * routed, rates.flops),
  }
}
