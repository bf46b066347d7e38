import { csvRows } from './line.ts'

const CHUNKS = [0, 16, 32, 64, 128, 256, 512, 1024, 2048]
const BATCHES = [2, 4, 8, 16, 32, 64, 128, 256]

/** A batch whose decoding sequences have different contexts (tokens), beside the first chunk of a prompt. */
export interface SkewedBatch {
  readonly chunk: number
  readonly sequences: number
  readonly shortest: number
  readonly mean: number
  readonly longest: number
}

/**
 * How much of the way from its time at the mean context to its time at the longest one attention takes when contexts differ: the
 * profile's fit, by buckets. Where the profile did not measure it (`enabled: false` in its meta.yaml) it is 0.
 */
export class SkewTable {
  private readonly shares = new Map<string, number>()
  private readonly otherwise: number

  constructor(path: string, meta: SkewMeta) {
    this.otherwise = meta.otherwise
    if (!meta.isMeasured) return
    for (const row of csvRows(path)) {
      const key = [row['pc'], row['n_label'], row['skew_rate_label'], row['kv_big_label'], row['kp_label']].join(' ')
      this.shares.set(key, Number(row['alpha']))
    }
  }

  share(batch: SkewedBatch): number {
    const { chunk, sequences, shortest, mean, longest } = batch
    if (sequences < 2 || longest <= shortest) return 0
    const rate = (mean - shortest) / (longest - shortest)
    const key = [
      CHUNKS.reduce((a, b) => (Math.abs(b - chunk) < Math.abs(a - chunk) ? b : a)),
      `n<=${BATCHES.find((n) => sequences <= n) ?? 256}`,
      label(rate, [0.05, 0.15, 0.4, 0.7], ['sr<=5%', 'sr<=15%', 'sr<=40%', 'sr<=70%', 'sr>70%']),
      label(longest, [1024, 4096, 16_384], ['kvB<=1k', 'kvB<=4k', 'kvB<=16k', 'kvB>16k']),
      'kp=0',
    ].join(' ')
    return this.shares.get(key) ?? this.otherwise
  }
}

export interface SkewMeta {
  readonly isMeasured: boolean
  /** Share where no bucket fits. */
  readonly otherwise: number
}

/** What a profile's meta.yaml says of its skew fit for `tp` GPUs. */
export function skewMeta(yaml: string, tp: number): SkewMeta {
  const fit = yaml.slice(yaml.indexOf('\nskew_fit:'))
  if (!/^\s*enabled: true/m.test(fit)) return { isMeasured: false, otherwise: 0 }
  const ofTp = fit.slice(fit.indexOf(`\n    ${tp}:`))
  return { isMeasured: true, otherwise: Number(/alpha_default: ([\d.]+)/.exec(ofTp)?.[1] ?? 0) }
}

function label(x: number, edges: readonly number[], names: readonly string[]): string {
  const i = edges.findIndex((edge) => x <= edge)
  return names[i < 0 ? edges.length : i] ?? ''
}
