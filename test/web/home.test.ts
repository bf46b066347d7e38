import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Comparison, type Verdict, formatUnit, formatUsd, isKnown } from '../../src/index.ts'
import { cliJson } from '../cli/harness.ts'
import { violations } from './accessibility.ts'
import { type App, CHROMIUM, type Opened, startApp } from './browser.ts'
import { firstLoad } from './first-load.ts'
import { rounded } from './rounded.ts'

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

async function expectNumbers(page: Page, answer: Answer): Promise<void> {
  expect(await page.locator(COSTS).allTextContents()).toEqual(costsOf(answer))
  if ((await page.locator('.verdicts > details[open]').count()) === 0) {
    await page.locator('.verdicts > details > summary').click()
  }
  for (const { claim, quantity, verdict } of answer.verdicts) {
    const reading = page.locator(`[data-claim="${claim.id}"]`)
    expect(await reading.getAttribute('data-outcome')).toBe(verdict)
    if ('unknown' in quantity) continue
    const shown = formatUnit(quantity.value, quantity.unit).replace(/^1 machines$/, '1 machine')
    expect(await reading.locator('.found .num').textContent()).toBe(shown)
  }
}

/** Until the question that the page asks is the one that `change` leads to, and it is answered. */
async function answered(page: Page, change: () => Promise<unknown>): Promise<void> {
  const before = await page.evaluate('location.hash')
  await change()
  await expect.poll(() => page.evaluate('location.hash'), { timeout: 10_000 }).not.toBe(before)
  await page.waitForSelector('.pincer[data-phase="idle"]')
}

describe.skipIf(CHROMIUM === undefined)('the home view', { timeout: 120_000 }, () => {
  let app: App
  beforeAll(async () => {
    app = await startApp()
  }, 180_000)
  afterAll(() => app?.close())

  async function home(...args: Parameters<App['open']>): Promise<Opened> {
    const opened = await app.open(...args)
    await opened.page.waitForSelector('.pincer[data-phase="idle"] .square')
    return opened
  }

  it('shows the numbers of the command line, without a fault', async () => {
    const { page, faults } = await home()
    await expectNumbers(page, await cliJson<Answer>(['compare']))
    expect(faults).toEqual([])
  })

  it('answers other questions as the command line does, and says which command that is', async () => {
    const { page, faults } = await home('', { permissions: ['clipboard-read', 'clipboard-write'] })
    const copied = async (what: string): Promise<string> => {
      await page.getByRole('button', { name: what }).click()
      await page.getByText(`Copied: ${what}`).waitFor()
      return (await page.evaluate('navigator.clipboard.readText()')) as string
    }
    await answered(page, () =>
      page.locator('.inputs').getByLabel('Sparse model').selectOption({ label: 'Mixtral 8x7B' }),
    )
    await answered(page, () => page.locator('.inputs').getByLabel('GPU', { exact: true }).selectOption('b200-sxm'))
    await answered(page, () =>
      page.locator('.inputs').getByLabel('SRAM machine', { exact: true }).selectOption('sambanova-sn40l'),
    )
    await answered(page, () => page.getByRole('textbox', { name: 'Speed' }).fill('40'))
    await answered(page, () => page.locator('.inputs').getByLabel('Tokens in').fill('4096'))
    await answered(page, () => page.locator('.inputs').getByLabel('B200').fill('2.5'))
    const argv = ['compare', '--models', 'deepseek-67b,mixtral-8x7b', '--chips', 'b200-sxm,sambanova-sn40l,groq-lpu-v1']
    const options = ['--user-speed', '40', '--workload', '4096/1024', '--prices', 'b200-sxm=2.5']
    const answer = await cliJson<Answer>([...argv, ...options])
    await expectNumbers(page, answer)
    expect(rounded(JSON.parse(await copied('JSON')))).toEqual(rounded(answer))
    const command = (await copied('Command line')).split(' ')
    expect(command[0]).toBe('pincer')
    expect(await cliJson(command.slice(1))).toEqual(answer)

    const link = await copied('Link to this page')
    const again = await home(link.slice(app.url.length))
    await expect.poll(() => again.page.locator(COSTS).allTextContents(), { timeout: 20_000 }).toEqual(costsOf(answer))
    await expectNumbers(again.page, answer)
    await answered(again.page, () => again.page.getByRole('button', { name: 'Back to the article' }).click())
    await expectNumbers(again.page, await cliJson<Answer>(['compare']))
    expect([...faults, ...again.faults]).toEqual([])
  })

  it.each(['light', 'dark'] as const)('is accessible in the %s theme, with everything open', async (colorScheme) => {
    const { page } = await home('#/pincer?v=1&gpu=abacus', { colorScheme, reducedMotion: 'reduce' })
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: 'Show table' }).click()
    await page.evaluate(`document.querySelectorAll('main details').forEach((details) => (details.open = true))`)
    expect(await violations(page)).toEqual([])
    await page.locator('.grid .num').first().click()
    expect(await violations(page)).toEqual([])
  })

  it('is accessible and in one column on a phone, in Chinese', async () => {
    const { page, faults } = await home('', { viewport: { width: 390, height: 844 }, locale: 'zh-CN' })
    expect(await page.locator('h1').textContent()).toContain('夹击')
    expect(await page.evaluate('document.documentElement.lang')).toBe('zh-Hans')
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    expect(await violations(page)).toEqual([])
    await page.getByLabel('语言').selectOption('en')
    await page.getByRole('heading', { level: 1, name: 'Do sparse models' }).waitFor()
    expect(faults).toEqual([])
  })

  it('opens the evidence of a number, and gives the focus back', async () => {
    const { page } = await home()
    const number = page.locator('.card .num').first()
    await number.focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog')
    await dialog.waitFor()
    const said = await dialog.textContent()
    for (const part of ['Formula', '90 % band', 'Confidence', 'Sources', 'pincer compare', 'TechFlow'])
      expect(said).toContain(part)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    expect(await page.evaluate(`document.activeElement === document.querySelector('.card .num')`)).toBe(true)
    await page.locator('.grid .num').first().click()
    expect(await dialog.textContent()).toMatch(/\$ per machine-hour.*2 · \$1\.30\/h.*published 2026-04-03/)
  })

  it('says what is wrong with a link, and never runs what is in it', async () => {
    const bad = [
      ['#/pincer?v=1&gpu=h10&__proto__=1&constructor=2', ['did you mean h100-sxm', '“__proto__”', '“constructor”']],
      ['#/pincer?v=1&dense=<img src=x onerror=alert(1)>&speed=1e999', ['<img src=x', 'is not a number']],
      ['#/pincer?v=7&speed=50', ['version “7”']],
      ['#/nothing', ['no view “nothing”']],
      ['#/__proto__', ['no view “__proto__”']],
      [`#/pincer?v=1&gpu=${'x'.repeat(9000)}`, ['too long']],
      ['#/pincer?v=1&prices=h100-sxm:-3,abacus:1&isl=0.5', ['is not from 0.01', 'Tokens in: “0.5”']],
      ['#/%E0%A4%A?v=1&%=%', ['no view']],
    ] as const
    const answer = await cliJson<Answer>(['compare'])
    for (const [path, parts] of bad) {
      const { page, faults } = await home(path)
      const said = await page.getByRole('alert').first().textContent()
      for (const part of parts) expect(`${path.slice(0, 60)}: ${said}`).toContain(part)
      expect(await page.locator(COSTS).allTextContents()).toEqual(costsOf(answer))
      expect(await page.locator('main img, main script').count()).toBe(0)
      expect(faults).toEqual([])
      await page.context().close()
    }
  })

  it('shows what the engine says of a question that has no answer', async () => {
    const { page } = await app.open('#/pincer?v=1&isl=1000000&osl=1000000&speed=10000')
    await page.waitForSelector('.pincer[data-phase="idle"] td.unreachable')
    expect(await page.locator('main').textContent()).not.toMatch(/NaN|undefined|Infinity/)
    await page.locator('.inputs').getByLabel('GPU', { exact: true }).selectOption('etched-sohu')
    const alert = page.getByRole('alert')
    await alert.getByText('no known memory bandwidth').waitFor()
    // The numbers that stay are of another question: said, and not to be copied as those of this one.
    expect(await alert.textContent()).toContain('do not answer this question')
    expect(await page.getByRole('button', { name: 'JSON' }).isDisabled()).toBe(true)
  })

  it('can be cancelled while it computes, and asked again', async () => {
    const { page } = await home('', { serviceWorkers: 'block' })
    let letThrough = (): void => undefined
    const held = new Promise<void>((resolve) => {
      letThrough = resolve
    })
    await page.context().route('**/kernel-surfaces*', async (route) => {
      await held
      // The worker that asked may be gone by then.
      await route.continue().catch(() => undefined)
    })
    const before = await page.locator(COSTS).allTextContents()
    await page.locator('.inputs').getByLabel('GPU', { exact: true }).selectOption('h200-sxm')
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('alert').getByText('Cancelled').waitFor()
    expect(await page.locator(COSTS).allTextContents()).toEqual(before)
    letThrough()
    await page.getByRole('button', { name: 'Compute again' }).click()
    await page.waitForSelector('.pincer[data-phase="idle"]')
    const chips = 'h200-sxm,cerebras-wse3,groq-lpu-v1'
    await expectNumbers(page, await cliJson<Answer>(['compare', '--chips', chips]))
  })

  it('gives pictures and tables as files', async () => {
    const { page } = await home()
    const saved = async (kind: string): Promise<Buffer> => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.locator('.saves').getByRole('button', { name: kind }).click(),
      ])
      expect(download.suggestedFilename()).toMatch(new RegExp(`^pincer-[a-z-]+\\.${kind.toLowerCase()}$`))
      const chunks: Buffer[] = []
      for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer)
      return Buffer.concat(chunks)
    }
    const svg = (await saved('SVG')).toString()
    expect(svg).toMatch(/^<svg .*viewBox=".*<\/svg>$/s)
    expect(svg).not.toMatch(/NaN|undefined|class=/)
    expect((await saved('PNG')).subarray(1, 4).toString()).toBe('PNG')
    const rows = (await saved('CSV')).toString().trim().split('\r\n')
    const { cells, relative } = await cliJson<Answer>(['compare'])
    expect(rows).toHaveLength(1 + 2 * cells.length)
    for (const { cheapest } of relative) expect(rows.join('\n')).toContain(`,${cheapest.costPerToken?.value},`)
  })

  it('keeps a chosen theme', async () => {
    const { page } = await home('', { colorScheme: 'light' })
    const paper = (): Promise<unknown> => page.evaluate('getComputedStyle(document.documentElement).backgroundColor')
    const light = await paper()
    await page.getByLabel('Theme').selectOption('dark')
    expect(await paper()).not.toBe(light)
    await page.reload()
    await page.waitForSelector('.square')
    expect(await paper()).not.toBe(light)
  })

  it('loads at most 300 KB before it can be used, the engine included', async () => {
    const { files, bytes, engineFiles, engineBytes } = await firstLoad(app)
    expect(files).toContain('index.html')
    expect(engineFiles.length).toBeGreaterThan(0)
    expect(files.filter((name) => /kernel-surfaces|worker|zh-/.test(name))).toEqual([])
    expect(bytes).toBeLessThan(100_000)
    expect(bytes + engineBytes).toBeLessThan(300_000)
  })

  it('asks nobody else for anything, and runs nothing but its files', async () => {
    const { page } = await app.open('about:blank')
    const hosts = new Set<string>()
    page.context().on('request', (request) => hosts.add(new URL(request.url()).origin))
    await page.goto(app.url)
    await page.waitForSelector('.square')
    await answered(page, () => page.locator('.inputs').getByLabel('Tokens in').fill('2000'))
    expect([...hosts]).toEqual([new URL(app.url).origin])
    const made = await page.evaluate(`(() => {
      const script = document.createElement('script')
      script.textContent = 'window.ran = true'
      document.body.append(script)
      document.body.setAttribute('style', 'opacity: 0.5')
      return [window.ran, getComputedStyle(document.body).opacity]
    })()`)
    expect(made).toEqual([undefined, '1'])
  })
})

describe.skipIf(CHROMIUM === undefined)('without a network', { timeout: 120_000 }, () => {
  it('works once it was loaded', async () => {
    const app = await startApp()
    try {
      const { page } = await app.open()
      await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)')
      await expect.poll(() => page.evaluate('navigator.serviceWorker.controller !== null')).toBe(true)
      await app.stopServer()
      await page.reload()
      await page.waitForSelector('.square')
      await answered(page, () => page.locator('.inputs').getByLabel('Tokens out').fill('2048'))
      await expectNumbers(page, await cliJson<Answer>(['compare', '--workload', '1024/2048']))
      await page.getByLabel('Language').selectOption('zh')
      await page.getByRole('heading', { level: 1, name: '夹击' }).waitFor()
    } finally {
      await app.close()
    }
  })
})
