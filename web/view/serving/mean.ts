import type { Distribution } from '../../../src/index.ts'

/** The mean of a latency; undefined where no request has it. */
export function meanOf(of: Distribution | { readonly unknown: string }): number | undefined {
  return 'unknown' in of ? undefined : of.mean
}
