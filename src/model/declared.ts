import { PincerError } from '../issue/index.ts'
import type { ExtraParams, Ffn, ModelArch } from './arch.ts'
import { gqaMixer } from './family/attention.ts'
import { denseFfn, moeFfn } from './family/ffn.ts'

/** A model known by its totals only. */
export interface DeclaredModel {
  readonly id: string
  readonly name?: string
  readonly totalParams: number
  readonly activeParams: number
}

/** Width of one layer stack: D/L ≈ 128 in GPT-3, Llama 8B-405B (102-130). */
const WIDTH_PER_LAYER = 128
const HEAD_DIM = 128
const KV_HEADS = 8
const TOPK = 8
const CONTEXT = 131_072
/** Largest vocabulary; small models get one that holds a tenth of their parameters. */
const VOCAB = 128_000
const SMALLEST = 1_000_000
const LARGEST = 1e15
const ROUNDING = 'rounding of the stand-in'
const IDLE = 'idle rest of the stand-in'

/**
 * A stand-in for a model without public architecture, with exactly the declared totals: a llama-like decoder of typical
 * proportions (L·D² ≈ active / 12.5, D ≈ 128·L, heads of 128, 8 KV heads, 128,000 tokens), with eight of E equal
 * experts per token when it is sparse. What rounding leaves over (below 1 % of a dense model above 1B) is carried as
 * extra parameters, as is what more experts than a sensible router serves would hold.
 * Throws invalid_value unless 10⁶ ≤ active ≤ total ≤ 10¹⁵.
 */
export function declaredArch(model: DeclaredModel): ModelArch {
  const totalParams = checked('totalParams', model.totalParams, SMALLEST, LARGEST)
  const activeParams = checked('activeParams', model.activeParams, SMALLEST, totalParams)
  const frame = frameFor(activeParams)
  const { ffn, extraParams } =
    totalParams === activeParams ? denseBody(frame, activeParams, 0) : sparseBody(frame, totalParams, activeParams)
  return {
    id: model.id,
    name: model.name ?? model.id,
    family: 'declared',
    hidden: frame.hidden,
    vocab: frame.vocab,
    tiedEmbeddings: frame.isTied,
    maxContext: CONTEXT,
    layers: [{ count: frame.layers, mixer: frame.mixer, ffn, normParams: 2 * frame.hidden }],
    mtpLayers: 0,
    checkpoint: { ffn: 'bf16', attention: 'bf16', embedding: 'bf16' },
    extraParams: extraParams.filter((part) => part.params > 0),
    finalNormParams: frame.hidden,
    declared: { totalParams, activeParams },
  }
}

function checked(field: string, value: number, min: number, max: number): number {
  if (Number.isFinite(value) && value >= min && value <= max) return Math.round(value)
  throw new PincerError({
    code: 'invalid_value',
    path: [field],
    message: `expected a parameter count from ${min} to ${max}, got ${value}`,
  })
}

/** Everything but the FFN. */
interface Frame {
  readonly hidden: number
  readonly layers: number
  readonly vocab: number
  readonly isTied: boolean
  readonly mixer: ReturnType<typeof gqaMixer>
  /** Parameters of frame and embeddings. */
  readonly params: number
}

function frameFor(activeParams: number): Frame {
  const exact = Math.cbrt((WIDTH_PER_LAYER * activeParams) / 12.5)
  // Heads in multiples of eight, as tensor parallelism wants them; a power of two below.
  const heads =
    exact >= KV_HEADS * HEAD_DIM
      ? KV_HEADS * Math.round(exact / (KV_HEADS * HEAD_DIM))
      : 2 ** Math.max(0, Math.round(Math.log2(exact / HEAD_DIM)))
  const hidden = HEAD_DIM * heads
  const layers = Math.max(2, Math.round(activeParams / (12.5 * hidden * hidden)))
  const kvHeads = Math.min(heads, KV_HEADS)
  const isTied = activeParams < 4e9
  const vocab = Math.min(VOCAB, Math.max(1, Math.floor(activeParams / (10 * hidden))))
  const mixer = gqaMixer(hidden, { heads, kvHeads, headDim: HEAD_DIM })
  const attention = 2 * hidden * (hidden + kvHeads * HEAD_DIM)
  const params = (isTied ? 1 : 2) * vocab * hidden + layers * (attention + 2 * hidden) + hidden
  return { hidden, layers, vocab, isTied, mixer, params }
}

// Down to a multiple of eight, so that eight chips can share it.
function evenly(value: number): number {
  return 8 * Math.floor(value / 8)
}

interface Body {
  readonly ffn: Ffn
  readonly extraParams: readonly ExtraParams[]
}

function denseBody(frame: Frame, activeParams: number, idle: number): Body {
  const perWidth = 3 * frame.hidden * frame.layers
  const inter = evenly((activeParams - frame.params) / perWidth)
  const rest = activeParams - frame.params - inter * perWidth
  return {
    ffn: denseFfn(inter),
    extraParams: [
      { name: ROUNDING, params: rest, active: true },
      { name: IDLE, params: idle, active: false },
    ],
  }
}

// Eight of E equal experts hold what a token uses, E − 8 the rest; routers stay below a tenth of the active FFN.
function sparseBody(frame: Frame, totalParams: number, activeParams: number): Body {
  const perWidth = 3 * frame.hidden * frame.layers
  const idle = totalParams - activeParams
  const ffnActive = activeParams - frame.params
  const mostExperts = Math.floor(ffnActive / (10 * frame.layers * frame.hidden))
  // Rounded up: the shared expert takes what the routed ones then leave of the active parameters.
  const experts = Math.max(2 * TOPK, evenly(Math.min(mostExperts, 2 * TOPK - 1 + (TOPK * idle) / ffnActive)))
  const router = frame.layers * frame.hidden * experts
  const widest = evenly((ffnActive - router) / perWidth)
  const inter = evenly(Math.min(idle / ((experts - TOPK) * perWidth), widest / TOPK))
  if (inter < 1) return denseBody(frame, activeParams, idle)
  const sharedInter = widest - TOPK * inter
  return {
    ffn: moeFfn(frame.hidden, { experts, topk: TOPK, inter, sharedInter }),
    extraParams: [
      { name: ROUNDING, params: ffnActive - router - widest * perWidth, active: true },
      { name: IDLE, params: idle - (experts - TOPK) * inter * perWidth, active: false },
    ],
  }
}
