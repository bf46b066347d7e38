import type { Shape } from '../../engine/method/deployment.ts'

/** From the first to the last, both counted from 1. */
interface Range {
  readonly from: number
  readonly to: number
}

/** What one chip of a replica holds. */
export interface Rank {
  readonly chip: number
  readonly stage: number
  readonly layers: Range
  /** Attention group: a data-parallel rank. */
  readonly group: number
  readonly tensor: number
  /** Whole experts; undefined where each is split over all chips of a stage, or there are none. */
  readonly experts?: Range
}

/** All chips of a mapping in the order of their links: tensor ranks side by side, then groups, then stages. */
export function ranksOf({ mapping, layers, experts }: Shape): Rank[] {
  const { tp, pp, dp, moeTp, moeEp } = mapping
  const perStage = tp * dp
  return Array.from({ length: perStage * pp }, (_, chip): Rank => {
    const stage = Math.floor(chip / perStage)
    const place = chip % perStage
    const expertRank = Math.floor(place / moeTp)
    return {
      chip,
      stage,
      layers: part(layers, pp, stage),
      group: Math.floor(place / tp),
      tensor: place % tp,
      ...(moeEp > 1 && experts > 0 ? { experts: part(experts, moeEp, expertRank) } : {}),
    }
  })
}

function part(whole: number, parts: number, place: number): Range {
  return { from: Math.floor((whole * place) / parts) + 1, to: Math.floor((whole * (place + 1)) / parts) }
}
