import fit from '../../catalog/fits/serving-band.json' with { type: 'json' }
import { type Regime, regimeLabels } from './regime.ts'
import type { Evidence, PredictedBand } from './types.ts'

/** Factors around a central value that hold the measured one so much of the time. */
export interface Spread {
  readonly lo: number
  readonly hi: number
}

/** Factors of the 90 % band and, inside it, of the 80 % band. */
export interface Spreads {
  readonly outer: Spread
  readonly inner: Spread
}

const [INNER_LEVEL, OUTER_LEVEL] = [0.8, 0.9]

/** Half-width of a log-normal's 80 % interval over that of its 90 % one. */
const NORMAL_SHARE = 1.2816 / 1.6449

/** Central value with the intervals that residuals of deployments like it span. */
export function band(value: number, { outer, inner }: Spreads): PredictedBand {
  const within = { lo: value * inner.lo, hi: value * inner.hi, level: INNER_LEVEL }
  return { value, lo: value * outer.lo, hi: value * outer.hi, level: OUTER_LEVEL, inner: within }
}

/** The band of a reciprocal quantity: tokens per second from seconds per token. */
export function reciprocal({ value, lo, hi, level, inner }: PredictedBand): PredictedBand {
  const within = { lo: 1 / inner.hi, hi: 1 / inner.lo, level: inner.level }
  return { value: 1 / value, lo: 1 / hi, hi: 1 / lo, level, inner: within }
}

export function scaled({ value, lo, hi, level, inner }: PredictedBand, factor: number): PredictedBand {
  const within = { lo: inner.lo * factor, hi: inner.hi * factor, level: inner.level }
  return { value: value * factor, lo: lo * factor, hi: hi * factor, level, inner: within }
}

/** A 90 % spread that is a log-normal's, with its 80 % one. */
export function logNormal(outer: Spread): Spreads {
  return { outer, inner: { lo: outer.lo ** NORMAL_SHARE, hi: outer.hi ** NORMAL_SHARE } }
}

export type Tier = Evidence['tier']

type End = 'lo90' | 'lo80' | 'hi80' | 'hi90'

/** A quantile of ln(measured / predicted): what all regimes have in common, and what each label adds. */
interface AdditiveQuantile {
  readonly base: number
  readonly effects: Readonly<Record<string, number | undefined>>
}

/**
 * The bands of a regime by confidence tier (catalog/fits/serving-band.json). What was never measured is as uncertain as whole models and
 * chips that were left out; chips of other vendors have the wider of that and of published throughputs; where nothing like it was
 * measured, half-widths double on a log scale (an estimate). The predicted value is always inside.
 */
export function servingSpread(quantity: 'ttft' | 'tpot', tier: Tier, regime: Regime, vendor: string): Spreads {
  const measured = tier === 'first-principles' ? 'transferred' : tier
  const quantiles: Readonly<Record<End, AdditiveQuantile>> = fit.quantiles[measured][quantity]
  const labels = regimeLabels(regime, measured !== 'transferred')
  const end = (name: End): number => {
    const { base, effects } = quantiles[name]
    const log = labels.reduce((sum, label) => sum + (effects[label] ?? 0), base)
    const isForeign = measured === 'transferred' && vendor !== 'NVIDIA'
    const hull = isForeign ? furthest(name, log, fit.otherVendor[name]) : log
    return Math.exp(furthest(name, 0, hull) * (tier === 'first-principles' ? 2 : 1))
  }
  const outer = { lo: end('lo90'), hi: end('hi90') }
  return { outer, inner: { lo: Math.max(outer.lo, end('lo80')), hi: Math.min(outer.hi, end('hi80')) } }
}

function furthest(name: End, a: number, b: number): number {
  return name.startsWith('lo') ? Math.min(a, b) : Math.max(a, b)
}

/** What serving measurements exist of: chips, their generations, models, and the longest and fullest loads. */
export const MEASURED: {
  readonly chips: readonly string[]
  readonly generations: readonly string[]
  readonly models: readonly string[]
  readonly limits: { readonly isl: number; readonly osl: number; readonly concurrency: number }
  /** model, chip, precision, engine, mode → least and most of prompt, output and clients. */
  readonly deployments: Readonly<Record<string, readonly number[] | undefined>>
} = fit

/** Chips that serving measurements exist of. */
export const MEASURED_CHIPS: readonly string[] = MEASURED.chips
