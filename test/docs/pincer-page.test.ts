import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { NEAR, SPARSE, denseLike, trioOf } from '../../scripts/pincer/arm.ts'
import { modelSection, partnerTable } from '../../scripts/pincer/arm-table.ts'
import { contextRows, contextTable, rowOf, speedCrossings, speedTable } from '../../scripts/pincer/condition.ts'
import { USER_SPEED, YARDSTICK, costOf, faceOffs, worth } from '../../scripts/pincer/face-off.ts'
import { armOf, costAt } from '../../scripts/pincer/frontier.ts'
import { parseScenario } from '../../src/predict/index.ts'
import { solve } from '../../src/solve/index.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/pincer.md'), 'utf8')

/** What is printed anew: all machines for one model, who stands against whom, and two of the conditions. */
const SAMPLE = 'mixtral-8x7b'

describe('docs/pincer.md', () => {
  it('has the tables that the engine prints today (npm run pincer-page)', { timeout: 60_000 }, () => {
    const trio = trioOf(SAMPLE)
    expect(page).toContain(modelSection(trio, faceOffs(trio)).trimEnd())
    expect(page).toContain(partnerTable(SPARSE.map(trioOf)))
    expect(page).toContain(contextTable(contextRows(trioOf(SPARSE[0]!))))
    const [, , row] = speedTable([trio], speedCrossings([trio])).split('\n')
    expect(page).toContain(row)
  })

  it('has every sparse model on every machine', () => {
    for (const id of SPARSE) expect(page).toContain(`### ${trioOf(id).arch.name}\n`)
    expect(page).not.toMatch(/NaN|undefined|Infinity/)
  })
})

describe('dense partners', () => {
  it.each(SPARSE)('%s: as large as its active and its total parameters, from the catalog where one is near', (id) => {
    const { active, total, likeActive, likeTotal } = trioOf(id)
    for (const [partner, wanted] of [
      [likeActive, active],
      [likeTotal, total],
    ] as const) {
      expect(Math.abs(partner.params / wanted - 1)).toBeLessThan(partner.isScaled ? 0.02 : NEAR)
      expect(partner.isScaled).toBe(typeof partner.model === 'object')
    }
  })

  it('is scaled where the catalog has none, and says so', () => {
    const partner = denseLike(1e12)
    expect(partner.isScaled).toBe(true)
    expect(partner.name).toContain('own')
    expect(denseLike(70.6e9)).toMatchObject({ isScaled: false })
  })
})

describe('break-evens', () => {
  it('of price are what solve finds', () => {
    const chip = 'dmatrix-corsair'
    const rows = faceOffs(trioOf(SAMPLE), [YARDSTICK, chip])
    const most = worth(rowOf(rows, chip), costOf(rowOf(rows, YARDSTICK).cell, 'fast')!, 'fast')!
    const scenario = (id: string): ReturnType<typeof parseScenario> =>
      parseScenario({ model: SAMPLE, chip: id, precision: 'fp8', cacheFormat: 'fp8' })
    const { crossings } = solve({
      scenario: scenario(chip),
      target: { quantity: 'ratio', bound: 1, against: scenario(YARDSTICK), userSpeed: USER_SPEED },
      free: [{ path: 'price', from: most / 3, to: 3 * most }],
    })
    expect(crossings).toHaveLength(1)
    expect(crossings[0]!.reached.at / most).toBeCloseTo(1, 5)
  })

  it('of speed lie where the two cost the same', () => {
    const trio = trioOf(SAMPLE)
    for (const { rival, chip, speed } of speedCrossings([trio])) {
      const [a, b] = [armOf(trio.id, rival), armOf(trio.id, chip)]
      expect(costAt(b, speed!)!).toBeLessThan(costAt(a, speed!) ?? Number.POSITIVE_INFINITY)
      expect(costAt(b, speed! / 1.02)!).toBeGreaterThanOrEqual(costAt(a, speed! / 1.02)!)
    }
  })
})
