import { describe, expect, test } from 'vitest'
import { findChip, findPrice, isKnown } from '../../src/catalog/index.ts'
import { fewestMachines, machineConstants, placement } from '../../src/dataflow/index.ts'
import { chipHourCost, costPerMtok, defaultChipHour } from '../../src/economics/index.ts'
import { energyUse } from '../../src/energy/index.ts'
import { findModel, formatsFor, weightBytes } from '../../src/model/index.ts'
import { predict } from '../../src/predict/index.ts'
import { compare } from '../../src/search/index.ts'
import { expectNear } from './near.ts'

describe('machines that hold a model', () => {
  // 236 B parameters at half a byte, one and two over the published capacities (230 MB, 500 MB, 44 GB, 2 GB). Exact.
  test.each([
    ['groq-lpu-v1', 514, 1027, 2053],
    ['groq3-lp30', 236, 472, 944],
    ['cerebras-wse3', 3, 6, 11],
    ['dmatrix-corsair', 59, 118, 236],
  ])('DeepSeek-V2 on %s: %d in four bits, %d in eight, %d in sixteen', (chip, four, eight, sixteen) => {
    const machines = [0.5, 1, 2].map((bytes) => fewestMachines(findChip(chip), bytes * 236e9))
    expect(machines).toEqual([four, eight, sixteen])
  })

  // What real formats add: block scales, and 16-bit embeddings, norms and routers: 0.4 %. Pincer's own count.
  test('DeepSeek-V2 in FP8 with scales and 16-bit embeddings: 1,030 LPUs, still 6 wafers', () => {
    const arch = findModel('deepseek-v2')
    const bytes = weightBytes(arch, formatsFor(arch, 'fp8'))
    expectNear(bytes, 236e9, 0.005)
    expect(fewestMachines(findChip('groq-lpu-v1'), bytes)).toBe(1030)
    expect(fewestMachines(findChip('cerebras-wse3'), bytes)).toBe(6)
  })

  // Cerebras, inference launch 2024-08: 70B models in 16 bits "fit on as few as four systems". Exact.
  test('Llama 70B in 16 bits fits four WSE-3', () => {
    const arch = findModel('llama3-70b')
    expect(fewestMachines(findChip('cerebras-wse3'), weightBytes(arch, formatsFor(arch, 'bf16')))).toBe(4)
  })

  // SemiAnalysis (tokenomics.info/cerebras): 60 GB of weights and 1.78 TB of KV cache need 42 WSE-3. Exact.
  test('gpt-oss-120B with its KV cache at 96.3k tokens takes 42 WSE-3', () => {
    expect(fewestMachines(findChip('cerebras-wse3'), 60e9, 1.78e12)).toBe(42)
  })
})

describe('SHIP (Bitar et al., MLSys 2026)', () => {
  // 576 LPUs × 230 MB = 132 GB, of which 63 GB are weights of gpt-oss-120B and 69.7 GB are left. Tolerance 5 %: the
  // paper's weights are 63 GB, the published checkpoint has 65.
  test('gpt-oss-120B on 576 LPUs leaves 69.7 GB of 132 GB for the KV cache', () => {
    const place = placement(findModel('gpt-oss-120b'), findChip('groq-lpu-v1'), { chips: 576 })
    expectNear(place.weightBytes + place.freeBytes + place.kvBytesPerUser, 132e9, 0.005)
    expectNear(place.freeBytes + place.kvBytesPerUser, 69.7e9, 0.05)
  })

  // Qwen3-235B-A22B on tensor 16 × pipeline 95. Exact.
  test('Qwen3-235B on 1,520 LPUs is tensor 16 × pipeline 95', () => {
    const { tp, pp } = placement(findModel('qwen3-235b-a22b'), findChip('groq-lpu-v1'), { chips: 1520, context: 3000 })
    expect([tp, pp]).toEqual([16, 95])
  })

  // 388 W per LPU at system level: 590 kW for 1,520, 223 kW for 576. Tolerance 0.3 % (rounded).
  test.each([
    [1520, 590e3],
    [576, 223e3],
  ])('%d LPUs draw %d W', (chips, watts) => {
    const use = energyUse({ chip: findChip('groq-lpu-v1'), chips, busy: 1 })
    if ('unknown' in use) throw new Error(use.unknown)
    expectNear(use.server.central, watts, 0.003)
  })

  // 10,616 TB/s over 576 LPUs: 18.4 TB/s each, 23 % of the headline. Tolerance 1 %.
  test('an LPU streams weights at 18.4 TB/s of its 80', () => {
    const { bandwidth } = findChip('groq-lpu-v1').memory[0]!
    if (!isKnown(bandwidth)) throw new Error(bandwidth.unknown)
    expectNear(bandwidth.value * machineConstants('groq-lpu-v1').movementShare.value, 10_616e12 / 576, 0.01)
  })
})

describe('money on wafers', () => {
  // SemiAnalysis: $41.96 per WSE-3 hour against $1.95 per owned B200 hour, "21.5 B200-hours". Tolerance: the rounding.
  test('a WSE-3 hour costs as much as 21.5 B200 hours', () => {
    const [wafer, gpu] = ['cerebras-wse3', 'b200-sxm'].map((id) => {
      const input = defaultChipHour(id)
      if ('unknown' in input) throw new Error(input.unknown)
      const cost = chipHourCost(input)
      if ('unknown' in cost) throw new Error(cost.unknown)
      return cost.total.central
    }) as [number, number]
    expect(wafer / gpu).toBeCloseTo(21.5, 1)
    expect(wafer).toBe(findPrice({ category: 'tco_per_chip_hour', subject: 'cerebras-wse3' }).value)
  })

  // Six wafers at $41.96 are $252 an hour; 15 % of the $0.089 that 50,000 tokens/s on eight H800 at $2 cost asks for
  // 5.2 M tokens/s. Tolerance 1 % (rounded).
  test('six wafers must make 5.2 M tokens/s to cost 15 % of eight H800', () => {
    const gpu = costPerMtok({ usdPerHour: 8 * 2, tokensPerSecond: 50_000 })
    const wafers = costPerMtok({ usdPerHour: 6 * 41.96, tokensPerSecond: 5.2e6 })
    expectNear(6 * 41.96, 252, 0.002)
    expectNear(wafers, 0.15 * gpu, 0.01)
  })

  // Dense peak of six wafers, 20.2 PFLOP/s each, over 2 × 21 B FLOPs per token: 2.9 M tokens/s, so that 5.2 M are out of reach.
  test('no prediction for DeepSeek-V2 exceeds 20.2 PFLOP/s per wafer over 42 GFLOP per token', () => {
    const { cells } = compare({ models: ['deepseek-67b', 'deepseek-v2'], chips: ['h100-sxm', 'cerebras-wse3'] })
    const wafers = cells.find(({ arm, machine }) => arm === 'sparse' && machine === 'sram')!
    if ('unreachable' in wafers.cheapest) throw new Error(wafers.cheapest.unreachable)
    expect(6 * wafers.cheapest.throughput.outputPerChip.value).toBeLessThan(2.9e6)
  })
})

describe('speeds of wafers', () => {
  // Cerebras at launch (2024-08): 450 tokens/s for Llama 3.1 70B and 1,800 for 8B, one user, 16 bits. The 90 % band.
  test.each([
    ['llama3.1-70b', 450],
    ['llama3.1-8b', 1800],
  ])('%s runs at %d tokens/s for one user', (model, speed) => {
    const workload = { isl: 1024, osl: 1024, concurrency: 1, spread: 1 }
    const { perUser } = predict({ model, chip: 'cerebras-wse3', precision: 'bf16', workload }).throughput
    expect(speed).toBeGreaterThan(perUser.lo)
    expect(speed).toBeLessThan(perUser.hi)
  })
})
