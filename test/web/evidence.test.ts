import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Chip, type Price, formatSi, isKnown } from '../../src/index.ts'
import { cliJson } from '../cli/harness.ts'
import { violations } from './accessibility.ts'
import { type App, CHROMIUM, type Opened, startApp } from './browser.ts'

const PAGE = readFileSync(new URL('../../docs/accuracy.md', import.meta.url), 'utf8')

/** Cells of the row of docs/accuracy.md that starts with `name`, in the first table below `heading` that has one. */
function documented(heading: string, name: string): string[] {
  const line = PAGE.slice(PAGE.indexOf(heading))
    .split('\n')
    .find((each) => each.startsWith(`| ${name} |`))
  return (line ?? '')
    .split('|')
    .map((cell) => cell.trim())
    .slice(1, -1)
}

function rowOf(page: Page, caption: string, name: string): Promise<string[]> {
  return page
    .getByRole('region', { name: caption })
    .locator('tbody tr')
    .filter({ has: page.getByText(name, { exact: true }) })
    .first()
    .locator('td')
    .allTextContents()
}

describe.skipIf(CHROMIUM === undefined)('the evidence view', { timeout: 120_000 }, () => {
  let app: App
  beforeAll(async () => {
    app = await startApp()
  }, 180_000)
  afterAll(() => app?.close())

  async function evidence(...args: Parameters<App['open']>): Promise<Opened> {
    const opened = await app.open(...args)
    await opened.page.waitForSelector('.evidence-view table', { timeout: 30_000 })
    return opened
  }

  it('finds any figure of the catalog, with its source', async () => {
    const { page, faults } = await evidence('#/evidence')
    await page.getByLabel('Find').fill('h200 hbm bandwidth')
    await page.getByText(/^1 of [\d,]+ figures$/).waitFor()
    const { item: chip } = await cliJson<{ item: Chip }>(['catalog', 'chips', 'h200-sxm'])
    const bandwidth = chip.memory.find(({ name }) => name === 'hbm')!.bandwidth
    const value = isKnown(bandwidth) ? formatSi(bandwidth.value, 'B/s') : ''
    const number = page.locator('tbody .num')
    expect(await number.textContent()).toBe(value)
    await number.click()
    const said = await page.getByRole('dialog').textContent()
    for (const part of [value, 'vendor', 'AIConfigurator', 'pincer catalog chips h200-sxm'])
      expect(said).toContain(part)
    await page.keyboard.press('Escape')
    await page.getByLabel('Find').fill('')
    await page.getByLabel('Figures of', { exact: true }).selectOption('prices')
    const { items } = await cliJson<{ items: Price[] }>(['catalog', 'prices'])
    await page.getByText(new RegExp(`^${items.length} of`)).waitFor()
    await page.getByLabel('Basis', { exact: true }).selectOption('unknown')
    await page.getByText(/^0 of/).waitFor()
    await expect.poll(() => page.evaluate('location.hash')).toBe('#/evidence?v=1&of=prices&basis=unknown')
    expect(faults).toEqual([])
  })

  it('lists publications, and prices by their date', async () => {
    const { page } = await evidence('#/evidence')
    await page.getByRole('link', { name: 'Sources', exact: true }).click()
    const { items } = await cliJson<{ items: unknown[] }>(['catalog', 'sources'])
    await page.getByText(`${items.length} of ${items.length} publications`).waitFor()
    await page.getByRole('link', { name: 'By date' }).click()
    await page.getByRole('heading', { name: 'What was known when' }).waitFor()
    const dates = (await page.locator('tbody td:first-child').allTextContents()).filter((date) => /^\d/.test(date))
    expect(dates.length).toBeGreaterThan(50)
    expect(dates).toEqual(dates.toSorted().toReversed())
  })

  it('has the errors and the coverage that docs/accuracy.md has', async () => {
    const { page, faults } = await evidence('#/evidence?v=1&part=accuracy')
    const errors = 'Errors by regime, beside AIConfigurator'
    const plain = (cell: string | undefined): string => (cell ?? '').replace('-', '−')
    for (const mode of ['aggregated, drafts off', 'aggregated, drafts unknown', 'disaggregated, drafts on']) {
      const [, rows, tpot = '', bias] = documented('### Mode and drafts', mode)
      const [median, p90] = tpot.split(' / ')
      expect((await rowOf(page, errors, mode)).slice(0, 5)).toEqual([mode, rows, median, p90, plain(bias)])
    }
    const [, both, ours = '', rival = '', , rivalBias] = documented('## Beside AIConfigurator', 'all')
    const all = await rowOf(page, errors, 'all')
    expect(all.slice(5)).toEqual([both, ours.split(' / ')[0], rival.split(' / ')[0], plain(rivalBias)])
    await page.getByLabel('Quantity').selectOption('ttft')
    await page.getByLabel('Grouped by').selectOption('engine')
    const [, rows, , , ttft = '', bias] = documented('### Engine', 'vllm, fitted')
    const [median, p90] = ttft.split(' / ')
    await expect
      .poll(async () => (await rowOf(page, errors, 'vllm, fitted to')).slice(1, 5))
      .toEqual([rows, median, p90, plain(bias)])
    const [, count, tpotInside = '', ttftInside = ''] = documented('### transferred', 'vllm')
    const region = page.getByRole('region', { name: 'How often the bands hold' })
    const transferred = await region
      .locator('tr', { hasText: 'transferred' })
      .filter({ hasText: 'vllm' })
      .locator('td')
      .allTextContents()
    expect(transferred.slice(1)).toEqual(['vllm', count, ...tpotInside.split(' / '), ...ttftInside.split(' / ')])
    expect(faults).toEqual([])
  })

  it('draws every run, says which one is pointed at, and keeps them as a table', async () => {
    const { page } = await evidence('#/evidence?v=1&part=accuracy&by=chip')
    const drawn = await page
      .locator('path.dots')
      .evaluateAll((paths) =>
        paths.reduce((sum, path) => sum + (path.getAttribute('d') ?? '').split('M').length - 1, 0),
      )
    const [runs] = (await page.locator('.accuracy .about').first().textContent())!.split(' ')
    expect(drawn).toBe(Number(runs!.replace(',', '')))
    const box = (await page.locator('.scatter').boundingBox())!
    await page.mouse.move(box.x + box.width * 0.45, box.y + box.height * 0.5)
    await page.locator('.point-text', { hasText: /on .* clients; .*: measured .* predicted .* %/ }).waitFor()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('.saves').getByRole('button', { name: 'CSV' }).click(),
    ])
    const chunks: Buffer[] = []
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer)
    expect(Buffer.concat(chunks).toString().trim().split('\r\n')).toHaveLength(drawn + 1)
  })

  it.each(['light', 'dark'] as const)('is accessible in the %s theme', async (colorScheme) => {
    const { page } = await evidence('#/evidence?v=1&find=h200', { colorScheme, reducedMotion: 'reduce' })
    expect(await violations(page)).toEqual([])
    await page.getByRole('link', { name: 'Accuracy' }).click()
    await page.waitForSelector('.scatter')
    expect(await violations(page)).toEqual([])
  })

  it('stands in one column on a phone, in Chinese', async () => {
    const viewport = { width: 390, height: 844 }
    const { page, faults } = await evidence('#/evidence?v=1&part=accuracy', { viewport, locale: 'zh-CN' })
    expect(await page.locator('h1').textContent()).toBe('一切数字的依据')
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    expect(await violations(page)).toEqual([])
    expect(faults).toEqual([])
  })

  it('says what is wrong with a link', async () => {
    const { page, faults } = await evidence('#/evidence?v=1&part=abacus&find=<script>alert(1)</script>&constructor=1')
    const said = await page.getByRole('alert').textContent()
    for (const part of ['“abacus”', '“constructor”']) expect(said).toContain(part)
    expect(await page.getByLabel('Find').inputValue()).toBe('<script>alert(1)</script>')
    expect(faults).toEqual([])
  })
})
