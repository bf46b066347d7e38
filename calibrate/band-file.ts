import { findChip } from '../src/index.ts'
import { type Regime, regimeLabels } from '../src/predict/regime.ts'
import { type AdditiveQuantile, type Labelled, additiveQuantile, conformalQuantile, quantileAt } from './conformal.ts'
import type { Scheme } from './held-out.ts'
import type { Figures, ResidualRow } from './residual-table.ts'
import { round } from './residual-score.ts'
import { SOURCE } from './source.ts'

/** Confidence tiers whose bands come from residuals, with what was left out of the fit for them. */
export const TIER_SCHEMES: Readonly<Record<'measured-like' | 'interpolated' | 'transferred', readonly Scheme[]>> = {
  'measured-like': ['row'],
  interpolated: ['deployment'],
  transferred: ['model', 'chip'],
}
export type FittedTier = keyof typeof TIER_SCHEMES

export const QUANTITIES = ['tpot', 'ttft'] as const
export type Quantity = (typeof QUANTITIES)[number]

/** Ends of the 80 % and 90 % bands. */
export const ENDS = { lo90: 0.05, lo80: 0.1, hi80: 0.9, hi90: 0.95 } as const
export type End = keyof typeof ENDS
export type Ends = Readonly<Record<End, AdditiveQuantile>>

const FOLDS = 10

/** The whole of catalog/fits/serving-band.json. */
export function bandFile(rows: readonly ResidualRow[], otherVendor: readonly number[]): unknown {
  const chips = distinct(rows.map(({ label }) => label.chip))
  const of = (tier: FittedTier): unknown =>
    Object.fromEntries(QUANTITIES.map((quantity) => [quantity, roundEnds(endsOf(rows, tier, quantity))]))
  const logs = otherVendor.map(Math.log)
  return {
    source: SOURCE,
    note: 'ln(measured / predicted): quantiles of residuals left out of the fit, as a base and what the labels of a regime add; measured-like = rows left out, interpolated = deployments, transferred = models and chips, first-principles = transferred, doubled',
    levels: [0.8, 0.9],
    chips,
    generations: distinct(chips.map((id) => findChip(id).generation)),
    models: distinct(rows.map(({ modelId }) => modelId)),
    limits: {
      isl: Math.max(...rows.map(({ label }) => Number(label.isl))),
      osl: Math.max(...rows.map(({ label }) => Number(label.osl))),
      concurrency: Math.max(...rows.map(({ label }) => Number(label.concurrency))),
    },
    deployments: deploymentsOf(rows),
    otherVendor: Object.fromEntries(Object.entries(ENDS).map(([end, q]) => [end, round(conformalQuantile(logs, q))])),
    quantiles: {
      'measured-like': of('measured-like'),
      interpolated: of('interpolated'),
      transferred: of('transferred'),
    },
  }
}

/** The ends of a tier's bands, from `rows` that are given. */
export function endsOf(rows: readonly ResidualRow[], tier: FittedTier, quantity: Quantity): Ends {
  const labelled = rows.flatMap((row) => labelledOf(row, tier, row[quantity]))
  return Object.fromEntries(Object.entries(ENDS).map(([end, q]) => [end, additiveQuantile(labelled, q)])) as Record<
    End,
    AdditiveQuantile
  >
}

/** The residuals of a row that a tier's bands are made of, one per thing left out. */
export function labelledOf(row: ResidualRow, tier: FittedTier, figures: Figures): Labelled[] {
  const labels = regimeLabels(rowRegime(row), tier !== 'transferred')
  return TIER_SCHEMES[tier].map((scheme) => ({ value: Math.log(figures[scheme]), labels, fold: foldOf(row) }))
}

export function rowRegime({ label }: ResidualRow): Regime {
  const { mode, spec_decode: drafts, engine, chip, concurrency } = label
  return {
    mode: mode === 'disaggregated' ? 'disaggregated' : 'aggregated',
    drafts: drafts.endsWith('on') ? 'on' : drafts.endsWith('off') || drafts === '' ? 'off' : 'unknown',
    engine,
    chip,
    concurrency: Number(concurrency),
  }
}

/** Whether a residual lies within the band of 80 or 90 %, as `src/predict` applies it: the predicted value is always inside. */
export function isInside(ends: Ends, { value, labels }: Labelled, level: 80 | 90): boolean {
  const lo = Math.min(0, quantileAt(ends[level === 80 ? 'lo80' : 'lo90'], labels))
  const hi = Math.max(0, quantileAt(ends[level === 80 ? 'hi80' : 'hi90'], labels))
  return lo <= value && value <= hi
}

/** Rows of one deployment are left out together. */
export function foldOf({ label }: ResidualRow): string {
  const key = [label.model, label.chip, label.precision, label.engine, label.isl, label.osl, label.mode].join(' ')
  let hash = 0x811c9dc5
  for (const character of key) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0
  return `fold ${hash % FOLDS}`
}

// model, chip, precision, engine, mode → least and most of prompt, output and clients.
function deploymentsOf(rows: readonly ResidualRow[]): Record<string, number[]> {
  const found = new Map<string, number[]>()
  for (const { label, modelId } of rows) {
    const key = [modelId, label.chip, label.precision, label.engine, label.mode].join(' ')
    const [isl, osl, clients] = [label.isl, label.osl, label.concurrency].map(Number) as [number, number, number]
    const old = found.get(key) ?? [isl, isl, osl, osl, clients, clients]
    const each = [isl, isl, osl, osl, clients, clients]
    found.set(
      key,
      old.map((value, i) => (i % 2 === 0 ? Math.min(value, each[i]!) : Math.max(value, each[i]!))),
    )
  }
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function roundEnds(ends: Ends): Ends {
  const near = (value: number): number => Number(value.toFixed(3))
  return Object.fromEntries(
    Object.entries(ends).map(([end, { base, effects }]) => [
      end,
      {
        base: near(base),
        effects: Object.fromEntries(Object.entries(effects).map(([key, value]) => [key, near(value)])),
      },
    ]),
  ) as Record<End, AdditiveQuantile>
}

export function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].toSorted()
}
