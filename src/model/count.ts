import type {
  Ffn,
  GqaMixer,
  LayerGroup,
  MlaMixer,
  CompressedMixer,
  Mixer,
  ModelArch,
  MoeFfn,
  SparseIndex,
} from './arch.ts'

/** Parameters of a whole model. The parts from `embedding` on sum to `total`. */
export interface ParamCounts {
  readonly total: number
  /**
   * Parameters one token uses: everything but the routed experts it is not sent to. Embedding table and output head
   * count in full, as most publishers do.
   */
  readonly active: number
  readonly embedding: number
  /** Output head; 0 when it is the embedding table. */
  readonly head: number
  readonly mixer: number
  readonly routedExperts: number
  /** FFN parameters every token passes: dense FFNs, shared experts, routers, latent projections. */
  readonly sharedFfn: number
  readonly norms: number
  readonly extra: number
}

/** Parameters of one layer. */
export interface GroupParams {
  readonly mixer: number
  readonly ffnTotal: number
  readonly ffnActive: number
  readonly norms: number
}

/** Matrices of a part and the small parameters that ride along; a matrix costs two FLOPs per parameter and token. */
export interface PartParams {
  readonly matrices: number
  readonly small: number
}

/** Exact parameter counts of `arch`; multi-token-prediction heads are not part of the model and not counted. */
export function paramCounts(arch: ModelArch): ParamCounts {
  const embedding = arch.vocab * arch.hidden
  const head = arch.tiedEmbeddings ? 0 : embedding
  let mixer = 0
  let norms = arch.finalNormParams ?? arch.hidden
  let routedExperts = 0
  let routedActive = 0
  let sharedFfn = 0
  for (const group of arch.layers) {
    const layer = groupParams(arch, group)
    const ffn = ffnParams(arch, group.ffn)
    mixer += group.count * layer.mixer
    norms += group.count * layer.norms
    routedExperts += group.count * ffn.routed
    routedActive += group.count * ffn.routedActive
    sharedFfn += group.count * (ffn.shared.matrices + ffn.shared.small)
  }
  const extra = sum(arch.extraParams.map((part) => part.params))
  const idle = sum(arch.extraParams.map((part) => (part.active ? 0 : part.params)))
  const total = embedding + head + mixer + norms + routedExperts + sharedFfn + extra
  const active = total - idle - routedExperts + routedActive
  return { total, active, embedding, head, mixer, routedExperts, sharedFfn, norms, extra }
}

/** Parameters of a single layer of `group`. */
export function groupParams(arch: ModelArch, group: LayerGroup): GroupParams {
  const mixer = mixerParams(arch.hidden, group.mixer)
  const ffn = ffnParams(arch, group.ffn)
  const shared = ffn.shared.matrices + ffn.shared.small
  return {
    mixer: mixer.matrices + mixer.small,
    ffnTotal: ffn.routed + shared,
    ffnActive: ffn.routedActive + shared,
    norms: group.normParams ?? 2 * arch.hidden,
  }
}

/** Parameters of a mixer behind hidden width `hidden`. */
export function mixerParams(hidden: number, mixer: Mixer): PartParams {
  if (mixer.kind === 'gqa') return gqaParams(hidden, mixer)
  if (mixer.kind === 'mla') return mlaParams(hidden, mixer)
  if (mixer.kind === 'compressed') return compressedParams(hidden, mixer)
  if (mixer.kind === 'linear') return linearParams(hidden, mixer)
  return { matrices: 0, small: 0 }
}

// Queries, keys, values and output; the gate is as wide as the output's input.
function gqaParams(hidden: number, mixer: GqaMixer): PartParams {
  const { heads, kvHeads, headDim, valueDim } = mixer
  const keyValueCols = kvHeads * (headDim + (mixer.sharedKv ? 0 : valueDim))
  const gateCols = mixer.outputGate ? heads * valueDim : 0
  const matrices = hidden * (heads * headDim + keyValueCols + gateCols + heads * valueDim)
  return { matrices: matrices + indexParams(mixer.sparse), small: mixer.smallParams ?? 0 }
}

// DeepSeek-V2 (arXiv 2405.04434) eq. 9-16: down- and up-projections of queries and of keys/values, output.
function mlaParams(hidden: number, mixer: MlaMixer): PartParams {
  const { heads, queryRank, kvRank, nopeDim, ropeDim, valueDim } = mixer
  const queryCols = heads * (nopeDim + ropeDim)
  const query = queryRank > 0 ? queryRank * (hidden + queryCols) : hidden * queryCols
  const keyValue = hidden * (kvRank + ropeDim) + kvRank * heads * (nopeDim + valueDim)
  const output = heads * valueDim * hidden * (mixer.outputGate ? 2 : 1)
  return { matrices: query + keyValue + output + indexParams(mixer.sparse), small: mixer.smallParams ?? 0 }
}

// Low-rank queries, one shared KV head, grouped low-rank output, and the compressor: keys and pooling gates, twice as
// wide where windows overlap (the layers with an index).
function compressedParams(hidden: number, mixer: CompressedMixer): PartParams {
  const { heads, headDim, queryRank, outputGroups, outputRank } = mixer
  const query = queryRank * (hidden + heads * headDim)
  const output = heads * headDim * outputRank + outputGroups * outputRank * hidden
  const series = mixer.ratio === 0 ? 0 : mixer.sparse === undefined ? 1 : 2
  const compressor = 2 * series * hidden * headDim
  const matrices = query + hidden * headDim + output + compressor + indexParams(mixer.sparse)
  return { matrices, small: mixer.smallParams ?? 0 }
}

function linearParams(
  hidden: number,
  mixer: { readonly inputCols: number; readonly outputRows: number; readonly params: number },
): PartParams {
  const matrices = hidden * (mixer.inputCols + mixer.outputRows)
  return { matrices, small: mixer.params - matrices }
}

function indexParams(sparse: SparseIndex | undefined): number {
  return sparse?.params ?? 0
}

/** Parameters of an FFN: routed experts in total and per token, and what every token passes. */
export interface FfnParams {
  readonly routed: number
  readonly routedActive: number
  /** Matrices of the routed experts one token uses, biases excluded. */
  readonly routedMatrices: number
  readonly shared: PartParams
}

export function ffnParams(arch: ModelArch, ffn: Ffn): FfnParams {
  if (ffn.kind === 'moe') return moeParams(arch.hidden, ffn)
  const shared = ffn.kind === 'dense' ? projections(arch.hidden, ffn.inter, ffn) : { matrices: 0, small: 0 }
  return { routed: 0, routedActive: 0, routedMatrices: 0, shared }
}

function moeParams(hidden: number, ffn: MoeFfn): FfnParams {
  const expert = projections(ffn.expertHidden, ffn.inter, ffn)
  const always = projections(hidden, ffn.sharedInter + ffn.denseInter, { gated: ffn.gated, bias: false })
  const latent = ffn.expertHidden === hidden ? 0 : 2 * hidden * ffn.expertHidden
  const router = hidden * ffn.experts
  const gate = ffn.sharedGate ? hidden : 0
  const one = expert.matrices + expert.small
  return {
    routed: ffn.experts * one,
    routedActive: ffn.topk * one,
    routedMatrices: ffn.topk * expert.matrices,
    shared: { matrices: always.matrices + latent + router + gate, small: ffn.smallParams ?? 0 },
  }
}

// Up (and gate) from `width` to `inter`, down again, biases on their outputs.
function projections(
  width: number,
  inter: number,
  ffn: { readonly gated: boolean; readonly bias: boolean },
): PartParams {
  const ups = ffn.gated ? 2 : 1
  return { matrices: (ups + 1) * width * inter, small: ffn.bias ? ups * inter + width : 0 }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
