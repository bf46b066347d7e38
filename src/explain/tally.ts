import type { OperatorRow } from './types.ts'

/** One operator; `flops`, `bytes`, `seconds` and `light` of one of `count`. */
export type Tally = Pick<OperatorRow, 'name' | 'count' | 'flops' | 'bytes' | 'seconds' | 'light' | 'bound'>

/** Operators of one name together, as the breakdown of a step merges them; the larger says what bounds them. */
export function tallied(tallies: readonly Tally[]): OperatorRow[] {
  const rows = new Map<string, Tally>()
  for (const { name, count, flops, bytes, seconds, light, bound } of tallies) {
    const old = rows.get(name)
    const more = count * seconds
    rows.set(name, {
      name,
      count: (old?.count ?? 0) + count,
      flops: (old?.flops ?? 0) + count * flops,
      bytes: (old?.bytes ?? 0) + count * bytes,
      seconds: (old?.seconds ?? 0) + more,
      light: (old?.light ?? 0) + count * light,
      bound: old !== undefined && old.seconds >= more ? old.bound : bound,
    })
  }
  return [...rows.values()].map(withRates)
}

function withRates(row: Tally): OperatorRow {
  const { flops, bytes, seconds, light } = row
  if (!(flops > 0 && bytes > 0 && light > 0)) return row
  return { ...row, intensity: flops / bytes, attainable: flops / light, achieved: flops / seconds }
}
