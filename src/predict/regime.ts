import type { Scenario } from './types.ts'

/** What residuals of serving measurements depend on, as far as a scenario tells. */
export interface Regime {
  readonly mode: 'aggregated' | 'disaggregated'
  readonly drafts: 'off' | 'on' | 'unknown'
  readonly engine: string
  readonly chip: string
  readonly concurrency: number
}

/** Clients up to which a load counts as low, and as middling. */
const LOADS = { low: 8, middling: 64 } as const

/** The labels of a regime by which bands differ; `isChipKnown` = whether its chip has measurements of its own. */
export function regimeLabels(regime: Regime, isChipKnown: boolean): string[] {
  const { mode, drafts, engine, chip } = regime
  return [`${mode}, drafts ${drafts}`, engine, `${loadOf(regime)} load`, ...(isChipKnown ? [chip] : [])]
}

export function loadOf({ concurrency }: Pick<Regime, 'concurrency'>): 'low' | 'middling' | 'high' {
  if (concurrency <= LOADS.low) return 'low'
  return concurrency <= LOADS.middling ? 'middling' : 'high'
}

/** The regime of a scenario's deployment under so many clients. */
export function regimeOf(
  { disaggregated, speculation, isDraftingUnknown, engine, chip }: Scenario,
  concurrency: number,
): Regime {
  const drafted = speculation === undefined ? 'off' : 'on'
  return {
    mode: disaggregated === undefined ? 'aggregated' : 'disaggregated',
    drafts: isDraftingUnknown === true ? 'unknown' : drafted,
    engine,
    chip: chip.id,
    concurrency,
  }
}
