import { describe, expect, it } from 'vitest'
import {
  type Comparison,
  PincerError,
  compare,
  isKnown,
  operatingPoints,
  parseScenario,
  predict,
  valueOf,
} from '../../src/index.ts'

const comparison: Comparison = compare()

describe('compare', () => {
  it('is the 2 × 2 of the DeepSeek pair on a GPU and on two SRAM machines', () => {
    expect(comparison.cells.map(({ arm, machine }) => `${arm} ${machine}`)).toEqual([
      'dense hbm',
      'dense sram',
      'dense sram',
      'sparse hbm',
      'sparse sram',
      'sparse sram',
    ])
    expect(comparison.baseline).toBe(0)
  })

  it('relates everything to the dense model on the GPU', () => {
    const own = comparison.relative[comparison.baseline]!
    expect(own.cheapest.perUser).toBe(1)
    expect(own.cheapest.costPerToken?.value).toBe(1)
    expect(own.fast.trainingChipHours).toBe(1)
    for (const [i, cell] of comparison.cells.entries()) {
      const point = cell.cheapest
      if ('unreachable' in point) continue
      const base = comparison.cells[0]!.cheapest
      if ('unreachable' in base) throw new Error('no baseline')
      expect(comparison.relative[i]!.cheapest.perUser).toBeCloseTo(
        point.throughput.perUser.value / base.throughput.perUser.value,
        9,
      )
    }
  })

  it('never asks a fast point for less than the user speed, and never makes it cheaper per token than the cheapest', () => {
    for (const { cheapest, fast } of comparison.cells) {
      if ('unreachable' in fast || 'unreachable' in cheapest) continue
      expect(fast.throughput.perUser.value).toBeGreaterThanOrEqual(comparison.userSpeed)
      expect(fast.throughput.outputPerChip.value).toBeLessThanOrEqual(cheapest.throughput.outputPerChip.value)
    }
  })

  it('prints numbers that `predict` gives for the same question', () => {
    const point = comparison.cells[3]!.cheapest
    if ('unreachable' in point) throw new Error('no point')
    const mapping = { dp: 8, moeEp: 8 }
    const again = predict({
      model: 'deepseek-v2',
      chip: 'h100',
      precision: 'fp8',
      cacheFormat: 'fp8',
      mapping,
      workload: point.workload,
    })
    expect(again.layout).toBe(point.layout)
    expect(again.tpot).toEqual(point.tpot)
    expect(again.cost).toEqual(point.cost)
  })

  it('holds V2 in FP8 on 3 H100, 6 wafers and about a thousand LPUs', () => {
    expect(comparison.cells.slice(3).map(({ machinesToHold }) => machinesToHold)).toEqual([3, 6, 1030])
  })

  it('takes prices from the caller', () => {
    const cheap = compare({
      prices: new Map([['cerebras-wse3', 1]]),
      models: ['deepseek-v2'],
      chips: ['cerebras-wse3'],
    })
    const [cell] = cheap.cells
    if (cell === undefined || 'unreachable' in cell.cheapest) throw new Error('no point')
    const { chipHour } = cell.cheapest.cost
    expect(isKnown(chipHour) && chipHour.value).toBe(1)
  })

  it('refuses unknown names and empty lists', () => {
    expect(() => compare({ models: ['deepseek-v9000x'] })).toThrow(PincerError)
    expect(() => compare({ chips: ['h100', 'abacus'] })).toThrow(PincerError)
    expect(() => compare({ models: [] })).toThrow(PincerError)
    expect(() => compare({ chips: [] })).toThrow(PincerError)
  })
})

describe('operatingPoints', () => {
  it('says how fast the fastest is when the user speed is out of reach', () => {
    const { fast } = operatingPoints(parseScenario({ model: 'llama3-405b', chip: 'h100', precision: 'fp8' }), 10_000)
    expect('unreachable' in fast && fast.unreachable).toMatch(/the fastest gives/)
  })

  it('finds a point at least as good as any single deployment tried by hand', () => {
    const base = { model: 'llama3-70b', chip: 'h100', precision: 'fp8', cacheFormat: 'fp8' }
    const { cheapest } = operatingPoints(parseScenario({ ...base, workload: 'chat' }), 50)
    if ('unreachable' in cheapest) throw new Error('no point')
    for (const concurrency of [1, 16, 64]) {
      const one = predict({ ...base, mapping: { tp: 4 }, workload: { concurrency } })
      expect(one.throughput.outputPerChip.value).toBeLessThanOrEqual(cheapest.throughput.outputPerChip.value * 1.03)
    }
    expect(valueOf(cheapest.cost.perMtokOutput)).toBeGreaterThan(0)
  })
})
