import { type Chip, valueOf } from '../catalog/index.ts'
import { type ModelArch, hasExperts } from '../model/index.ts'
import type { MappingInput } from '../parallel/index.ts'

/** Chips of a node where the catalog does not say. */
const USUAL_NODE = 8
/** Most chips of a scale-up domain that one replica is laid over; measured ones take up to 36. */
const WIDEST = 64
/** Most tensor parallel ranks: beyond, attention has too few heads and collectives take over. */
const MOST_TENSOR = 16

/**
 * Mappings worth trying inside a node or, where links join more chips than a node has, a scale-up domain, from small to large:
 * tensor ranks in powers of two; pipelines of them; with experts also whole experts on each rank, under tensor or data
 * parallel attention. `parseMapping` says which of them divide the model.
 */
export function nodeMappings(model: ModelArch, chip: Chip): MappingInput[] {
  const node = nodeChips(chip)
  const tensor = powersOfTwo(Math.min(node, MOST_TENSOR))
  const pipelines = tensor.flatMap((tp) => powersOfTwo(node / tp).flatMap((pp) => (pp === 1 ? [] : [{ tp, pp }])))
  return [...tensor.map((tp) => ({ tp })), ...pipelines, ...expertMappings(model, 2, node)]
}

/** Mappings over several nodes, for a model that one cannot hold: pipelines of whole nodes, and experts across nodes. */
export function widerMappings(model: ModelArch, chip: Chip): MappingInput[] {
  const node = nodeChips(chip)
  const tp = powersOfTwo(Math.min(node, MOST_TENSOR)).at(-1) ?? 1
  const pipelines = [2, 4, 8, 16, 32].map((pp) => ({ tp, pp }))
  return [...pipelines, ...expertMappings(model, node * 2, Math.max(WIDEST, node * 2))]
}

// Whole experts on each of `least` to `most` ranks.
function expertMappings(model: ModelArch, least: number, most: number): MappingInput[] {
  if (!hasExperts(model)) return []
  return powersOfTwo(most)
    .filter((ranks) => ranks >= least)
    .flatMap((ranks) =>
      powersOfTwo(Math.min(ranks, MOST_TENSOR))
        .toReversed()
        .map((tp) => ({ tp, dp: ranks / tp, moeEp: ranks })),
    )
}

function nodeChips(chip: Chip): number {
  const node = valueOf(chip.node.chips) ?? USUAL_NODE
  return Math.max(node, Math.min(valueOf(chip.scaleUp.domain) ?? node, WIDEST))
}

function powersOfTwo(most: number): number[] {
  const powers: number[] = []
  for (let n = 1; n <= most; n *= 2) powers.push(n)
  return powers
}
