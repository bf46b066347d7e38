import { PincerError } from '../issue/index.ts'
import { type Distribution, quantileAt, shareBelow } from './distribution.ts'

/** Values that an input may take. */
export interface Support {
  readonly min: number
  readonly max: number
  /** Whether `min` itself is left out. */
  readonly minOpen?: boolean
}

/** A distribution kept to the values an input may take: what lies outside is cut off and the rest scaled up. */
export interface Truncated {
  readonly of: Distribution
  /** The value below which a share `p` of what is left lies, 0 < p < 1. */
  readonly at: (p: number) => number
  /** Share of the mass that was cut off; 0 = nothing. */
  readonly cut: number
}

/** A distribution that loses more than this is not the one that was meant. */
const MOST_CUT = 0.5

/**
 * Keeps `of` to `support`; the caller says how much was cut.
 * @throws PincerError `invalid_value` at `path` when more than half of the mass lies outside
 */
export function truncated(of: Distribution, support: Support, path: readonly (string | number)[]): Truncated {
  const { min, max, minOpen = false } = support
  const below = of.kind === 'fixed' ? Number(minOpen ? of.value <= min : of.value < min) : shareBelow(of, min)
  const above = of.kind === 'fixed' ? Number(of.value > max) : 1 - shareBelow(of, max)
  const cut = below + above
  if (cut > MOST_CUT) throw new PincerError({ code: 'invalid_value', path, message: outside(of, support, cut) })
  if (cut === 0) return { of, at: (p) => quantileAt(of, p), cut }
  const left = 1 - cut
  // Rounding could step over an end.
  const at = (p: number): number => Math.min(max, Math.max(min, quantileAt(of, below + p * left)))
  return { of, at, cut }
}

function outside(of: Distribution, { min, max, minOpen = false }: Support, cut: number): string {
  const upper = max < Number.MAX_VALUE ? ` and at most ${max}` : ''
  const wanted = `${minOpen ? 'above' : 'at least'} ${min}${upper}`
  if (of.kind === 'fixed') return `must be ${wanted}, got ${of.value}`
  return `values must be ${wanted}, but ${(100 * cut).toPrecision(3)} % of ${distributionText(of)} lies outside`
}

/** The short text form, which `parseDistributionText` reads back. */
export function distributionText(of: Distribution): string {
  switch (of.kind) {
    case 'fixed':
      return `${of.value}`
    case 'normal':
      return `normal(${of.mean},${of.sd})`
    case 'lognormal':
      return `lognormal(${of.median},${of.factor})`
    case 'triangular':
      return `triangular(${of.lo},${of.mode},${of.hi})`
    case 'uniform':
      return `uniform(${of.lo},${of.hi})`
    case 'quantiles':
      return `quantiles(${of.shares.map((share, i) => `${share}:${of.values[i]}`).join(',')})`
  }
}
