import type { Flop, Tokens } from '../units/index.ts'
import type { CompressedMixer, Mixer, ModelArch, SparseIndex } from './arch.ts'
import { ffnParams, mixerParams } from './count.ts'

/** Forward work of one token. */
export interface TokenFlops {
  /** Matrix products with weights: two per active matrix parameter, the embedding lookup excluded. */
  readonly linear: Flop
  /** Scores, mixing and recurrences. */
  readonly attention: Flop
  readonly total: Flop
}

/**
 * Forward FLOPs of the token at position `context`, which attends to `context` tokens. MLA is counted in its expanded
 * form, as prefill and training run it. Softmax, norms, activations and rotary embeddings are left out: below 1 % for
 * widths above 1024.
 */
export function flopsPerToken(arch: ModelArch, context: Tokens): TokenFlops {
  let linear = 2 * arch.vocab * arch.hidden
  let attention = 0
  for (const group of arch.layers) {
    const ffn = ffnParams(arch, group.ffn)
    const matrices = mixerParams(arch.hidden, group.mixer).matrices + ffn.routedMatrices + ffn.shared.matrices
    linear += group.count * 2 * matrices
    attention += group.count * attentionFlops(group.mixer, context)
  }
  return { linear, attention, total: linear + attention }
}

// Two products per attended token and head: query · key and weight · value.
function attentionFlops(mixer: Mixer, context: Tokens): Flop {
  if (mixer.kind === 'gqa') {
    const attended = Math.min(context, mixer.window ?? context, mixer.sparse?.topk ?? context)
    return 2 * mixer.heads * (mixer.headDim + mixer.valueDim) * attended + indexFlops(mixer.sparse, context)
  }
  if (mixer.kind === 'mla') {
    const attended = Math.min(context, mixer.sparse?.topk ?? context)
    const dims = mixer.nopeDim + mixer.ropeDim + mixer.valueDim
    return 2 * mixer.heads * dims * attended + indexFlops(mixer.sparse, context)
  }
  if (mixer.kind === 'compressed') return compressedFlops(mixer, context)
  return mixer.kind === 'linear' ? mixer.recurrenceFlops : 0
}

function compressedFlops(mixer: CompressedMixer, context: Tokens): Flop {
  const entries = mixer.ratio === 0 ? 0 : Math.floor(context / mixer.ratio)
  const attended = Math.min(context, mixer.window) + Math.min(entries, mixer.sparse?.topk ?? entries)
  return 4 * mixer.heads * mixer.headDim * attended + indexFlops(mixer.sparse, entries)
}

// Every index head scores every cached index key.
function indexFlops(sparse: SparseIndex | undefined, keys: number): Flop {
  return sparse === undefined ? 0 : 2 * sparse.indexHeads * sparse.indexDim * keys
}
