import { expect } from 'vitest'

/** Asserts that `value` lies within `share` of the published answer, both stated in one place for the reader. */
export function expectNear(value: number, published: number, share: number): void {
  expect(Math.abs(value / published - 1), `${value} against ${published}`).toBeLessThanOrEqual(share)
}

/** Asserts that a published figure lies in a predicted 90 % band. */
export function expectInBand(published: number, estimate: unknown): void {
  const { band90 } = estimate as { readonly band90: readonly [number, number] }
  expect(published, `band ${band90[0]} … ${band90[1]}`).toBeGreaterThanOrEqual(band90[0])
  expect(published, `band ${band90[0]} … ${band90[1]}`).toBeLessThanOrEqual(band90[1])
}
