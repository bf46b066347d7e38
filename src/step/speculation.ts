import type { Seconds } from '../units/index.ts'

/** Speculative decoding: `draft` tokens proposed per step, each accepted with probability `acceptance`. */
export interface Speculation {
  readonly draft: number
  readonly acceptance: number
}

/**
 * Tokens a step yields on average: 1 + a + a² + … + a^d, since a draft token counts only when all before it were
 * accepted (Leviathan et al. 2023, eq. 1).
 */
export function tokensPerStep(speculation: Speculation | undefined): number {
  if (speculation === undefined) return 1
  const { draft, acceptance } = speculation
  if (acceptance === 1) return draft + 1
  return (1 - acceptance ** (draft + 1)) / (1 - acceptance)
}

/** Time to propose the drafts: each runs `draftLayers` of the model's `layers` (at least one) in turn. */
export function draftTime(
  speculation: Speculation | undefined,
  step: Seconds,
  draftLayers: number,
  layers: number,
): Seconds {
  if (speculation === undefined) return 0
  return (speculation.draft * step * Math.max(draftLayers, 1)) / layers
}
