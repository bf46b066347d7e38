import { type ModelArch, type ServingFormats, groupParams, kvBytes, paramCounts, stateBytes } from '../model/index.ts'
import { type Bytes, bytesPerWeight } from '../units/index.ts'
import type { Mapping } from './mapping.ts'

/** What one chip of a replica must hold. */
export interface Residency {
  readonly weightBytes: Bytes
  /** Cache of one sequence of the asked context, on the chip that holds it. */
  readonly cacheBytesPerSequence: Bytes
}

/**
 * Bytes resident on one chip under `mapping`: attention weights divide by tp·pp, routed experts by moeTp·moeEp·pp, and
 * are replicated over attention-data-parallel ranks; a sequence's KV cache lives on one rank, divided as far as KV heads go
 * (MLA's latent is replicated over tensor-parallel ranks).
 */
export function residentBytes(arch: ModelArch, mapping: Mapping, formats: ServingFormats, context: number): Residency {
  const { weights } = formats
  let attention = 0
  let experts = 0
  for (const group of arch.layers) {
    const params = groupParams(arch, group)
    const routed = params.ffnTotal - sharedParams(arch, group)
    attention += group.count * ((params.mixer + params.norms) * bytesPerWeight(weights.attention))
    attention += group.count * (params.ffnTotal - routed) * bytesPerWeight(weights.ffn)
    experts += group.count * routed * bytesPerWeight(weights.ffn)
  }
  const counts = paramCounts(arch)
  const ends = (counts.embedding + counts.head + counts.extra) * bytesPerWeight(weights.embedding)
  const weightBytes =
    (attention + ends) / (mapping.tp * mapping.pp) + experts / (mapping.moeTp * mapping.moeEp * mapping.pp)
  const cache = kvBytes(arch, context, formats.cache) / (cacheParts(arch, mapping.tp) * mapping.pp)
  return { weightBytes, cacheBytesPerSequence: cache + stateBytes(arch) / (mapping.tp * mapping.pp) }
}

function sharedParams(arch: ModelArch, group: ModelArch['layers'][number]): number {
  const { ffn } = group
  if (ffn.kind !== 'moe') return ffn.kind === 'dense' ? groupParams(arch, group).ffnTotal : 0
  const matrices = ffn.gated ? 3 : 2
  return groupParams(arch, group).ffnTotal - matrices * ffn.expertHidden * ffn.inter * ffn.experts
}

// How many ways a sequence's cache divides over tensor-parallel ranks: weighted by what each layer caches.
function cacheParts(arch: ModelArch, tp: number): number {
  let held = 0
  let perChip = 0
  for (const { mixer, count } of arch.layers) {
    if (mixer.kind === 'none' || mixer.kind === 'linear') continue
    const heads = mixer.kind === 'gqa' ? mixer.kvHeads : 1
    const values =
      mixer.kind === 'gqa'
        ? mixer.kvHeads * mixer.headDim
        : mixer.kind === 'mla'
          ? mixer.kvRank + mixer.ropeDim
          : mixer.headDim
    held += count * values
    perChip += (count * values) / Math.min(tp, heads)
  }
  return perChip === 0 ? 1 : held / perChip
}
