import { ACTIVATION_BYTES } from '../model/index.ts'
import type { BytesPerSecond, Seconds } from '../units/index.ts'
import type { ExpertLoad } from './load.ts'
import {
  type FastCause,
  type FastParts,
  type FastTimer,
  type HostProcessor,
  NO_TIME,
  addParts,
  totalOf,
} from './machine.ts'
import type { LayerMiss, Residence } from './placement.ts'

/**
 * How missed experts are brought: `none` when the router has named them; `next` also ahead, guessed while the layer
 * before computes; `layer` all absent experts of the next layer, whatever the router will say.
 */
export type Prefetch = 'none' | 'next' | 'layer'

export const PREFETCHES: readonly Prefetch[] = ['none', 'next', 'layer']

/** How the slow tier takes part. */
export interface Supply {
  /** Rate of transfers or, where the host computes, of its reads. */
  readonly rate: BytesPerSecond
  readonly latency: Seconds
  readonly prefetch: Prefetch
  /** Share of prefetched experts that turn out to be wanted. */
  readonly accuracy: number
  /** Rate at which fetched experts are written into the fast memory. */
  readonly landing: BytesPerSecond
  /** Set where experts of the slow tier are computed beside it. */
  readonly host?: HostProcessor
}

/** Causes of a step's time; the last three are what the slow tier adds. */
export type Cause = FastCause | 'slow-link' | 'slow-latency' | 'host-compute'

export interface StepTime {
  readonly seconds: Seconds
  /** They sum to `seconds`. */
  readonly parts: Readonly<Record<Cause, Seconds>>
}

/** What the slow tier adds to a layer beyond the fast side's time. */
interface Exposed {
  readonly fast: FastParts
  readonly link: Seconds
  readonly latency: Seconds
  readonly hostCompute: Seconds
}

/** Time of one decode step. Expected values take the place of distributions: E[max] is taken as max of the E. */
export function stepTime(load: ExpertLoad, residence: Residence, timer: FastTimer, supply: Supply): StepTime {
  let [fast, link, latency, hostCompute] = [timer.tail, 0, 0, 0]
  for (const { kind, count } of plainLayers(load)) fast = addParts(fast, timer.layers[kind]!.rest, count)
  const known = new Map<LayerMiss, Exposed>()
  for (const miss of residence.misses) {
    const exposed = known.get(miss) ?? layerTime(load, miss, timer, supply)
    known.set(miss, exposed)
    fast = addParts(fast, exposed.fast)
    link += exposed.link
    latency += exposed.latency
    hostCompute += exposed.hostCompute
  }
  const parts = { ...fast, 'slow-link': link, 'slow-latency': latency, 'host-compute': hostCompute }
  return { seconds: totalOf(fast) + link + latency + hostCompute, parts }
}

function plainLayers({ work }: ExpertLoad): { readonly kind: number; readonly count: number }[] {
  return work.layers.flatMap(({ experts, count }, kind) => (experts === 0 ? [{ kind, count }] : []))
}

function layerTime(load: ExpertLoad, miss: LayerMiss, timer: FastTimer, supply: Supply): Exposed {
  const { layer } = miss
  const on = timer.layers[layer.kind]!
  if (supply.host !== undefined) return hostedLayer(load, miss, timer, supply, supply.host)
  // Fetched experts land in the fast memory and are read there like all others.
  const fast = addParts(on.rest, on.experts(layer.distinct * layer.work.expertBytes, 1))
  if (miss.missed === 0 && miss.resident >= layer.work.experts) return { ...ONLY_FAST, fast }
  return supply.prefetch === 'none' ? demandedLayer(miss, fast, supply) : prefetchedLayer(miss, fast, supply)
}

const ONLY_FAST = { link: 0, latency: 0, hostCompute: 0 }

// The router names the experts; nothing else can run until the last has come.
function demandedLayer({ layer, missed, anyMiss }: LayerMiss, fast: FastParts, supply: Supply): Exposed {
  const link = (missed * layer.work.expertBytes) / supply.rate
  return { ...ONLY_FAST, fast, link, latency: anyMiss * supply.latency }
}

// Transfers ahead take as long as the layer that hides them, or it waits; wrong guesses are fetched in vain, and what
// they should have been is fetched on demand.
function prefetchedLayer(miss: LayerMiss, fast: FastParts, supply: Supply): Exposed {
  const { layer, missed, anyMiss, resident } = miss
  const { expertBytes, experts } = layer.work
  const isWhole = supply.prefetch === 'layer'
  const ahead = (isWhole ? experts - resident : missed) * expertBytes
  const chance = isWhole ? 1 : anyMiss
  const late = isWhole ? 0 : 1 - supply.accuracy
  // Writing what arrives takes bandwidth from the layer it hides behind.
  const busy = addParts(fast, { ...NO_TIME, memory: ahead / supply.landing })
  const transfer = ahead / supply.rate
  const wait = transfer + chance * supply.latency - totalOf(busy)
  const ofLatency = wait <= 0 ? 0 : Math.min(wait, chance * supply.latency)
  return {
    fast: busy,
    link: Math.max(0, wait) - ofLatency + (late * missed * expertBytes) / supply.rate,
    latency: ofLatency + late * anyMiss * supply.latency,
    hostCompute: 0,
  }
}

// Both processors work on their experts at once, after what comes before the experts.
function hostedLayer(
  load: ExpertLoad,
  miss: LayerMiss,
  timer: FastTimer,
  supply: Supply,
  host: HostProcessor,
): Exposed {
  const { layer, found, missed, foundTokens, missedTokens, anyMiss } = miss
  const on = timer.layers[layer.kind]!
  const { expertBytes, expertParams, topk } = layer.work
  const own = found === 0 ? NO_TIME : on.experts(found * expertBytes, foundTokens)
  const fast = addParts(on.rest, own)
  const flops = 2 * load.users * topk * missedTokens * expertParams
  const [reading, computing] = [(missed * expertBytes) / supply.rate, flops / (host.flops ?? Number.POSITIVE_INFINITY)]
  // Activations of all tokens go there and back.
  const crossing = (2 * load.users * load.work.hidden * ACTIVATION_BYTES) / (host.link ?? Number.POSITIVE_INFINITY)
  const latency = anyMiss * supply.latency
  const wait = Math.max(0, Math.max(reading, computing) + anyMiss * crossing + latency - totalOf(own))
  const ofLatency = Math.min(wait, latency)
  const rest = wait - ofLatency
  return computing > reading
    ? { fast, link: 0, latency: ofLatency, hostCompute: rest }
    : { fast, link: rest, latency: ofLatency, hostCompute: 0 }
}

/** The largest part of a step. */
export function largestCause(parts: StepTime['parts']): Cause {
  const entries = Object.entries(parts) as [Cause, Seconds][]
  return entries.reduce((most, entry) => (entry[1] > most[1] ? entry : most))[0]
}
