import { type RequestTable, findChip, findModel, kernelConstants, machineOf, tickTimer } from '../src/index.ts'
import { formatsFor } from '../src/model/index.ts'
import { parseMapping } from '../src/parallel/index.ts'
import { drawLengths, rng, simulateFleet, summary } from '../src/serving/index.ts'
import { engineProfile } from '../src/step/index.ts'
import { timeRepeats } from './repeat.ts'
import type { BenchResult } from './result.ts'

// Mooncake's conversation trace (Qin et al., FAST 2025, Apache-2.0): 12,031 requests in 3,537 s, arrivals every 3 s, quantiles of the
// lengths; 4,658 requests begin with more than the first block, which all share, of an earlier one, and 37 % of all blocks come again.
const COUNT = 12_031
const SPAN_SECONDS = 3537
const TICK_SECONDS = 3
const FOLLOWING = 4658 / 12_031
const BLOCK_TOKENS = 512
const SHARES = [0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 1]
const PROMPTS = [
  891, 894, 901, 964, 1662, 3263, 4993, 6909, 9570, 13_196, 17_869, 27_367, 39_552, 85_401, 121_301, 126_195,
]
const OUTPUTS = [1, 3, 10, 24, 100, 213, 291, 350, 399, 447, 504, 597, 698, 1120, 2000, 2000]
/** Requests among which a follow-up finds the one it follows. */
const RECENT = 600
const CHOICES = 8

const TICKS = 32e9

/**
 * Requests per second that one core routes and serves: a load like Mooncake's conversation trace on eight replicas of Llama 3.1 70B
 * (four H100 each) with prefix caches, percentiles and integrals on; behind a router that looks at load, and behind one that
 * also remembers what it sent where.
 */
export function mooncakePerSecond(): BenchResult[] {
  const table = mooncakeLike()
  const timer = stepTable()
  return (['least-loaded', 'cache-aware'] as const).map((router) => {
    const fleet = { replicas: 8, router, timer, settings: FLEET_SETTINGS }
    const { median, least } = timeRepeats(() => void summary(simulateFleet({ kind: 'requests', table }, fleet)), 9, 3)
    const name = router === 'least-loaded' ? 'serving.mooncake' : 'serving.mooncake_cache_aware'
    return { name: `${name}.requests_per_s`, value: (COUNT / median) * 1e3, unit: '1/s', best: (COUNT / least) * 1e3 }
  })
}

const FLEET_SETTINGS = {
  policy: 'vllm',
  maxSequences: 512,
  tokenBudget: 8192,
  blocks: 40_000,
  blockSize: 16,
  watermark: 0,
} as const

/** Lengths as in the trace (block hits 33 %, the trace's 37 %); a follow-up begins with as many blocks of an earlier request as its own prompt has room for. */
export function mooncakeLike(): RequestTable {
  const random = rng(1, 'mooncake')
  const lengths = (values: readonly number[]): Int32Array =>
    drawLengths({ kind: 'quantiles', shares: SHARES, values }, COUNT, random)
  const prompt = lengths(PROMPTS)
  const output = lengths(OUTPUTS)
  const uniform = drawLengths({ kind: 'uniform', low: 1, high: 2 ** 20 }, (CHOICES + 1) * COUNT, random)
  const arrival = new Float64Array(COUNT)
  const start = new Float64Array(COUNT + 1)
  const ids: number[] = []
  let fresh = 1
  for (let row = 0; row < COUNT; row++) {
    arrival[row] = Math.floor((row * SPAN_SECONDS) / COUNT / TICK_SECONDS) * TICK_SECONDS * TICKS
    const units = Math.floor((prompt[row] ?? 0) / BLOCK_TOKENS)
    const follows = (uniform[(CHOICES + 1) * row] ?? 0) / 2 ** 20 < FOLLOWING && row > 0
    const other = followed({ start, row, units }, uniform)
    const from = start[other] ?? 0
    const shared = follows ? Math.min(units, (start[other + 1] ?? 0) - from) : Math.min(units, 1)
    for (let i = 0; i < units; i++) ids.push(i < shared ? (follows ? (ids[from + i] ?? 0) : 0) : fresh++)
    start[row + 1] = ids.length
  }
  return {
    count: COUNT,
    arrival,
    prompt,
    output,
    prefix: { blockTokens: BLOCK_TOKENS, start, ids: Int32Array.from(ids) },
  }
}

interface Follower {
  readonly start: Float64Array
  readonly row: number
  readonly units: number
}

// Of some recent requests the one whose blocks fill most of this one's prompt.
function followed({ start, row, units }: Follower, uniform: Int32Array): number {
  let best = Math.max(0, row - 1)
  let most = -1
  for (let i = 1; i <= CHOICES; i++) {
    const back = Math.floor(((uniform[(CHOICES + 1) * row + i] ?? 0) / 2 ** 20) * RECENT)
    const other = Math.max(0, row - 1 - back)
    const shared = Math.min(units, (start[other + 1] ?? 0) - (start[other] ?? 0))
    if (shared <= most) continue
    best = other
    most = shared
  }
  return best
}

function stepTable(): ReturnType<typeof tickTimer> {
  const arch = findModel('llama3-70b')
  const setting = {
    arch,
    machine: machineOf(findChip('h100-sxm')),
    mapping: parseMapping({ tp: 4 }, arch),
    formats: { weights: formatsFor(arch, 'bf16'), cache: 'bf16' } as const,
    kernel: kernelConstants(),
    engine: engineProfile('vllm'),
  }
  return tickTimer(setting, { mostTokens: 8192 + 512, batch: 64, mostDecoding: 512 })
}
