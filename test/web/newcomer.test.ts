import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Prediction, formatUnit, formatUsd, isKnown } from '../../src/index.ts'
import { cliJson } from '../cli/harness.ts'
import { type App, CHROMIUM, startApp } from './browser.ts'

/** Somebody who sees the page for the first time: clicks what can be seen, and what is typed belongs to the click before it. */
class Newcomer {
  readonly page: Page
  clicks = 0

  constructor(page: Page) {
    this.page = page
  }

  async click(what: Locator): Promise<void> {
    await what.waitFor({ state: 'visible' })
    await what.click()
    this.clicks++
  }

  /** A list of choices opens with a click; one of them is named by typing. */
  async choose(list: Locator, label: string): Promise<void> {
    await list.waitFor({ state: 'visible' })
    await list.selectOption({ label })
    this.clicks++
  }

  async fill(box: Locator, text: string): Promise<void> {
    await this.click(box)
    await this.page.keyboard.press('ControlOrMeta+a')
    await this.page.keyboard.type(text)
  }
}

describe.skipIf(CHROMIUM === undefined)('a newcomer', { timeout: 120_000 }, () => {
  let app: App
  beforeAll(async () => {
    app = await startApp()
  }, 180_000)
  afterAll(() => app?.close())

  it.each([
    ['by the navigation', 'Deployment'],
    ['by the line of the home view', /what one model costs on one machine/],
  ] as const)(
    'finds in four clicks, %s, what DeepSeek-V2 costs on 8 × H200 at 50 tokens/s, and where that comes from',
    async (_, way) => {
      const { page, faults } = await app.open('')
      const newcomer = new Newcomer(page)
      await page.waitForSelector('.pincer .square')
      await newcomer.click(page.getByRole('link', { name: way }))
      await newcomer.choose(page.getByLabel('Machine', { exact: true }), 'H200 SXM 141GB')
      await newcomer.fill(page.getByRole('textbox', { name: 'Speed per user' }), '50')
      await page.getByRole('heading', { level: 1, name: 'DeepSeek-V2 on 8 × H200 SXM 141GB' }).waitFor()
      await page.getByText(/clients get at least 50 tokens\/s each/).waitFor()
      const cost = page.locator('.figure', { hasText: '$ per million output tokens' }).locator('.num')
      const shown = (await cost.textContent())!
      await newcomer.click(cost)
      const dialog = page.getByRole('dialog')
      await dialog.waitFor()
      const said = (await dialog.textContent())!
      expect(newcomer.clicks).toBeLessThanOrEqual(4)

      const clients = await page.getByRole('textbox', { name: 'Clients' }).inputValue()
      const options = '--model deepseek-v2 --chip h200-sxm --chips 8 --precision fp8 --concurrency'
      const { cost: money, throughput } = await cliJson<Prediction>(['predict', ...options.split(' '), clients])
      const { perMtokOutput, chipHour } = money
      expect(isKnown(perMtokOutput) && isKnown(chipHour)).toBe(true)
      if (!isKnown(perMtokOutput) || !isKnown(chipHour)) return
      expect(shown).toBe(formatUsd(perMtokOutput.value))
      expect(throughput.perUser.value).toBeGreaterThanOrEqual(50)
      for (const part of ['Formula', formatUnit(chipHour.value, 'USD/h'), chipHour.date!, 'Confidence', 'Sources']) {
        expect(said).toContain(part)
      }
      expect(await dialog.locator('.sources a[href^="https://"]').count()).toBeGreaterThan(0)
      expect(faults).toEqual([])
    },
  )
})
