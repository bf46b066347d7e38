import fit from '../../catalog/fits/serving-band.json' with { type: 'json' }
import type { Band, Evidence } from './types.ts'

/** Factors around a central value that hold the measured one `level` of the time. */
export interface Spread {
  readonly lo: number
  readonly hi: number
}

const LEVEL = 0.9

/** Central value with the interval that residuals of deployments like it span. */
export function band(value: number, spread: Spread): Band {
  return { value, lo: value * spread.lo, hi: value * spread.hi, level: LEVEL }
}

/** The band of a reciprocal quantity: tokens per second from seconds per token. */
export function reciprocal(of: Band): Band {
  return { value: 1 / of.value, lo: 1 / of.hi, hi: 1 / of.lo, level: of.level }
}

export function scaled(of: Band, factor: number): Band {
  return { value: of.value * factor, lo: of.lo * factor, hi: of.hi * factor, level: of.level }
}

export type Tier = Evidence['tier']

/**
 * 5 % and 95 % quantiles of measured over predicted, by quantity and confidence tier (catalog/fits/serving-band.json). Chips of
 * other vendors than the fit's have a wider one of their own.
 */
export function servingSpread(quantity: 'ttft' | 'tpot', tier: Tier, vendor: string): Spread {
  return fit.spreads[tier === 'transferred' && vendor !== 'NVIDIA' ? 'other-vendor' : tier][quantity]
}

/** Generations whose serving measurements the constants were fitted to. */
export function isMeasuredGeneration(generation: string): boolean {
  return fit.generations.includes(generation)
}
