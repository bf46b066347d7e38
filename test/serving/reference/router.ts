/** Who serves a request: one of several replicas, or one of the ranks of a replica. */
import { type Sequence } from './sequence.ts'

export type RouterKind = 'round-robin' | 'least-loaded' | 'cache-aware'

export interface Router {
  readonly kind: RouterKind
  readonly targets: number
  /** cache-aware only: tokens of a unit, and how many units the router believes a replica to keep. */
  readonly blockTokens: number
  readonly capacity: number
  /** All that were routed, in order. */
  readonly routed: Routed[]
  /** cache-aware only: by replica the units sent there, least recent first. */
  readonly recent: readonly number[][]
}

export interface Routed {
  readonly sequence: Sequence
  readonly target: number
  /** Prompt tokens that the target would have to compute. */
  readonly charge: number
  /** Where the request would have gone if nothing were cached anywhere. */
  readonly blind: number
}

export function newRouter(kind: RouterKind, targets: number, blockTokens = 0, capacity = 0): Router {
  const recent = Array.from({ length: targets }, () => [])
  return { kind, targets, blockTokens, capacity, routed: [], recent }
}

/** Chooses where the request goes, and keeps note of it. */
export function route(router: Router, sequence: Sequence): number {
  const { kind, targets, routed, recent } = router
  const { prompt } = sequence
  const charges = recent.map((units) => prompt - matched(router, units, sequence) * router.blockTokens)
  const target = kind === 'round-robin' ? routed.length % targets : cheapest(router, charges)
  const blind =
    kind === 'cache-aware'
      ? cheapest(
          router,
          charges.map(() => prompt),
        )
      : target
  routed.push({ sequence, target, charge: charges[target]!, blind })
  remember(router, recent[target]!, sequence)
  return target
}

/** The target with the least to do, counting what the new request costs there. */
function cheapest({ kind, routed }: Router, charges: readonly number[]): number {
  const alive = routed.filter(({ sequence }) => sequence.end === undefined)
  const costs = charges.map((charge, target) => {
    const mine = alive.filter((one) => one.target === target)
    return kind === 'least-loaded' ? mine.length : mine.reduce((sum, one) => sum + one.charge, charge)
  })
  return costs.indexOf(Math.min(...costs))
}

/** Full units of the prompt. */
function promptUnits({ blockTokens }: Router, { units, prompt }: Sequence): readonly number[] {
  return blockTokens === 0 ? [] : units.slice(0, Math.floor(prompt / blockTokens))
}

/** Leading full prompt units that the router has sent there and not forgotten. */
function matched(router: Router, recent: readonly number[], sequence: Sequence): number {
  const units = promptUnits(router, sequence)
  const unknown = units.findIndex((unit) => !recent.includes(unit))
  return unknown === -1 ? units.length : unknown
}

function remember(router: Router, recent: number[], sequence: Sequence): void {
  for (const unit of [...promptUnits(router, sequence)].reverse()) {
    if (recent.includes(unit)) recent.splice(recent.indexOf(unit), 1)
    recent.push(unit)
  }
  while (recent.length > router.capacity) recent.shift()
}
