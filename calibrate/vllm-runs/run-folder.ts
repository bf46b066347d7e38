import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { findModel } from '../../src/model/index.ts'
import { type RequestTable, TICKS_PER_SECOND } from '../../src/serving/index.ts'
import { blockCount } from './block-count.ts'
import type { Deployment } from './deployment.ts'
import { KernelTables } from './kernel-tables.ts'

const TICKS_PER_MILLISECOND = TICKS_PER_SECOND / 1e3
const GIB = 2 ** 30
/** vLLM's default share of GPU memory. */
const UTILIZATION = 0.9

/** A benchmark run as its folder describes it. */
export interface Run {
  /** Hardware and model, the folder's name. */
  readonly name: string
  readonly deployment: Deployment
  readonly tables: KernelTables
  /** KV blocks of one GPU's engine: recorded, or computed from the memory. */
  readonly blocks: number
  readonly computedBlocks: number
  readonly requests: RequestTable
  /** Seconds per request; null where the results are held out. */
  readonly measured: Latencies | null
  /** The error of each figure that LLMServingSim reports for itself, as it prints it. */
  readonly peer: ReadonlyMap<string, string>
}

/** Seconds per request from its arrival on, TPOT per token after the first. */
export interface Latencies {
  readonly ttft: readonly number[]
  readonly tpot: readonly number[]
  readonly e2e: readonly number[]
}

interface Meta {
  readonly model: string
  readonly engine_kwargs: {
    readonly tensor_parallel_size: number
    readonly data_parallel_size: number
    readonly enable_expert_parallel: boolean
    readonly max_num_seqs: number
    readonly max_num_batched_tokens: number
  }
  readonly kv_cache?: { readonly num_gpu_blocks: number; readonly gpu_memory_utilization: number }
  readonly hardware?: { readonly device_total_memory_bytes: number }
}

interface SimulatorConfig {
  readonly link_bw: number
  readonly link_latency: number
  readonly nodes: readonly { readonly instances: readonly { readonly npu_mem: { readonly mem_size: number } }[] }[]
}

interface WorkloadRow {
  readonly arrival_ms: number
  readonly input_length: number
  readonly output_length: number
  readonly hash_ids: readonly number[]
}

interface ResultRow {
  readonly output_toks: number
  readonly queued_ts: number
  readonly first_token_ts: number
  readonly last_token_ts: number
}

/** Every run of `root`/vllm-groundtruth. */
export function readRuns(root: string): Run[] {
  const folder = join(root, 'vllm-groundtruth')
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'workload.jsonl')))
    .map((name) => readRun(folder, name))
}

function readRun(folder: string, name: string): Run {
  const meta = json<Meta>(join(folder, name, 'meta.json'))
  const config = json<SimulatorConfig>(join(folder, name, 'config.json'))
  const deployment = deploymentOf(meta, config)
  const memory =
    meta.hardware?.device_total_memory_bytes ?? GIB * (config.nodes[0]?.instances[0]?.npu_mem.mem_size ?? 0)
  const computedBlocks = blockCount(deployment, memory, meta.kv_cache?.gpu_memory_utilization ?? UTILIZATION)
  const hardware = name.slice(0, name.indexOf('_'))
  return {
    name,
    deployment,
    tables: new KernelTables(join(folder, 'profiles', hardware, meta.model, 'bf16'), deployment),
    blocks: meta.kv_cache?.num_gpu_blocks ?? computedBlocks,
    computedBlocks,
    requests: requestsOf(lines<WorkloadRow>(join(folder, name, 'workload.jsonl'))),
    measured: measuredOf(join(folder, name, 'requests.jsonl')),
    peer: peerErrors(join(folder, name, 'llmservingsim-summary.txt')),
  }
}

function deploymentOf({ model, engine_kwargs: engine }: Meta, config: SimulatorConfig): Deployment {
  return {
    // An instruction-tuned model has the shape of its base.
    arch: findModel(model.replace(/-Instruct-\d+$/, '')),
    tp: engine.tensor_parallel_size,
    dp: engine.data_parallel_size,
    isExpertParallel: engine.enable_expert_parallel,
    maxSequences: engine.max_num_seqs,
    tokenBudget: engine.max_num_batched_tokens,
    // GB/s to bytes per µs, ns to µs.
    link: { rate: config.link_bw * 1e3, latency: config.link_latency / 1e3 },
  }
}

function requestsOf(rows: readonly WorkloadRow[]): RequestTable {
  const start = new Float64Array(rows.length + 1)
  for (const [i, row] of rows.entries()) start[i + 1] = (start[i] ?? 0) + row.hash_ids.length
  return {
    count: rows.length,
    arrival: Float64Array.from(rows, (row) => Math.round(row.arrival_ms * TICKS_PER_MILLISECOND)),
    prompt: Int32Array.from(rows, (row) => row.input_length),
    output: Int32Array.from(rows, (row) => row.output_length),
    prefix: { blockTokens: 16, start, ids: Int32Array.from(rows.flatMap((row) => row.hash_ids)) },
  }
}

// The engine's own clock, from the moment it takes a request in, as the run's summary counts it.
function measuredOf(path: string): Latencies | null {
  if (!existsSync(path)) return null
  const rows = lines<ResultRow>(path)
  return {
    ttft: rows.map((row) => row.first_token_ts - row.queued_ts),
    tpot: rows.map((row) => (row.last_token_ts - row.first_token_ts) / (row.output_toks - 1)),
    e2e: rows.map((row) => row.last_token_ts - row.queued_ts),
  }
}

// Lines like "TTFT Mean   65456.6   65820.2   +0.6%".
function peerErrors(path: string): Map<string, string> {
  if (!existsSync(path)) return new Map()
  const found = readFileSync(path, 'utf8').matchAll(/^(TTFT|TPOT|Latency) (\w+)\s+[\d.]+\s+[\d.]+\s+(\S+)$/gm)
  return new Map([...found].map(([, quantity, figure, error]) => [`${quantity} ${figure}`, error ?? '']))
}

function json<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T
}

function lines<T>(path: string): T[] {
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T)
}
