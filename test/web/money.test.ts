import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ChipCost, type Crossover, type MarketResult, formatPercent, formatUsd } from '../../src/index.ts'
import { cliJson } from '../cli/harness.ts'
import { violations } from './accessibility.ts'
import { type App, CHROMIUM, type Opened, startApp } from './browser.ts'
import { ownFaults } from './own-fault.ts'
import { rounded } from './rounded.ts'

const READY = '.money[data-phase="idle"] .answer'

async function answered(page: Page, change: () => Promise<unknown>): Promise<void> {
  const before = await page.evaluate('location.hash')
  await change()
  await expect.poll(() => page.evaluate('location.hash')).not.toBe(before)
  await page.waitForSelector(READY, { timeout: 60_000 })
}

async function copied(page: Page, what: string): Promise<string> {
  await page.getByRole('button', { name: what, exact: true }).click()
  await page.getByText(`Copied: ${what}`).waitFor()
  return (await page.evaluate('navigator.clipboard.readText()')) as string
}

/** Words as a shell splits them. */
function words(command: string): string[] {
  return [...command.matchAll(/(?:[^\s"]+|"[^"]*")+/g)].map(([word]) => word.replaceAll('"', '')).slice(1)
}

describe.skipIf(CHROMIUM === undefined)('the view of money', { timeout: 120_000 }, () => {
  let app: App
  beforeAll(async () => {
    app = await startApp()
  }, 180_000)
  afterAll(() => app?.close())

  async function money(query = '', options: Parameters<App['open']>[1] = {}): Promise<Opened> {
    const permissions = ['clipboard-read', 'clipboard-write']
    const opened = await app.open(`#/money${query}`, { permissions, ...options })
    await opened.page.waitForSelector(READY, { timeout: 60_000 })
    return opened
  }

  /** The document on the page is that of the command it names. */
  async function expectCli<T>(page: Page, part: (document: T) => unknown = (whole) => whole): Promise<T> {
    const document = await cliJson<T>(words(await copied(page, 'Command line')))
    // Sums over thousands of samples gather the last digits in which browsers and Node differ.
    expect(rounded(part(JSON.parse(await copied(page, 'JSON'))), 9)).toEqual(rounded(part(document), 9))
    return document
  }

  it('builds an hour up as the command line does, with sliders', async () => {
    const { page, faults } = await money()
    const first = await expectCli<ChipCost>(page)
    if ('unknown' in first.bill.cost) throw new Error('no cost')
    expect(await page.locator('.headline .big').textContent()).toBe(formatUsd(first.bill.cost.total.central))
    await answered(page, () => page.locator('.inputs').getByLabel('Owner').selectOption('neocloud'))
    const utilisation = page.locator('[data-input="utilisation"]').getByRole('textbox')
    await answered(page, () => utilisation.fill('0.6'))
    await answered(page, () => page.locator('[data-input="life"]').getByRole('slider').press('ArrowRight'))
    const next = await expectCli<ChipCost>(page)
    expect(rounded(next.bill.inputs.utilisation)).toMatchObject({ value: 0.6 })
    await page.locator('.headline .big .num').click()
    const total = (next.bill.cost as { total: { central: number } }).total.central
    const told = await page.getByRole('dialog').textContent()
    expect(told).toMatch(/Formula.*capital recovery.*Sources/s)
    expect(told).toContain(`(Hours idle) = ${formatUsd(total)}`)
    expect(ownFaults(faults)).toEqual([])
  })

  it('samples two deployments with intervals of the page, and can be cancelled', async () => {
    const { page, faults } = await money('?v=1&part=two&samples=2048')
    await answered(page, () => page.getByLabel('Give an interval for').selectOption('utilisation'))
    await answered(page, () => page.getByRole('slider', { name: 'Utilisation, from' }).press('Home'))
    const answer = await expectCli<{ probability: { aCheaper: { value: number } }; inputs: { name: string }[] }>(page)
    expect(answer.inputs.map(({ name }) => name)).toContain('utilisation')
    expect(await page.locator('.headline .big').textContent()).toBe(formatPercent(answer.probability.aCheaper.value))
    await page.locator('.inputs').getByLabel('Samples').selectOption('65536')
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('alert').getByText('Cancelled').waitFor()
    expect(ownFaults(faults)).toEqual([])
  })

  it('finds the break-even of the command line, as a map and as a line, and the link leads there', async () => {
    const { page, faults } = await money('?v=1&part=map')
    await expectCli(page)
    expect(await page.locator('svg.heat .break-even').getAttribute('d')).toMatch(/^M/)
    await answered(page, () => page.getByLabel('And along').selectOption(''))
    const line = await expectCli<Crossover>(page)
    expect(line.crossings.length).toBeGreaterThan(0)
    await page.locator('.crossing .num').first().click()
    expect(await page.getByRole('dialog').textContent()).toMatch(/bisection/)
    await page.keyboard.press('Escape')
    const link = await copied(page, 'Link to this page')
    const again = await money(link.split('#/money')[1])
    expect(await expectCli(again.page)).toEqual(line)
    expect(ownFaults([...faults, ...again.faults])).toEqual([])
  })

  it('weighs buying, renting and APIs, and the market with its warning', async () => {
    const { page, faults } = await money('?v=1&part=ways&apiOut=1.5')
    await expectCli(page)
    await page.getByRole('link', { name: 'The market' }).click()
    await page.waitForSelector('.money[data-part="market"][data-phase="idle"] .warning', { timeout: 60_000 })
    expect(await page.locator('.warning').textContent()).toContain('not a forecast')
    await answered(page, () => page.getByLabel('Change an assumption').selectOption('elasticity'))
    const market = await expectCli<MarketResult>(page, ({ scenario, central, threshold, ratio }) => {
      return [scenario, central, threshold, ratio.quantiles.map(({ value }) => value)]
    })
    expect(market.scenario.inputs.find(({ name }) => name === 'elasticity')?.source).toBe('given')
    expect(await page.locator('main').textContent()).not.toMatch(/NaN|undefined|Infinity/)
    expect(ownFaults(faults)).toEqual([])
  })

  it.each(['light', 'dark'] as const)('is accessible in the %s theme', async (colorScheme) => {
    const { page } = await money('?v=1&vary=utilisation:0.3:0.8&samples=2048', { colorScheme, reducedMotion: 'reduce' })
    for (const part of ['An hour of a machine', 'Two deployments', 'Break-even', 'Buy, rent or API', 'The market']) {
      await page.getByRole('link', { name: part }).click()
      await page.waitForSelector(READY, { timeout: 60_000 })
      expect(await violations(page)).toEqual([])
    }
  })

  it('fits a phone, in Chinese', async () => {
    const { page, faults } = await money('?v=1&part=two&samples=2048', {
      viewport: { width: 390, height: 844 },
      locale: 'zh-CN',
    })
    expect(await page.locator('h1').textContent()).toContain('多少钱')
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    await answered(page, () => page.locator('.parts a').nth(2).click())
    await page.waitForSelector('svg.heat rect')
    expect(ownFaults(faults)).toEqual([])
  })

  it('says what is wrong with a link, and what the engine says of a question without an answer', async () => {
    const bad =
      '?v=1&part=constructor&vary=__proto__:1:2&x=utilisation:9:1&set=life:1e99&market=elasticity:1&chip=<script>'
    const { page, faults } = await money(bad)
    const said = await page.getByRole('alert').first().textContent()
    for (const part of [
      'Part: “constructor”',
      '“__proto__:1:2”',
      'First parameter',
      'Inputs',
      'Assumptions',
      '<script>',
    ])
      expect(said).toContain(part)
    expect(await page.locator('main script, main img').count()).toBe(0)
    const none = await app.open('#/money?v=1&part=two&aChips=1&model=deepseek-v2')
    await none.page.getByRole('alert').first().waitFor({ timeout: 60_000 })
    expect(await none.page.getByRole('alert').first().textContent()).toContain('no room')
    expect(ownFaults([...faults, ...none.faults])).toEqual([])
  })
})
