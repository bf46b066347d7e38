/**
 * Large-shape efficiencies of kernels from public timing tables, written to catalog/fits/kernel-table.json.
 * Usage: npx tsx calibrate/kernel-table.ts DIR, where DIR holds kernels/<chip>/<operator>.parquet. Same data, same bytes.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { quantile } from '../cli/validate/score.ts'
import { findChip } from '../src/catalog/index.ts'
import { machineOf } from '../src/kernel/index.ts'
import { round } from './residual.ts'

const CHIPS = ['h100-sxm', 'h200-sxm', 'b200-sxm', 'b300-sxm', 'a100-sxm']
const BIG = 2048
/** Prompt lengths that attention efficiency is read at. */
const LENGTHS = [512, 1024, 2048, 4096, 8192, 16_384]

type Row = Readonly<Record<string, unknown>>

async function table(folder: string, chip: string, operator: string): Promise<Row[]> {
  const file = await asyncBufferFromFile(join(folder, 'kernels', chip, `${operator}.parquet`))
  return parquetReadObjects({ file, compressors })
}

const number = (row: Row, column: string): number => Number(row[column])
const seconds = (row: Row): number => number(row, 'latency') / 1e3

interface GemmShares {
  readonly wide: number[]
  readonly eight: number[]
  readonly four: number[]
}

/** Share of the dense peak that large GEMMs reach, by operand width. */
async function gemmShares(folder: string): Promise<GemmShares> {
  const shares: GemmShares = { wide: [], eight: [], four: [] }
  for (const chip of CHIPS) {
    const { rates } = machineOf(findChip(chip))
    for (const row of await table(folder, chip, 'gemm')) {
      const [m, n, k] = [number(row, 'm'), number(row, 'n'), number(row, 'k')]
      if (m < 2 * BIG || n < BIG || k < BIG) continue
      const flops = (2 * m * n * k) / seconds(row)
      const dtype = String(row['gemm_dtype'])
      if (dtype === 'bfloat16') shares.wide.push(flops / rates.bf16.flops)
      else if (dtype.startsWith('fp8') && rates.fp8.computedIn === 'fp8') shares.eight.push(flops / rates.fp8.flops)
      else if (dtype === 'nvfp4' && rates.fp4.computedIn === 'fp4') shares.four.push(flops / rates.fp4.flops)
    }
  }
  return shares
}

/** Share of bandwidth that decode attention reaches when it reads more than a gigabyte of cache. */
async function cacheShares(folder: string): Promise<number[]> {
  const shares: number[] = []
  for (const chip of CHIPS) {
    const { memoryRate } = machineOf(findChip(chip))
    for (const row of await table(folder, chip, 'generation_attention')) {
      if (number(row, 'window_size') > 0 || row['kv_cache_dtype'] !== 'bfloat16') continue
      const values = 2 * number(row, 'num_key_value_heads') * number(row, 'head_dim')
      const bytes = number(row, 'batch_size') * number(row, 'step') * values * 2
      if (bytes > 1e9) shares.push(bytes / seconds(row) / memoryRate)
    }
  }
  return shares
}

/** Median share of the 16-bit peak of causal prefill attention at each prompt length, with enough heads to fill the chip. */
async function attentionShares(folder: string): Promise<Map<number, number>> {
  const shares = new Map<number, number[]>(LENGTHS.map((length) => [length, []]))
  for (const chip of CHIPS) {
    const { rates } = machineOf(findChip(chip))
    for (const row of await table(folder, chip, 'context_attention')) {
      const [batch, length, heads, dim] = [
        number(row, 'batch_size'),
        number(row, 'isl'),
        number(row, 'num_heads'),
        number(row, 'head_dim'),
      ]
      const isPlain = number(row, 'window_size') === 0 && number(row, 'step') === 0 && row['attn_dtype'] === 'bfloat16'
      if (!isPlain || dim !== 128 || batch * heads < 64) continue
      const flops = 2 * batch * heads * dim * length * length
      shares.get(length)?.push(flops / seconds(row) / rates.bf16.flops)
    }
  }
  return new Map([...shares].map(([length, values]) => [length, quantile(values, 0.5)]))
}

/** 1/share = (1 + half/keys)/limit, a line in 1/keys; keys = half the prompt. Least squares on the medians. */
function saturation(shares: ReadonlyMap<number, number>): { limit: number; half: number } {
  const points = [...shares].map(([length, share]) => ({ x: 2 / length, y: 1 / share }))
  const mean = (pick: (point: { x: number; y: number }) => number): number =>
    points.reduce((sum, point) => sum + pick(point), 0) / points.length
  const [x, y] = [mean((p) => p.x), mean((p) => p.y)]
  const slope =
    points.reduce((sum, p) => sum + (p.x - x) * (p.y - y), 0) / points.reduce((sum, p) => sum + (p.x - x) ** 2, 0)
  const intercept = y - slope * x
  return { limit: 1 / intercept, half: slope / intercept }
}

/** Seconds of an all-reduce of a thousand values among eight GPUs, over the three doublings of ranks. */
async function collectiveLatencies(folder: string): Promise<number[]> {
  const latencies: number[] = []
  for (const chip of CHIPS) {
    for (const row of await table(folder, chip, 'custom_allreduce')) {
      const isSmall = number(row, 'num_gpus') === 8 && number(row, 'message_size') <= 1024
      // Eager timings include the host's launch, which graphs hide.
      if (isSmall && !String(row['backend']).includes('eager')) latencies.push(seconds(row) / 3)
    }
  }
  return latencies
}

async function main(folder: string): Promise<void> {
  const gemm = await gemmShares(folder)
  const attention = await attentionShares(folder)
  const { limit, half } = saturation(attention)
  const wide = quantile(gemm.wide, 0.5)
  const content = {
    source: 'ai-dynamo/aiconfigurator kernel timings (systems/data at 095f58a), vLLM, SGLang and TensorRT-LLM',
    chips: CHIPS,
    constants: {
      matrixEfficiency: round(wide),
      eightBitEfficiency: round(quantile(gemm.eight, 0.5) / wide),
      fourBitEfficiency: round(quantile(gemm.four, 0.5) / wide),
      cacheEfficiency: round(quantile(await cacheShares(folder), 0.5)),
      attentionEfficiency: round(limit),
      attentionHalfContext: round(half),
      collectiveLatency: round(quantile(await collectiveLatencies(folder), 0.5)),
    },
    rows: { wide: gemm.wide.length, eightBit: gemm.eight.length, fourBit: gemm.four.length },
    attentionShareByPromptLength: Object.fromEntries([...attention].map(([length, share]) => [length, round(share)])),
  }
  writeFileSync(
    new URL('../catalog/fits/kernel-table.json', import.meta.url),
    `${JSON.stringify(content, undefined, 2)}\n`,
  )
}

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('usage: npx tsx calibrate/kernel-table.ts DIR')
await main(folder)
