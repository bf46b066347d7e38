import { PincerError } from '../issue/index.ts'

/**
 * Laws that say which dense model is as good as a mixture, trained on the same tokens. `krajewski`: loss as a function of all
 * parameters N, tokens D and granularity G, fitted to mixtures with 64 times the parameters they use (arXiv 2402.07871, table 2).
 * `geometric-mean`: √(all · active parameters), a rule of thumb without a fit behind it.
 */
export type LossLaw = 'krajewski' | 'geometric-mean'

export const LOSS_LAWS: readonly LossLaw[] = ['krajewski', 'geometric-mean']

/** A mixture as the laws see it; parameters with or without embeddings make little difference at these sizes. */
export interface MixtureShape {
  readonly totalParams: number // N
  readonly activeParams: number
  readonly tokens: number // D
  /** Width of a dense FFN (4·D) over that of one expert. */
  readonly granularity: number // G
}

// Coefficients of both fits, one data set: L = c + (g / G^γ + a) / N^α + b / D^β.
const IRREDUCIBLE = 0.47 // c
const MIXTURE_LAW = { a: 18.1, alpha: 0.115, b: 30.8, beta: 0.147, g: 2.1, gamma: 0.58 } as const
const DENSE_LAW = { a: 16.3, alpha: 0.126, b: 26.7, beta: 0.127 } as const

/** Nats per token of a mixture on the data of Krajewski et al. */
export function mixtureLoss({ totalParams, tokens, granularity }: MixtureShape): number {
  const { a, alpha, b, beta, g, gamma } = MIXTURE_LAW
  return IRREDUCIBLE + (g / granularity ** gamma + a) / totalParams ** alpha + b / tokens ** beta
}

/** Nats per token of a dense model on the data of Krajewski et al. */
export function denseLoss(params: number, tokens: number): number {
  const { a, alpha, b, beta } = DENSE_LAW
  return IRREDUCIBLE + a / params ** alpha + b / tokens ** beta
}

/** Nats per token by Hoffmann et al. (arXiv 2203.15556, section 3.3) on their data: 1.69 + 406.4 / N^0.34 + 410.7 / D^0.28. */
export function chinchillaLoss(params: number, tokens: number): number {
  return 1.69 + 406.4 / params ** 0.34 + 410.7 / tokens ** 0.28
}

/**
 * Parameters of the dense model that is as good as `mixture` after the same tokens.
 * @throws PincerError where no dense model is: the mixture's loss lies below what a dense model reaches on these tokens
 */
export function denseTwin(mixture: MixtureShape, law: LossLaw): number {
  requirePositive(mixture)
  if (law === 'geometric-mean') return Math.sqrt(mixture.totalParams * mixture.activeParams)
  const { a, alpha, b, beta } = DENSE_LAW
  const rest = mixtureLoss(mixture) - IRREDUCIBLE - b / mixture.tokens ** beta
  if (rest > 0) return (a / rest) ** (1 / alpha)
  const message = `no dense model reaches the loss of this mixture on ${mixture.tokens.toExponential(2)} tokens by this law`
  const suggestion = 'train on more tokens, or ask the other law'
  throw new PincerError({ code: 'invalid_value', path: ['tokens'], message, suggestion })
}

function requirePositive(mixture: MixtureShape): void {
  for (const [field, value] of Object.entries(mixture)) {
    if (value > 0 && Number.isFinite(value)) continue
    throw new PincerError({ code: 'invalid_value', path: [field], message: `must be a positive number, got ${value}` })
  }
}
