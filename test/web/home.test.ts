import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Comparison, type Verdict, formatUnit, formatUsd, isKnown } from '../../src/index.ts'
import { cliJson } from '../cli/harness.ts'
import { violations } from './accessibility.ts'
import { type App, CHROMIUM, startApp } from './browser.ts'

type Answer = Comparison & { readonly verdicts: readonly Verdict[] }

/** What the two grids must show, in the order of reading. */
function costsOf(answer: Answer): string[] {
  return (['cheapest', 'fast'] as const).flatMap((point) =>
    answer.cells.map((cell) => {
      const at = cell[point]
      if ('unreachable' in at) return 'Out of reach'
      return isKnown(at.cost.perMtokOutput) ? formatUsd(at.cost.perMtokOutput.value) : '—'
    }),
  )
}

const COSTS = '.square td .large, .square td.unreachable strong'

describe.skipIf(CHROMIUM === undefined)('the home view', { timeout: 120_000 }, () => {
  let app: App
  beforeAll(async () => {
    app = await startApp()
  }, 180_000)
  afterAll(() => app?.close())

  it('shows the numbers of the command line, without a fault', async () => {
    const answer = await cliJson<Answer>(['compare'])
    const { page, faults } = await app.open()
    await page.waitForSelector('.square')
    expect(await page.locator(COSTS).allTextContents()).toEqual(costsOf(answer))
    for (const { claim, quantity, verdict } of answer.verdicts) {
      const reading = page.locator(`[data-claim="${claim.id}"]`)
      expect(await reading.getAttribute('data-outcome')).toBe(verdict)
      if ('unknown' in quantity) continue
      expect(await reading.locator('.found .num').textContent()).toBe(formatUnit(quantity.value, quantity.unit))
    }
    expect(faults).toEqual([])
  })

  it.each(['light', 'dark'] as const)('is accessible in the %s theme', async (colorScheme) => {
    const { page } = await app.open('', { colorScheme, reducedMotion: 'reduce' })
    await page.waitForSelector('.square')
    expect(await violations(page)).toEqual([])
  })
})
