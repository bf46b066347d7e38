import { type LayerWork, type ModelWork, cacheBytesPerUser, modelWork } from '../dataflow/index.ts'
import { PincerError } from '../issue/index.ts'
import type { ModelArch, WeightFormats } from '../model/index.ts'
import type { Bytes, Format, Tokens } from '../units/index.ts'
import { type Routing, hitChance, popularity } from './routing.ts'

/** Routed experts of one layer under a load; arrays run over the experts, hottest first. */
export interface ExpertLayer {
  /** Index of the kind of layer in `work.layers`. */
  readonly kind: number
  readonly work: LayerWork
  /** B: tokens of a step. */
  readonly users: number
  /** π: probability that a token uses the expert; sums to k. */
  readonly chance: Float64Array
  /** h: probability that the step reads it, 1 − (1 − π)^B. */
  readonly hit: Float64Array
  /** Expected number of distinct experts that a step reads, Σ h. */
  readonly distinct: number
}

/** What one decode step of B users asks of the memories. */
export interface ExpertLoad {
  readonly work: ModelWork
  /** B: users that decode together, one token each; and all that are served, which on a pipeline are spread over its stages. */
  readonly users: number
  readonly served: number
  readonly context: Tokens
  readonly routing: Routing
  /** Layers with experts, in order. */
  readonly layers: readonly ExpertLayer[]
  /** Weights that are not routed experts: they claim the fast tier first. */
  readonly denseBytes: Bytes
  /** KV cache and recurrent states of all users at full context. */
  readonly cacheBytes: Bytes
  /** All routed experts. */
  readonly expertBytes: Bytes
  /** Largest single expert. */
  readonly oneExpert: Bytes
  /** Expected bytes of experts that a step reads. */
  readonly readBytes: Bytes
}

export interface LoadInput {
  readonly arch: ModelArch
  readonly weights: WeightFormats
  readonly cache: Format
  /** B. */
  readonly users: number
  /** All users; absent: B. */
  readonly served?: number
  readonly context: Tokens
  readonly routing: Routing
}

/**
 * The load of one decode step.
 * @throws PincerError `unsupported` for a model without routed experts; as `popularity`
 */
export function expertLoad(input: LoadInput): ExpertLoad {
  const { arch, weights, cache, users, served = users, context, routing } = input
  const work = modelWork(arch, weights)
  const routed = work.layers.flatMap((layer, kind) =>
    layer.experts === 0 ? [] : Array.from({ length: layer.count }, () => ({ kind, layer })),
  )
  if (routed.length === 0) throw noExperts(arch)
  const chances = popularity(
    routing,
    routed.map(({ layer }) => layer),
  )
  const hits = new Map<Float64Array, Float64Array>()
  const layers = routed.map(({ kind, layer }, i): ExpertLayer => {
    const chance = chances[i]!
    const hit = hits.get(chance) ?? chance.map((each) => hitChance(each, users))
    hits.set(chance, hit)
    return { kind, work: layer, users, chance, hit, distinct: hit.reduce((sum, each) => sum + each, 0) }
  })
  const expertBytes = layers.reduce((sum, { work: layer }) => sum + layer.experts * layer.expertBytes, 0)
  return {
    work,
    users,
    served,
    context,
    routing,
    layers,
    denseBytes: work.totalBytes - expertBytes,
    cacheBytes: served * cacheBytesPerUser(arch, context, cache),
    expertBytes,
    oneExpert: Math.max(...layers.map(({ work: layer }) => layer.expertBytes)),
    readBytes: layers.reduce((sum, layer) => sum + layer.distinct * layer.work.expertBytes, 0),
  }
}

function noExperts(arch: ModelArch): PincerError {
  return new PincerError({
    code: 'unsupported',
    path: ['model'],
    message: `${arch.name} has no routed experts: every token reads every weight, so that a slow tier slows each step by its whole share and there is no hit rate`,
    suggestion: `ask "pincer predict --model ${arch.id} --chip …" how fast it is, or name a mixture of experts such as mixtral-8x7b`,
  })
}
