import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Explained,
  type Prediction,
  type TokenBill,
  formatBytes,
  formatPercent,
  formatSeconds,
  formatUsd,
} from '../../src/index.ts'
import { cliJson } from '../cli/harness.ts'
import { violations } from './accessibility.ts'
import { type App, CHROMIUM, type Opened, startApp } from './browser.ts'
import { expectPrediction, headline, known, shown } from './deployment-page.ts'

const QUESTION = '#/deployment?v=1&model=qwen3-30b-a3b&chip=h200&chips=2&clients=20&isl=4000&price=2'
const ARGV =
  '--model qwen3-30b-a3b --chip h200-sxm --chips 2 --precision fp8 --isl 4000 --osl 1024 --concurrency 20 --price 2'

/** Draws everything, below the screen too. */
async function scrolled(page: Page): Promise<void> {
  await page.evaluate(`(async () => {
    for (let y = 0; y < document.body.scrollHeight; y += 500) {
      scrollTo(0, y)
      await new Promise((resolve) => setTimeout(resolve, 60))
    }
    scrollTo(0, 0)
  })()`)
}

describe.skipIf(CHROMIUM === undefined)('the deployment view', { timeout: 120_000 }, () => {
  let app: App
  beforeAll(async () => {
    app = await startApp()
  }, 180_000)
  afterAll(() => app?.close())

  async function deployment(...args: Parameters<App['open']>): Promise<Opened> {
    const opened = await app.open(...args)
    await opened.page.waitForSelector('.key-figures .large', { timeout: 30_000 })
    return opened
  }

  it('shows the numbers of the command line: speed, step, memory, money', async () => {
    const { page, faults } = await deployment(QUESTION)
    const prediction = await expectPrediction(page, ARGV.split(' '))
    const explained = await cliJson<Explained>(['explain', ...ARGV.split(' ')])
    await scrolled(page)
    for (const { name, seconds } of explained.operators) {
      const row = await page.locator(`.bar-row[data-operator="${name}"]`).textContent()
      expect(row).toContain(`${formatSeconds(seconds)} · ${formatPercent(seconds / explained.stepSeconds)}`)
    }
    const points = await page
      .locator('.point')
      .evaluateAll((all) => all.map((one) => one.getAttribute('data-operator')))
    expect(points).toEqual(explained.operators.flatMap(({ name, achieved }) => (achieved === undefined ? [] : [name])))
    const causes = await page.locator('.cause .bar-time').allTextContents()
    const stretches = [...explained.waterfall, explained.light].map(({ seconds }) => formatSeconds(seconds))
    expect(causes.map((text) => text.split(' · ')[0])).toEqual(stretches)
    await expect
      .poll(() => page.locator('.lever .bar-name').allTextContents())
      .toEqual(explained.levers.slice(0, 8).map(({ change }) => change))
    const { memory } = prediction
    const parts = [memory.weights, memory.cache, memory.activations, memory.reserve, memory.free]
    expect(await page.locator('.parts .num').allTextContents()).toEqual(parts.map(formatBytes))
    const { deployment: costs } = await cliJson<{ deployment: { tokens: TokenBill } }>(['cost', ...ARGV.split(' ')])
    const { kinds, blended } = costs.tokens
    const bills = [kinds.input, kinds.cachedInput, kinds.output, blended].map(({ usd }) => known(usd, formatUsd))
    expect(await page.locator('.kinds tbody td:nth-of-type(1)').allTextContents()).toEqual(bills)
    expect(faults).toEqual([])
  })

  it('says whose sum the bars of the step and of the bill are', async () => {
    const { page } = await deployment(QUESTION)
    await page.getByRole('button', { name: 'Show table' }).nth(1).click()
    const seconds = await page.locator('.step .table tbody td:nth-child(3)').allTextContents()
    const sum = seconds.reduce((total, text) => total + Number(text), 0)
    const { stepSeconds } = await cliJson<Explained>(['explain', ...ARGV.split(' ')])
    expect(Math.abs(sum / stepSeconds - 1)).toBeLessThan(1e-3)
    await scrolled(page)
    const bars = await page.locator('.bill .bar-time').allTextContents()
    const [prompts, outputs, total] = bars.map((text) => Number(text.slice(1)))
    expect(Math.abs((prompts! + outputs!) / total! - 1)).toBeLessThan(0.02)
    expect(bars[2]).toBe((await shown(page))[0])
  })

  it('follows every input, and says which command and link that is', async () => {
    const { page, faults } = await deployment('#/deployment', { permissions: ['clipboard-read', 'clipboard-write'] })
    await expectPrediction(page, '--model deepseek-v2 --chip h100-sxm --chips 8 --precision fp8'.split(' '))
    const inputs = page.locator('.inputs')
    await inputs.getByLabel('Model', { exact: true }).selectOption({ label: 'Mixtral 8x7B' })
    await inputs.getByLabel('Machine', { exact: true }).selectOption('b200-sxm')
    await inputs.getByLabel('Chips', { exact: true }).fill('4')
    await page.getByRole('textbox', { name: 'Clients' }).fill('48')
    await page.getByRole('textbox', { name: 'Tokens out' }).fill('300')
    await inputs.getByLabel('Weights in').selectOption('bf16')
    await inputs.getByLabel('Engine').selectOption('sglang')
    const argv =
      '--model mixtral-8x7b --chip b200-sxm --chips 4 --precision bf16 --engine sglang --isl 1024 --osl 300 --concurrency 48'
    const prediction = await expectPrediction(page, argv.split(' '))
    await inputs.getByLabel('Mapping').selectOption('given')
    await inputs.getByLabel('Data, attention (dp)').fill('2')
    await inputs.getByLabel('Tensor (tp)').fill('2')
    await inputs.getByLabel('Expert (ep)').fill('4')
    const mapped = argv.replace('--chips 4', '--tp 2 --dp 2 --moe-ep 4')
    await expectPrediction(page, mapped.split(' '))
    const copied = async (what: string): Promise<string> => {
      await page.getByRole('button', { name: what }).click()
      await page.getByText(`Copied: ${what}`).waitFor()
      return (await page.evaluate('navigator.clipboard.readText()')) as string
    }
    const command = (await copied('Command line')).split(' ')
    expect(command.slice(0, 2)).toEqual(['pincer', 'predict'])
    const said = await cliJson<Prediction>(command.slice(1))
    expect(said).not.toEqual(prediction)
    expect(headline(said)).toEqual(await shown(page))
    expect(headline(JSON.parse(await copied('JSON')))).toEqual(headline(said))
    const again = await deployment((await copied('Link to this page')).slice(app.url.length))
    await expect.poll(() => shown(again.page), { timeout: 20_000 }).toEqual(headline(said))
    await again.page.getByRole('button', { name: 'Back to the start' }).click()
    await expectPrediction(again.page, '--model deepseek-v2 --chip h100-sxm --chips 8 --precision fp8'.split(' '))
    expect([...faults, ...again.faults]).toEqual([])
  })

  it('finds the clients of a speed, on machines of either kind', async () => {
    const { page } = await deployment('#/deployment?v=1&chip=h200&speed=50')
    const clients = await page.getByRole('textbox', { name: 'Clients' }).inputValue()
    const base = '--model deepseek-v2 --precision fp8'
    const h200 = await expectPrediction(page, `${base} --chip h200-sxm --chips 8 --concurrency ${clients}`.split(' '))
    expect(h200.throughput.perUser.value).toBeGreaterThanOrEqual(50)
    const more = await cliJson<Prediction>([
      'predict',
      ...`${base} --chip h200-sxm --chips 8 --concurrency ${Number(clients) + 1}`.split(' '),
    ])
    expect(more.throughput.perUser.value).toBeLessThan(50)
    await page.getByRole('textbox', { name: 'Speed per user' }).fill('5000')
    await page.getByRole('alert').getByText('5,000 tokens/s are out of reach').waitFor()
    await page.locator('.inputs').getByLabel('Machine', { exact: true }).selectOption('groq-lpu-v1')
    await page.getByRole('textbox', { name: 'Clients' }).fill('8')
    await expectPrediction(page, `${base} --chip groq-lpu-v1 --concurrency 8`.split(' '))
    const argv = `${base} --chip groq-lpu-v1 --concurrency 8`.split(' ')
    const { operators, stepSeconds } = await cliJson<Explained>(['explain', ...argv])
    const between = stepSeconds - operators.reduce((sum, { seconds }) => sum + seconds, 0)
    await expect
      .poll(() => page.locator('.bar-row').last().textContent())
      .toContain(`between stages ${formatSeconds(between)}`)
    await scrolled(page)
    expect(await page.locator('.chips .chip').count()).toBeGreaterThan(50)
    expect(await page.locator('main').textContent()).not.toMatch(/NaN|undefined|Infinity/)
  })

  it('compares mappings over the same chips, and takes the one that is chosen', async () => {
    const { page } = await deployment(QUESTION)
    await scrolled(page)
    await page.getByRole('button', { name: 'Compare all mappings' }).click()
    const rows = page.locator('.layouts tbody tr')
    await rows.first().waitFor()
    const row = rows.filter({ hasText: 'tp 2 · ep 2' })
    const [, perChip, perUser, ttft, cost] = await row.locator('td').allTextContents()
    await row.getByRole('button', { name: 'Use' }).click()
    const argv = ARGV.replace('--chips 2', '--tp 2 --moe-ep 2')
    const prediction = await expectPrediction(page, argv.split(' '))
    expect(headline(prediction).slice(0, 5)).toEqual([cost, perUser, ttft, expect.any(String), perChip])
    await row.getByText('in use').waitFor()
  })

  it('lights an operator in both pictures, and opens it with the keyboard', async () => {
    const { page } = await deployment(QUESTION)
    const rows = page.locator('.bar-row')
    await page.locator('.point[data-operator="experts"] circle').hover()
    await page.locator('.bar-row.lit[data-operator="experts"]').waitFor()
    await rows.first().focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    const name = await rows.nth(2).getAttribute('data-operator')
    expect(await page.evaluate('document.activeElement.dataset.operator')).toBe(name)
    expect(await page.locator('.lit').first().getAttribute('data-operator')).toBe(name)
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('heading', { name: `${name}: Time in a decode step` }).waitFor()
    await page.keyboard.press('Escape')
    expect(await page.evaluate('document.activeElement.dataset.operator')).toBe(name)
    await page.locator('.key-figures .num').first().click()
    const said = await dialog.textContent()
    for (const part of ['Formula', 'utilisation', '$2.00/h', 'given on this page', 'Confidence'])
      expect(said).toContain(part)
  })

  it('draws only the newest of many moves, and ends with the right one', async () => {
    const { page, faults } = await deployment(QUESTION)
    await page.evaluate(`(async () => {
      const handle = document.querySelector('input[type=range][aria-label="Clients"]')
      for (let at = 20; at <= 100; at++) {
        handle.value = String(at)
        handle.dispatchEvent(new Event('input', { bubbles: true }))
        if (at % 5 === 0) await new Promise((resolve) => requestAnimationFrame(resolve))
      }
    })()`)
    const clients = await page.getByRole('textbox', { name: 'Clients' }).inputValue()
    expect(Number(clients)).toBe(260)
    await expectPrediction(page, ARGV.replace('--concurrency 20', `--concurrency ${clients}`).split(' '))
    expect(faults).toEqual([])
  })

  it.each(['light', 'dark'] as const)('is accessible in the %s theme', async (colorScheme) => {
    const { page } = await deployment(`${QUESTION}&mapping=tp:2&engine=abacus`, {
      colorScheme,
      reducedMotion: 'reduce',
    })
    await scrolled(page)
    const hidden = page.getByRole('button', { name: 'Show table' })
    while ((await hidden.count()) > 0) await hidden.first().click()
    expect(await violations(page)).toEqual([])
    await page.locator('.key-figures .num').first().click()
    expect(await violations(page)).toEqual([])
  })

  it('stands in one column on a phone, in Chinese', async () => {
    const { page, faults } = await deployment(QUESTION, { viewport: { width: 390, height: 844 }, locale: 'zh-CN' })
    await scrolled(page)
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    expect(await page.locator('.step h2').textContent()).toContain('解码步')
    expect(await violations(page)).toEqual([])
    expect(faults).toEqual([])
  })

  it('says what is wrong with a link or a question, and never runs what is in it', async () => {
    const bad = [
      ['v=1&model=<img src=x onerror=alert(1)>&clients=1e999', ['<img src=x', 'is not a number']],
      ['v=1&mapping=tp:0,__proto__:2&chips=1.5&__proto__=1', ['Mapping', 'Chips: “1.5”', '“__proto__”']],
      ['v=1&chip=own:abc', ['is somebody’s own, and links do not hold']],
      ['v=1&isl=1000001', ['is not from 1 to 1,000,000']],
      ['v=1&mapping=tp:8,tp:4&chip=h100-sxm', ['names something twice']],
    ] as const
    for (const [query, parts] of bad) {
      const { page, faults } = await deployment(`#/deployment?${query}`)
      const said = await page.getByRole('alert').first().textContent()
      for (const part of parts) expect(`${query}: ${said}`).toContain(part)
      expect(await page.locator('main img, main script').count()).toBe(0)
      expect(faults).toEqual([])
      await page.context().close()
    }
    const { page } = await app.open('#/deployment?v=1&model=llama-3.1-405b&chip=l40s&chips=1')
    await page.getByRole('alert').getByText('use at least').waitFor()
    expect(await page.locator('h1').textContent()).toBe('One model on one machine')
    expect(await page.getByRole('slider', { name: 'Speed per user' }).getAttribute('aria-valuetext')).toBe('n/a')
    await page.locator('.inputs').getByLabel('Chips', { exact: true }).fill('64')
    await page.waitForSelector('.key-figures .large')
    await expect.poll(() => page.getByRole('alert').count()).toBe(0)
  })

  it('gives every picture as a file', async () => {
    const { page } = await deployment(QUESTION)
    await scrolled(page)
    const saved = async (at: number, kind: string): Promise<string> => {
      const button = page.locator('.chart').nth(at).locator('.saves').getByRole('button', { name: kind })
      await button.scrollIntoViewIfNeeded()
      await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 100)))')
      const [download] = await Promise.all([page.waitForEvent('download'), button.click()])
      const chunks: Buffer[] = []
      for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer)
      return Buffer.concat(chunks).toString()
    }
    const count = await page.locator('.chart').count()
    expect(count).toBe(7)
    for (let at = 0; at < count; at++) {
      expect(await saved(at, 'SVG')).toMatch(/^<svg .*viewBox=".*<\/svg>$/s)
      expect(await saved(at, 'CSV')).not.toMatch(/NaN|undefined/)
    }
  })
})
