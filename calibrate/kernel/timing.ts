import type { Library } from '../../src/kernel/index.ts'
import type { Variant } from '../../src/kernel/surface-family.ts'

/** One measured kernel as a point of a surface. */
export interface Timing {
  readonly variant: Variant
  readonly library: Library
  /** Names the shape, the same on every chip. */
  readonly shape: string
  readonly seconds: number
  readonly point: readonly number[]
  /** What the surface is relative to, and the speed of light, in seconds. */
  readonly base: number
  readonly light: number
}
