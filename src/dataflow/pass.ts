import type { Bytes, Seconds, Tokens } from '../units/index.ts'
import { groupHops, hopTime } from './machine.ts'
import { type Placement, layerMachines } from './placement.ts'
import { type Rates, placeRates } from './rate.ts'
import { HEAD_PHASES, type LayerWork, activeBytes, layerBytes, layerFlops } from './work.ts'

/** Where the time of one pass goes; the parts sum to the whole. */
export interface PassParts {
  /** Dependent operators: issue, on-chip broadcast and reduction, synchronisation. */
  readonly issue: Seconds
  /** All-reduces inside the tensor-parallel groups. */
  readonly collectives: Seconds
  /** Activations handed from stage to stage. */
  readonly transfer: Seconds
  /** Weights streamed from their memory. */
  readonly weights: Seconds
  /** KV cache read. */
  readonly kv: Seconds
  /** Arithmetic that does not hide behind the streams. */
  readonly compute: Seconds
}

export interface PassTime {
  readonly parts: PassParts
  /** Sum of the parts: one micro-batch through all stages in turn. */
  readonly seconds: Seconds
  /** Time the slowest stage is busy with the micro-batch; bounds the throughput. */
  readonly busiest: Seconds
}

/** One micro-batch. */
export interface MicroBatch {
  readonly sequences: number
  /** Tokens per sequence: 1 in decoding, 1 + drafts when drafts are verified, the chunk in prefill. */
  readonly tokens: Tokens
  /** Tokens each of them attends to. */
  readonly context: Tokens
}

/** After the mixer and after the FFN. */
export const ALL_REDUCES_PER_LAYER = 2
/** Activations travel in 16 bits. */
const ACTIVATION_BYTES = 2

/**
 * One micro-batch through all stages. Weights stream while the arithmetic runs, so a layer takes the longer of the
 * two; operators, collectives and transfers wait for each other and add up.
 */
export function passTime(place: Placement, batch: MicroBatch): PassTime {
  const rates = placeRates(place, batch.context)
  const layers = place.work.layers.map((layer) => ({
    count: layer.count,
    parts: layerTime(place, layer, batch, rates),
  }))
  const head = headTime(place, batch, rates)
  const transfer = { ...NOTHING, transfer: transferTime(place, batch, rates) }
  const parts = [...layers, { count: 1, parts: head }, { count: 1, parts: transfer }].reduce(
    (sum, { count, parts: more }) => addParts(sum, more, count),
    NOTHING,
  )
  const slowest = Math.max(...layers.map((layer) => totalSeconds(layer.parts)))
  return { parts, seconds: totalSeconds(parts), busiest: busiestStage(place, layers, totalSeconds(head), slowest) }
}

/** One dense-sized draft layer and head: what a multi-token-prediction head costs per drafted token. */
export function draftTime(place: Placement, sequences: number, context: Tokens): Seconds {
  const batch = { sequences, tokens: 1, context }
  const rates = placeRates(place, context)
  const last = place.work.layers.at(-1)!
  const layer = layerTime(place, last, batch, rates)
  return totalSeconds(layer) + totalSeconds(headTime(place, batch, rates))
}

export function totalSeconds(parts: PassParts): Seconds {
  return parts.issue + parts.collectives + parts.transfer + parts.weights + parts.kv + parts.compute
}

const NOTHING: PassParts = { issue: 0, collectives: 0, transfer: 0, weights: 0, kv: 0, compute: 0 }

function addParts(sum: PassParts, more: PassParts, count: number): PassParts {
  return {
    issue: sum.issue + count * more.issue,
    collectives: sum.collectives + count * more.collectives,
    transfer: sum.transfer + count * more.transfer,
    weights: sum.weights + count * more.weights,
    kv: sum.kv + count * more.kv,
    compute: sum.compute + count * more.compute,
  }
}

/** Work of a layer's routed experts: bytes read, and the share of the routed tokens that they are read for. */
export interface RoutedWork {
  readonly bytes: Bytes
  readonly share: number
}

/** One layer, with the routed experts that its tokens hit under balance, or with those `given`. */
export function layerTime(
  place: Placement,
  layer: LayerWork,
  batch: MicroBatch,
  rates: Rates,
  given?: RoutedWork,
): PassParts {
  const machines = layerMachines(place, layerBytes(layer), layerFlops(layer))
  const tokens = batch.sequences * batch.tokens
  const work = given ?? { bytes: activeBytes(layer, tokens) - layer.denseBytes, share: 1 }
  const dense = streamTime(layer.denseBytes, place.shares.dense, machines, rates)
  const routed = streamTime(work.bytes, place.shares.experts, machines, rates)
  const streamed = dense + routed
  const cached = layer.caches ? streamTime(batch.sequences * rates.layerCache, place.shares.kv, machines, rates) : 0
  const flops = layerFlops(layer) - (1 - work.share) * 2 * layer.topk * layer.expertParams
  const arithmetic = (tokens * flops) / (machines * rates.matrix)
  const attention = layer.caches ? (tokens * rates.layerAttention) / (machines * rates.matrix) : 0
  const issue = layer.phases * place.machine.phaseSeconds.value
  const collectives = ALL_REDUCES_PER_LAYER * allReduceTime(place, tokens, rates)
  // What is fetched ahead hides behind the latencies; caches go first, since they are what is left of a layer's wait.
  const hidden = place.machine.prefetch === true ? issue + collectives : 0
  const kv = Math.max(0, cached - hidden)
  const weights = routed + Math.max(0, dense - Math.max(0, hidden - cached))
  return {
    issue,
    collectives,
    transfer: 0,
    weights,
    kv,
    compute: Math.max(0, arithmetic - streamed) + Math.max(0, attention - cached),
  }
}

export function headTime(place: Placement, batch: MicroBatch, rates: Rates): PassParts {
  const { headBytes, headParams } = place.work
  const machines = layerMachines(place, headBytes, 2 * headParams)
  const weights = streamTime(headBytes, place.shares.dense, machines, rates)
  // Only the last token of a prompt chunk is sampled, but drafts are all verified: at most a handful of rows.
  const rows = batch.sequences * Math.min(batch.tokens, MOST_SAMPLED)
  const arithmetic = (2 * rows * headParams) / (machines * rates.matrix)
  return {
    ...NOTHING,
    issue: HEAD_PHASES * place.machine.phaseSeconds.value,
    weights,
    compute: Math.max(0, arithmetic - weights),
  }
}

export const MOST_SAMPLED = 16

/** Each tier delivers its share of the bytes, all at once. */
function streamTime(bytes: Bytes, shares: readonly number[], machines: number, rates: Rates): Seconds {
  let longest = 0
  for (const [tier, share] of shares.entries()) {
    longest = Math.max(longest, (share * bytes) / (machines * rates.streams[tier]!))
  }
  return longest
}

/** Reduce-scatter and all-gather over the group: the bytes over one machine's links, the diameter twice. */
function allReduceTime(place: Placement, tokens: Tokens, rates: Rates): Seconds {
  if (place.tp === 1) return 0
  const bytes = tokens * place.work.hidden * ACTIVATION_BYTES
  const share = (place.tp - 1) / place.tp
  return 2 * (hopTime(place.machine, groupHops(place.machine, place.tp)) + (share * bytes) / rates.groupLink)
}

// A group hands its activations to the next over all its links at once, a wafer over its own.
function transferTime(place: Placement, batch: MicroBatch, rates: Rates): Seconds {
  const bytes = batch.sequences * batch.tokens * place.work.hidden * ACTIVATION_BYTES
  return (place.pp - 1) * (hopTime(place.machine, 1) + bytes / (place.tp * rates.stageLink))
}

/**
 * On a wafer each layer and the head is a stage; a group runs its layers in a row. The head rides with the last
 * stage. No pipeline is faster than an even split.
 */
function busiestStage(
  place: Placement,
  layers: readonly { readonly count: number; readonly parts: PassParts }[],
  head: Seconds,
  slowest: Seconds,
): Seconds {
  const inLayers = layers.reduce((sum, layer) => sum + layer.count * totalSeconds(layer.parts), 0)
  if (place.machine.scheme === 'region') return Math.max(slowest, head)
  const stage = Math.max(slowest, (inLayers / place.work.depth) * place.layersPerStage)
  return Math.max(stage, head, (inLayers + head) / place.pp)
}
