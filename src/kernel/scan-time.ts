import type { Seconds } from '../units/index.ts'
import type { KernelConstants, ScanFigures } from './constants.ts'

/** Tokens that a delta rule takes at once. */
const CHUNK = 64

/**
 * Seconds of a delta rule (Gated DeltaNet, Kimi Delta Attention) and its convolution on prompts of `chain` tokens each, which run side by side:
 * kernels start, the chunks of a sequence follow each other, and all of them read, write and multiply. `compute` and `memory` are the times
 * at full speed. The engine's own kernels, or the fastest of any engine's when it is not told.
 */
export function scanTime(chain: number, compute: Seconds, memory: Seconds, k: KernelConstants): Seconds {
  const time = ({ start, chunk, memory: streamed, matrix }: ScanFigures): Seconds =>
    start / k.launchPace + Math.ceil(chain / CHUNK) * chunk + streamed * memory + matrix * compute
  return k.library === undefined ? Math.min(...Object.values(k.scan).map(time)) : time(k.scan[k.library])
}
