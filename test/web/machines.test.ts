import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Fits, type Tiers, formatBytes, formatCount, formatRate, hostMemories, isKnown } from '../../src/index.ts'
import { cliJson } from '../cli/harness.ts'
import { violations } from './accessibility.ts'
import { type App, CHROMIUM, type Opened, startApp } from './browser.ts'
import { ownFaults } from './own-fault.ts'
import { rounded } from './rounded.ts'

const READY = '.machines[data-phase="idle"] .answer'

async function answered(page: Page, change: () => Promise<unknown>): Promise<void> {
  const before = await page.evaluate('location.hash')
  await change()
  await expect.poll(() => page.evaluate('location.hash')).not.toBe(before)
  await page.waitForSelector(`${READY}`)
  await page.waitForSelector('.machines .tiers[data-phase="idle"]')
}

/** What the table must show of every machine: its chips, and tokens per second of one user. */
async function expectRows(page: Page, fits: Fits): Promise<void> {
  const rows = await page
    .locator('.all tbody tr')
    .evaluateAll((found) => found.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent)))
  expect(rows.length).toBe(fits.rows.length)
  for (const [i, row] of fits.rows.entries()) {
    const [name, format, chips] = rows[i]!
    expect([name, format]).toEqual([row.chip.name, row.precision])
    if (row.status === 'fits') {
      expect([chips, rows[i]![7]]).toEqual([formatCount(row.chips), formatRate(row.perUser)])
    } else if (row.status === 'beyond' && isKnown(row.needed)) {
      expect(chips).toBe(`${formatCount(row.needed.value)} > ${formatCount(row.limit.chips)}`)
      expect(rows[i]![12]).toContain('Does not fit')
    }
  }
}

describe.skipIf(CHROMIUM === undefined)('the view of machines', { timeout: 120_000 }, () => {
  let app: App
  beforeAll(async () => {
    app = await startApp()
  }, 180_000)
  afterAll(() => app?.close())

  async function machines(query = '', options?: Parameters<App['open']>[1]): Promise<Opened> {
    const opened = await app.open(`#/machines${query}`, options)
    await opened.page.waitForSelector(READY, { timeout: 60_000 })
    await opened.page.waitForSelector('.machines .tiers[data-phase="idle"]')
    return opened
  }

  it('answers as the command line does, says which command that is, and links to it', async () => {
    const { page, faults } = await machines('', { permissions: ['clipboard-read', 'clipboard-write'] })
    const copied = async (what: string, at = 0): Promise<string> => {
      await page.getByRole('button', { name: what, exact: true }).nth(at).click()
      await page.getByText(`Copied: ${what}`).first().waitFor()
      return (await page.evaluate('navigator.clipboard.readText()')) as string
    }
    await expectRows(page, await cliJson<Fits>(['fit', 'deepseek-v2', '--precision', 'fp8', '--users', '64']))
    await answered(page, () => page.locator('.inputs').getByLabel('Model').selectOption({ label: 'Mixtral 8x7B' }))
    await answered(page, () => page.locator('.inputs').getByRole('textbox', { name: 'Users at once' }).fill('500'))
    const command = (await copied('Command line')).split(' ').slice(1)
    expect(command.slice(2)).toEqual(['--precision', 'fp8', '--users', '500'])
    const fits = await cliJson<Fits>(command)
    await expectRows(page, fits)
    expect(rounded(JSON.parse(await copied('JSON')))).toEqual(rounded(fits))

    const tiersCommand = (await copied('Command line', 1)).split(' ').slice(1)
    const tiers = await cliJson<Pick<Tiers, 'answer' | 'here'>>(tiersCommand)
    expect(rounded(JSON.parse(await copied('JSON', 1)))).toEqual(rounded(tiers))
    expect(await page.locator('.tier-headline .num').allTextContents()).toEqual([
      formatBytes(tiers.answer.capacity),
      formatRate(tiers.here.tokensPerSecondPerUser),
    ])
    const again = await machines(`#${(await copied('Link to this page')).split('#')[1]!}`.slice('#/machines'.length))
    await expectRows(again.page, fits)
    expect(ownFaults([...faults, ...again.faults])).toEqual([])
    await again.page.context().close()
  })

  it('shows any machine in detail, by keyboard too, with the evidence of its numbers', async () => {
    const { page } = await machines()
    const choose = page.getByRole('button', { name: 'Show GroqChip / LPU v1 in detail' })
    await choose.focus()
    await page.keyboard.press('Enter')
    await page.waitForSelector('.detail[data-machine="groq-lpu-v1"][data-status="beyond"]')
    expect(await page.locator('.detail').textContent()).toMatch(/1,160 chips would hold it, links join 576/)
    await page.locator('.inputs').getByLabel('Machine in detail').selectOption('dmatrix-corsair')
    await page.waitForSelector('.detail[data-machine="dmatrix-corsair"]')
    // 61 stages of three cards, one of 184 spare.
    expect(await page.locator('.detail svg rect.stage').count()).toBe(61)
    await page.locator('.facts .num').first().click()
    const dialog = page.getByRole('dialog')
    expect(await dialog.textContent()).toMatch(/Formula.*weights \+ KV cache.*= 368 GB/s)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
  })

  it.each(['light', 'dark'] as const)('is accessible in the %s theme, and gives files', async (colorScheme) => {
    const { page, faults } = await machines('?v=1&users=8', { colorScheme, reducedMotion: 'reduce' })
    await page.evaluate(`document.querySelectorAll('.tools [aria-expanded]').forEach((button) => button.click())`)
    expect(await violations(page)).toEqual([])
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('.saves').first().getByRole('button', { name: 'SVG' }).click(),
    ])
    const chunks: Buffer[] = []
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer)
    const svg = Buffer.concat(chunks).toString()
    expect(svg).toMatch(/^<svg .*viewBox=".*<\/svg>$/s)
    expect(svg).not.toMatch(/NaN|undefined|class=/)
    expect(ownFaults(faults)).toEqual([])
  })

  it('is in one column on a phone, in Chinese', async () => {
    const { page, faults } = await machines('', { viewport: { width: 390, height: 844 }, locale: 'zh-CN' })
    expect(await page.locator('h1').textContent()).toContain('如何铺在各种机器上')
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    expect(await page.locator('main').textContent()).not.toMatch(/NaN|undefined|Infinity/)
    expect(ownFaults(faults)).toEqual([])
  })

  it('draws the largest systems that a link may ask for without drowning in chips', async () => {
    const { page, faults } = await machines('?v=1&users=100000&context=1000000&machine=h100-sxm')
    const paths = page.locator('.machines svg path')
    const drawn = await paths.evaluateAll((all) => all.reduce((sum, path) => sum + path.getAttribute('d')!.length, 0))
    expect(drawn).toBeGreaterThan(1000)
    expect(drawn).toBeLessThan(1_000_000)
    expect(ownFaults(faults)).toEqual([])
  })

  it('says what is wrong with a link, never runs what is in it, and what a dense model has no tiers for', async () => {
    const bad = '?v=1&model=<img src=x onerror=alert(1)>&users=1e99&__proto__=1&drawn=a,b,c,d,e&machine=constructor'
    const { page, faults } = await machines(bad)
    const said = await page.getByRole('alert').first().textContent()
    for (const part of ['<img src=x', 'is not from 1 to 100,000', '“__proto__”', 'Machine: “constructor”'])
      expect(said).toContain(part)
    expect(await page.locator('main img, main script').count()).toBe(0)
    await answered(page, () => page.locator('.inputs').getByLabel('Model').selectOption({ label: 'Llama 3.1 70B' }))
    expect(await page.locator('.tiers').textContent()).toContain('has no experts')
    expect(ownFaults(faults)).toEqual([])
  })
})

describe('the memories that tiers offer', () => {
  it('are those of the catalog', async () => {
    const source = await import('node:fs/promises').then(({ readFile }) =>
      readFile(new URL('../../web/view/machines/schema.ts', import.meta.url), 'utf8'),
    )
    const listed = /HOSTS: readonly string\[\] = \[(.*)\]/.exec(source)![1]!.match(/[\w-]+/g)
    expect(listed).toEqual(hostMemories().map(({ id }) => id))
  })
})
