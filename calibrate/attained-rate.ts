/**
 * What large matrix products reach on chips that have kernel timings: medians over shapes of the fastest kernel, in FLOP/s, for the
 * `attained` figures of catalog/chips. Usage: npx tsx calibrate/attained-rate.ts DIR CHIP…, where DIR holds kernels/<chip>/gemm.parquet.
 */
import { join } from 'node:path'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { quantile } from '../cli/validate/score.ts'

/** Shapes that fill every chip: rows, columns and inner dimension. */
const LEAST = { m: 2048, n: 4096, k: 4096 } as const
const MOST = { m: 16_384, n: 65_536, k: 65_536 } as const

async function main([folder, ...chips]: readonly string[]): Promise<void> {
  if (folder === undefined || chips.length === 0) throw new Error('usage: npx tsx calibrate/attained-rate.ts DIR CHIP…')
  for (const chip of chips) {
    for (const [dtype, rates] of await largeRates(folder, chip)) {
      process.stdout.write(`${chip} ${dtype} ${rates.length} shapes ${quantile(rates, 0.5).toPrecision(4)} FLOP/s\n`)
    }
  }
}

async function largeRates(folder: string, chip: string): Promise<Map<string, number[]>> {
  const file = await asyncBufferFromFile(join(folder, 'kernels', chip, 'gemm.parquet'))
  const best = new Map<string, Map<string, number>>()
  for (const row of await parquetReadObjects({ file, compressors })) {
    const [m, n, k] = (['m', 'n', 'k'] as const).map((name) => {
      const size = Number(row[name])
      return size >= LEAST[name] && size <= MOST[name] ? size : Number.NaN
    }) as [number, number, number]
    const rate = (2 * m * n * k) / (Number(row['latency']) / 1e3)
    if (Number.isNaN(rate)) continue
    const dtype = String(row['gemm_dtype'])
    const shapes = best.get(dtype) ?? new Map<string, number>()
    best.set(dtype, shapes)
    const shape = [m, n, k].join(' ')
    shapes.set(shape, Math.max(shapes.get(shape) ?? 0, rate))
  }
  return new Map([...best].map(([dtype, shapes]) => [dtype, [...shapes.values()]]))
}

await main(process.argv.slice(2))
