import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { declaredArch, findModel, kvBytesPerToken, paramCounts } from '../../src/model/index.ts'

const totals = fc
  .tuple(fc.double({ min: 6, max: 13, noNaN: true }), fc.double({ min: 0, max: 2, noNaN: true }))
  .map(([activeLog, ratioLog]) => {
    const activeParams = Math.round(10 ** activeLog)
    return { activeParams, totalParams: Math.round(activeParams * 10 ** ratioLog) }
  })

test('has exactly the declared totals, whatever they are', () => {
  fc.assert(
    fc.property(totals, ({ totalParams, activeParams }) => {
      const arch = declaredArch({ id: 'x', totalParams, activeParams })
      const counts = paramCounts(arch)
      expect(counts.total).toBe(totalParams)
      expect(counts.active).toBe(activeParams)
      for (const part of arch.extraParams) expect(part.params).toBeGreaterThan(0)
    }),
  )
})

test('little of a real-sized model is outside the described operators', () => {
  for (const [total, active] of [
    [70e9, 70e9],
    [236e9, 21e9],
    [671e9, 37e9],
    [1.2e12, 96.6e9],
  ] as const) {
    const { extra } = paramCounts(declaredArch({ id: 'x', totalParams: total, activeParams: active }))
    expect(extra / total).toBeLessThan(0.01)
  }
})

// A stand-in is no better than its proportions: caches of dense models come out within a factor of two of Llama's.
test('resembles the Llama models of its size', () => {
  for (const name of ['llama-3.1-8b', 'llama-3.1-70b', 'llama-3.1-405b']) {
    const real = findModel(name)
    const { total } = paramCounts(real)
    const standIn = declaredArch({ id: 'x', totalParams: total, activeParams: total })
    const ratio = kvBytesPerToken(standIn, 'bf16') / kvBytesPerToken(real, 'bf16')
    expect(ratio).toBeGreaterThan(0.5)
    expect(ratio).toBeLessThan(2)
  }
})

test.each([
  ['totalParams', { totalParams: Number.NaN, activeParams: 1e9 }],
  ['totalParams', { totalParams: 12, activeParams: 12 }],
  ['activeParams', { totalParams: 1e9, activeParams: 2e9 }],
  ['activeParams', { totalParams: 1e9, activeParams: 0 }],
])('refuses an impossible %s', (field, counts) => {
  expect(() => declaredArch({ id: 'x', ...counts })).toThrow(field)
})
