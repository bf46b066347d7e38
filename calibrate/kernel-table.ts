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
import { type TimedExperts, type TimedGemm, expertForm, gemmForm } from './kernel-form.ts'
import { round } from './residual-score.ts'

const CHIPS = ['h100-sxm', 'h200-sxm', 'b200-sxm', 'b300-sxm', 'a100-sxm']
/** Narrower matrices are routers and the like. */
const SMALL = 256
/** Prompt lengths that attention efficiency is read at. */
const LENGTHS = [512, 1024, 2048, 4096, 8192, 16_384]

type Row = Readonly<Record<string, unknown>>

async function table(folder: string, chip: string, operator: string): Promise<Row[]> {
  const file = await asyncBufferFromFile(join(folder, 'kernels', chip, `${operator}.parquet`))
  return parquetReadObjects({ file, compressors })
}

const number = (row: Row, column: string): number => Number(row[column])
const seconds = (row: Row): number => number(row, 'latency') / 1e3

/** One timing in so many is enough: the tables hold millions of shapes. */
const STRIDE = 47
const EXPERT_STRIDE = 5

/** Operand width of the formats that a chip multiplies natively. */
const BITS: Readonly<Record<string, 16 | 8 | 4>> = { bfloat16: 16, fp8: 8, fp8_block: 8, nvfp4: 4 }

function bitsOn(chip: string, dtype: string): 16 | 8 | 4 | undefined {
  const bits = BITS[dtype]
  const { rates } = machineOf(findChip(chip))
  const isNative =
    bits === 16 || (bits === 8 && rates.fp8.computedIn === 'fp8') || (bits === 4 && rates.fp4.computedIn === 'fp4')
  return isNative ? bits : undefined
}

/** The fastest kernel of any engine for each shape, which is what engines come to choose; one shape in `stride`. */
class Fastest<T extends { readonly seconds: number }> {
  private readonly found = new Map<string, T>()
  private readonly stride: number

  constructor(stride: number) {
    this.stride = stride
  }

  add(key: string, timing: T): void {
    if (hash(key) % this.stride !== 0) return
    const old = this.found.get(key)
    if (old === undefined || timing.seconds < old.seconds) this.found.set(key, timing)
  }

  all(): T[] {
    return [...this.found.keys()].sort().map((key) => this.found.get(key)!)
  }
}

// FNV-1a, so that the same shapes are taken everywhere.
function hash(text: string): number {
  let value = 0x811c9dc5
  for (const character of text) value = Math.imul(value ^ character.charCodeAt(0), 0x01000193) >>> 0
  return value
}

async function gemmTimings(folder: string): Promise<TimedGemm[]> {
  const fastest = new Fastest<TimedGemm>(STRIDE)
  for (const chip of CHIPS) {
    for (const row of await table(folder, chip, 'gemm')) {
      const dtype = String(row['gemm_dtype'])
      const bits = bitsOn(chip, dtype)
      const [rows, columns, inner] = [number(row, 'm'), number(row, 'n'), number(row, 'k')]
      if (bits === undefined || columns < SMALL || inner < SMALL) continue
      fastest.add([chip, dtype, rows, columns, inner].join(' '), {
        chip,
        bits,
        seconds: seconds(row),
        rows,
        columns,
        inner,
      })
    }
  }
  return fastest.all()
}

/** Balanced loads of models with many experts. */
async function expertTimings(folder: string): Promise<TimedExperts[]> {
  const fastest = new Fastest<TimedExperts>(EXPERT_STRIDE)
  for (const chip of CHIPS) {
    for (const row of await table(folder, chip, 'moe')) {
      const dtype = String(row['moe_dtype'])
      const bits = bitsOn(chip, dtype)
      const [experts, topk] = [number(row, 'num_experts'), number(row, 'topk')]
      if (bits === undefined || row['distribution'] !== 'balanced' || experts < 64 || topk < 4) continue
      const timing = {
        chip,
        bits,
        seconds: seconds(row),
        tokens: number(row, 'num_tokens'),
        hidden: number(row, 'hidden_size'),
        width: number(row, 'inter_size') / number(row, 'moe_tp_size'),
        topk,
        experts,
        ranks: number(row, 'moe_ep_size'),
      }
      const { seconds: _, ...shape } = timing
      fastest.add(`${dtype} ${Object.values(shape).join(' ')}`, timing)
    }
  }
  return fastest.all()
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

// Floors and streaming shares of kernels alone are fitted to deployments again, with the gaps between kernels.
function rounded(form: Readonly<Record<string, number>>): Record<string, number> {
  const kept = Object.entries(form).filter(([name]) => name !== 'floor' && name !== 'stream')
  return Object.fromEntries(kept.map(([name, value]) => [name, round(value)]))
}

async function main(folder: string): Promise<void> {
  const gemms = await gemmTimings(folder)
  const gemm = gemmForm(gemms)
  const expertRows = await expertTimings(folder)
  const experts = expertForm(expertRows)
  const attention = await attentionShares(folder)
  const { limit, half } = saturation(attention)
  const content = {
    source: 'ai-dynamo/aiconfigurator kernel timings (systems/data at 095f58a), vLLM, SGLang and TensorRT-LLM',
    chips: CHIPS,
    constants: {
      ...rounded(gemm.form),
      ...rounded(experts.form),
      cacheEfficiency: round(quantile(await cacheShares(folder), 0.5)),
      attentionEfficiency: round(limit),
      attentionHalfContext: round(half),
      collectiveLatency: round(quantile(await collectiveLatencies(folder), 0.5)),
    },
    rows: { gemm: gemms.length, experts: expertRows.length },
    meanError: { gemm: round(gemm.error), experts: round(experts.error) },
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
