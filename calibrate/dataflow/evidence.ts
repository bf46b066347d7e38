import type { EvidenceTier, MachineConstants } from '../../src/dataflow/index.ts'
import { MACHINE_BASES } from './base.ts'

/** What a band needs of a residual. */
export interface Miss {
  readonly chip: string
  readonly model: string
  readonly quantity: string
  readonly published: number
  readonly leftOut: number
}

/** A normal's two-sided 90 %. */
const Z90 = 1.645
/** Rows that the pooled spread of all machines counts for, beside a machine's own. */
const POOLED_ROWS = 3
/** A constant taken over from a relative adds this much spread (as a log): a factor of 1.5. */
const TRANSFER_SPREAD = Math.log(1.5)
/** Nobody has published a language model's speed on the machine or a near relative: a factor of 3. */
const NO_RELATIVE_SPREAD = Math.log(3)
/** Machines that only share the idea with their relative, not the architecture. */
const DISTANT = new Set(['graphcore-gc200'])

/** The machines with tier, reason and band, from the misses of fits that did not see the model. */
export function bandsFrom(
  machines: ReadonlyMap<string, MachineConstants>,
  misses: readonly Miss[],
): readonly MachineConstants[] {
  const speeds = misses.filter((miss) => miss.quantity === 'tokens/s/user')
  const pooled = meanSquare(speeds)
  return [...machines.values()].map((machine) => {
    const own = speeds.filter((miss) => miss.chip === machine.chip)
    const models = new Set(own.map((miss) => miss.model))
    const tier = tierOf(machine.chip, models.size)
    const variance = (own.length * meanSquare(own) + POOLED_ROWS * pooled) / (own.length + POOLED_ROWS)
    const spread = Math.sqrt(variance + extraVariance(tier))
    return {
      ...machine,
      tier,
      reason: reasonOf(machine.chip, tier, own.length, models.size),
      band: { low: Math.exp(-Z90 * spread), high: Math.exp(Z90 * spread) },
    }
  })
}

function meanSquare(misses: readonly Miss[]): number {
  if (misses.length === 0) return 0
  return misses.reduce((sum, miss) => sum + Math.log(miss.leftOut / miss.published) ** 2, 0) / misses.length
}

// One model cannot tell the latency of an operator from the peculiarities of the model.
function tierOf(chip: string, models: number): EvidenceTier {
  if (DISTANT.has(chip)) return 'first-principles'
  return models >= 2 ? 'fitted' : 'transferred'
}

function extraVariance(tier: EvidenceTier): number {
  if (tier === 'fitted') return 0
  return (tier === 'transferred' ? TRANSFER_SPREAD : NO_RELATIVE_SPREAD) ** 2
}

function reasonOf(chip: string, tier: EvidenceTier, rows: number, models: number): string {
  const relative = MACHINE_BASES.find((base) => base.chip === chip)?.relative
  if (tier === 'fitted') return `fitted to ${rows} published speeds of ${models} models`
  if (tier === 'first-principles') return `no published speed of a language model; operator latency as ${relative}`
  const own = rows === 0 ? 'no published speed' : `published speeds of one model only (${rows})`
  return `${own}; leans on its relative ${relative}`
}
