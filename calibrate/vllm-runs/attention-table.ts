import { csvRows } from './line.ts'

const CHUNKS = [0, 16, 32, 64, 128, 256, 512, 1024, 2048]
const CONTEXTS = [0, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384]
const BATCHES = [0, 1, 2, 4, 8, 16, 32, 64, 128, 256]
const STRIDE = 32_768

/** A prompt's chunk beside decoding sequences of equal context, as the profiler ran them. */
export interface AttentionShape {
  /** Tokens of the chunk, and those of its prompt before it. */
  readonly chunk: number
  readonly before: number
  /** Decoding sequences, and cached tokens of each. */
  readonly sequences: number
  readonly context: number
}

/**
 * Times of one layer's attention kernel, µs, multilinear between the measured powers of two (the profile's finer points exist for
 * some combinations only).
 */
export class AttentionTable {
  private readonly times = new Map<number, number>()

  constructor(path: string) {
    for (const row of csvRows(path)) {
      const key = keyOf(
        Number(row['prefill_chunk']),
        Number(row['kv_prefill']),
        Number(row['n_decode']),
        Number(row['kv_decode']),
      )
      this.times.set(key, Number(row['time_us']))
    }
  }

  at({ chunk, before, sequences, context }: AttentionShape): number {
    let time = 0
    for (const [c, c1] of corners(CHUNKS, chunk)) {
      for (const [b, b1] of corners(CONTEXTS, before)) {
        for (const [n, n1] of corners(BATCHES, sequences)) {
          for (const [k, k1] of corners(CONTEXTS, context)) time += c1 * b1 * n1 * k1 * this.measured(c, b, n, k)
        }
      }
    }
    return time
  }

  private measured(chunk: number, before: number, sequences: number, context: number): number {
    if (chunk === 0 && sequences === 0) return 0
    const shortest = sequences === 0 ? 0 : Math.max(context, 16)
    const key = keyOf(chunk, chunk === 0 ? 0 : before, sequences, shortest)
    const time = this.times.get(key)
    if (time === undefined) throw new Error(`no attention time for ${[chunk, before, sequences, context].join(', ')}`)
    return time
  }
}

function keyOf(chunk: number, before: number, sequences: number, context: number): number {
  return ((chunk * STRIDE + before) * 512 + sequences) * STRIDE + context
}

// The two measured neighbours of x and their weights; those without weight are left out.
function corners(axis: readonly number[], x: number): [number, number][] {
  let i = 0
  while (i < axis.length - 2 && (axis[i + 1] ?? 0) <= x) i++
  const [low, high] = [axis[i] ?? 0, axis[i + 1] ?? 0]
  const part = (x - low) / (high - low)
  const both: [number, number][] = [
    [low, 1 - part],
    [high, part],
  ]
  return both.filter(([, weight]) => weight !== 0)
}
