import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { accuracyPictures } from '../../calibrate/accuracy-picture.ts'
import { TIER_SCHEMES, rowRegime } from '../../calibrate/band-file.ts'
import { type ResidualRow, readResiduals } from '../../calibrate/residual-table.ts'
import { servingSpread } from '../../src/predict/band.ts'
import { ROOT } from '../cli/harness.ts'

const rows = readResiduals()

/** Share of rows whose measured value lies in the band that predictions of their regime carry. */
function coverage(
  some: readonly ResidualRow[],
  quantity: 'tpot' | 'ttft',
  tier: 'measured-like' | 'interpolated' | 'transferred',
  level: 'inner' | 'outer',
): number {
  const inside = some.flatMap((row) => {
    const { lo, hi } = servingSpread(quantity, tier, rowRegime(row), 'NVIDIA')[level]
    return TIER_SCHEMES[tier].map((scheme) => lo <= row[quantity][scheme] && row[quantity][scheme] <= hi)
  })
  return inside.filter(Boolean).length / inside.length
}

const PARTS: readonly (readonly [string, (row: ResidualRow) => string, number])[] = [
  ['all', () => 'all', 0.05],
  ['engine', ({ label }) => label.engine, 0.05],
  ['mode', ({ label }) => label.mode, 0.05],
  ['chip', ({ label }) => label.chip, 0.07],
]

describe('bands of predictions', () => {
  it.each(PARTS)('hold residuals about as often as they say, having seen them: %s', (_, key, slack) => {
    for (const name of new Set(rows.map(key))) {
      const own = rows.filter((row) => key(row) === name)
      for (const quantity of ['tpot', 'ttft'] as const) {
        for (const [level, share] of [
          ['inner', 0.8],
          ['outer', 0.9],
        ] as const) {
          const found = coverage(own, quantity, 'interpolated', level)
          expect(Math.abs(found - share), `${name} ${quantity} ${level}: ${found}`).toBeLessThan(slack)
        }
      }
    }
  })

  it.each(['measured-like', 'transferred'] as const)('of the tier %s hold in all', (tier) => {
    for (const quantity of ['tpot', 'ttft'] as const) {
      expect(Math.abs(coverage(rows, quantity, tier, 'inner') - 0.8)).toBeLessThan(0.04)
      expect(Math.abs(coverage(rows, quantity, tier, 'outer') - 0.9)).toBeLessThan(0.04)
    }
  })

  it('are wider from tier to tier, in the median over rows', () => {
    const width = (tier: 'interpolated' | 'transferred' | 'first-principles', row: ResidualRow): number => {
      const { lo, hi } = servingSpread('tpot', tier, rowRegime(row), 'NVIDIA').outer
      return Math.log(hi / lo)
    }
    const median = (tier: 'interpolated' | 'transferred' | 'first-principles'): number =>
      rows.map((row) => width(tier, row)).toSorted((a, b) => a - b)[Math.floor(rows.length / 2)]!
    expect(median('transferred')).toBeGreaterThan(0.95 * median('interpolated'))
    expect(median('first-principles')).toBeCloseTo(2 * median('transferred'), 6)
  })

  it('contain the predicted value, and the inner one lies in the outer', () => {
    for (const row of rows) {
      for (const tier of ['measured-like', 'interpolated', 'transferred', 'first-principles'] as const) {
        const { inner, outer } = servingSpread('ttft', tier, rowRegime(row), 'AMD')
        expect(outer.lo).toBeLessThanOrEqual(inner.lo)
        expect(inner.lo).toBeLessThanOrEqual(1)
        expect(inner.hi).toBeGreaterThanOrEqual(1)
        expect(outer.hi).toBeGreaterThanOrEqual(inner.hi)
      }
    }
  })
})

describe('docs/accuracy.md', () => {
  const page = readFileSync(join(ROOT, 'docs/accuracy.md'), 'utf8')

  it('is of the residuals at hand', () => {
    expect(page).toContain(`${rows.length} benchmark rows, ${rows.filter(({ isFitted }) => isFitted).length} of them`)
  })

  it('shows the pictures that they make', () => {
    for (const { name, svg } of accuracyPictures(rows)) {
      expect(page).toContain(`pictures/${name}.svg`)
      expect(readFileSync(join(ROOT, `docs/pictures/${name}.svg`), 'utf8')).toBe(svg)
    }
  })
})
