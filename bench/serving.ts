import {
  type RequestTable,
  drawRequests,
  findChip,
  findModel,
  kernelConstants,
  machineOf,
  simulate,
  summary,
  tickTimer,
} from '../src/index.ts'
import { formatsFor } from '../src/model/index.ts'
import { parseMapping } from '../src/parallel/index.ts'
import { engineProfile } from '../src/step/index.ts'
import { timeRepeats } from './repeat.ts'
import type { BenchResult } from './result.ts'

// Quantiles of Azure's 2023 conversation trace (AzurePublicDataset, CC-BY 4.0, 19,366 requests; means 1,154.7 and 211.1 tokens).
const SHARES = [
  0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9,
  0.95, 0.98, 0.99, 0.995, 1,
]
const PROMPTS = [
  2, 29, 91, 181, 207, 372, 387, 396, 403, 414, 703, 984, 1020, 1045, 1071, 1097, 1130, 1189, 1315, 1876, 2734, 4083,
  4098, 4142, 4831, 14_050,
]
const OUTPUTS = [
  7, 16, 24, 41, 54, 67, 77, 85, 91, 96, 103, 113, 129, 151, 177, 217, 384, 395, 400, 411, 424, 451, 540, 601, 643,
  1000,
]
/** Chunks of 512, at most 512 sequences, 1 % of the blocks kept free. */
export const SETTINGS = {
  policy: 'vllm',
  maxSequences: 512,
  tokenBudget: 512,
  blocks: 28_000,
  blockSize: 16,
  watermark: 280,
} as const

const RATE = 6.45
const COUNT = 200_000

/**
 * Requests per second that one core simulates, all percentiles and integrals on: Llama 3.1 8B on one A100, conversation lengths,
 * Poisson arrivals, chunks of 512, at most 512 sequences.
 */
export function simulatedPerSecond(): BenchResult {
  const requests = conversation(COUNT)
  const timer = stepTable()
  const { median, least } = timeRepeats(() => void summary(simulate(requests, timer, SETTINGS)), 9, 3)
  return {
    name: 'serving.azure_conv.requests_per_s',
    value: (COUNT / median) * 1e3,
    unit: '1/s',
    best: (COUNT / least) * 1e3,
  }
}

export function conversation(count: number): RequestTable {
  return drawRequests(
    {
      arrivals: { kind: 'poisson', rate: RATE },
      prompt: { kind: 'quantiles', shares: SHARES, values: PROMPTS },
      output: { kind: 'quantiles', shares: SHARES, values: OUTPUTS },
    },
    count,
    1,
  )
}

export function stepTable(): ReturnType<typeof tickTimer> {
  const arch = findModel('llama3-8b')
  const machine = machineOf(findChip('a100-sxm'))
  const formats = { weights: formatsFor(arch, 'bf16'), cache: 'bf16' } as const
  const setting = {
    arch,
    machine,
    mapping: parseMapping({}, arch),
    formats,
    kernel: kernelConstants(),
    engine: engineProfile('vllm'),
  }
  return tickTimer(setting, 2048, 48)
}
