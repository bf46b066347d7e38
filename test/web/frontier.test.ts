import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatCount, formatRate, planSearch, searchPart, type SearchResult } from '../../src/index.ts'
import { cliJson } from '../cli/harness.ts'
import { violations } from './accessibility.ts'
import { type App, CHROMIUM, type Opened, startApp } from './browser.ts'
import { copied, drawn, rounded, saved, settled } from './page.ts'

const SMALL = 'v=1&model=llama3-8b&chips=h100-sxm,h200-sxm'
const CLIPBOARD = { permissions: ['clipboard-read', 'clipboard-write'] }
const CHART = 'Speed of a user against what it costs'

describe.skipIf(CHROMIUM === undefined)('the frontier view', { timeout: 120_000 }, () => {
  let app: App
  beforeAll(async () => {
    app = await startApp()
  }, 180_000)
  afterAll(() => app?.close())

  async function frontier(query: string, options: Parameters<App['open']>[1] = {}): Promise<Opened> {
    const opened = await app.open(`#/frontier?${query}`, options)
    await opened.page.waitForSelector('.frontier[data-phase="idle"] .frontier-line')
    return opened
  }

  it('answers as the command line does, for questions that are changed on the page', async () => {
    const { page, faults } = await frontier('v=1&model=gpt-oss-20b&chips=h100-sxm', CLIPBOARD)
    const change = (step: () => Promise<unknown>): Promise<void> => settled(page, 'frontier', step)
    const panel = page.locator('.panel')
    await change(() => panel.getByLabel('Model').selectOption({ label: 'Llama 3.1 8B' }))
    await change(() => panel.getByLabel('H200 SXM').check())
    await change(() => panel.getByLabel('Tokens in').fill('2048'))
    await change(() => page.getByRole('radio', { name: '$ per million output tokens' }).check())
    await change(() => panel.getByLabel('Speed, at least').fill('60'))
    await change(() => panel.getByLabel('Serving engine').selectOption('vllm'))
    const command = (await copied(page, 'Command line')).split(' ')
    expect(command.join(' ')).toBe(
      'pincer search meta-llama/Llama-3.1-8B --chips h100-sxm,h200-sxm --isl 2048 --osl 1024 --engines vllm --by cost --user-speed 60',
    )
    const answer = await cliJson<SearchResult>(command.slice(1))
    const shown: unknown = JSON.parse(await copied(page, 'JSON'))
    expect(rounded(shown, ['seconds'])).toEqual(rounded(answer, ['seconds']))
    expect(await page.locator('.sum .num').first().textContent()).toBe(formatCount(answer.tried))
    expect(await page.locator('.point').count()).toBe(answer.frontier.length)
    const best = page.locator('.best .card .num').first()
    expect(await best.textContent()).toBe(
      formatRate(answer.best!.load?.throughput.perUser.value ?? speedOf(answer.best!)),
    )
    expect(faults).toEqual([])
  })

  it('pins with the keyboard, lists a region, and comes back by its link', async () => {
    const { page, faults } = await frontier(SMALL, CLIPBOARD)
    await page.locator('.point[tabindex="0"]').focus()
    await page.keyboard.press('End')
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('Enter')
    await page.locator('.pins .card').waitFor()
    await page.getByLabel('Speed from').fill('50')
    await page.getByLabel('Per chip from').fill('1000')
    const status = page.locator('.region [role="status"]')
    await status.waitFor()
    expect(Number(await status.getAttribute('data-count'))).toBe(countBeyond(50, 1000))
    await page.locator('.region tbody tr').first().waitFor()
    await page.locator('.region tbody .num').first().click()
    const said = await page.getByRole('dialog').textContent()
    for (const part of ['90 % band', 'Confidence', 'pincer predict --model meta-llama/Llama-3.1-8B'])
      expect(said).toContain(part)
    const shown = /--(?:chip|tp|workload).*@\d+/.exec(said ?? '')?.[0]
    expect(shown).toBeDefined()
    await page.keyboard.press('Escape')
    const link = await copied(page, 'Link to this page')
    expect(link).toContain('&pins=h')
    expect(link).toContain('&region=50:')
    const again = await app.open(link.slice(app.url.length))
    await again.page.locator('.pins .card').waitFor()
    await again.page.locator('.region tbody tr').first().waitFor()
    expect(await again.page.locator('.pins .card').textContent()).toBe(await page.locator('.pins .card').textContent())
    await again.page.getByRole('button', { name: 'Unpin' }).first().click()
    await again.page.getByText('Click a dot, or press Enter').waitFor()
    expect([...faults, ...again.faults]).toEqual([])
  })

  it('takes a rectangle that is dragged, and a click on a dot', async () => {
    const { page } = await frontier(`${SMALL}&measured=off`)
    const box = (await page.locator('.ground').boundingBox())!
    await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.3)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.8, box.y + box.height * 0.8, { steps: 4 })
    await page.mouse.up()
    await page.locator('.region tbody tr').first().waitFor()
    await page.waitForFunction(() => /region=[\d.]+:[\d.]+:[\d.]+:[\d.]+/.test(location.hash))
    await page.locator('.point').nth(4).locator('.dot').click()
    await page.locator('.pins .card').waitFor()
  })

  it('shows measured runs beside the predictions, with their source', async () => {
    const { page } = await frontier('v=1&chips=h200-sxm')
    await page.locator('.plot .measured path').first().waitFor({ state: 'attached' })
    const marks = await page.locator('.plot .measured path').count()
    expect(marks).toBeGreaterThan(10)
    await page.getByText('Measured runs in the picture').click()
    expect(await page.locator('.measured-runs tbody tr').count()).toBe(marks)
    expect(await page.locator('.measured-runs a').getAttribute('href')).toContain('InferenceX')
    await page.getByRole('checkbox', { name: 'Measured runs' }).uncheck()
    expect(await page.locator('.plot .measured path').count()).toBe(0)
  })

  it('gives the picture and its numbers as files, the dots included', async () => {
    const { page } = await frontier(SMALL)
    const svg = drawn(await saved(page, CHART, 'SVG'))
    expect(svg).toMatch(/^<svg .*<image [^>]*href="data:image\/png;base64,".*<\/svg>$/s)
    expect(svg).not.toMatch(/NaN|undefined|class=/)
    // Colours mean nothing without their legend, which stands beside the drawing on the page.
    for (const words of [CHART, 'H100 SXM5 80GB', 'H200 SXM 141GB']) expect(svg).toContain(`>${words}</text>`)
    expect((await saved(page, CHART, 'PNG')).subarray(1, 4).toString()).toBe('PNG')
    const { frontier: points } = await cliJson<SearchResult>(['search', 'llama3-8b', '--chips', 'h100-sxm,h200-sxm'])
    const rows = (await saved(page, CHART, 'CSV')).toString().trim().split('\r\n')
    expect(rows).toHaveLength(1 + points.length)
  })

  it('says what is wrong with a link, and never runs what is in it', async () => {
    const bad = [
      ['v=1&model=<img src=x onerror=alert(1)>&chips=h100-sxm&__proto__=1', ['<img src=x', '“__proto__”']],
      ['v=1&chips=h100-sxm&speed=1e999&scale=cubic&region=1:2:3', ['Speed: “1e999”', 'Scale: “cubic”', 'Region']],
      ['v=1&chips=h100-sxm&pins=constructor,javascript:alert(1)', ['Pinned points']],
      ['v=1&chips=h100-sxm&pins=h100-sxm/vllm/tp3/7', ['Not among the configurations']],
    ] as const
    const { page, faults } = await frontier(SMALL)
    for (const [query, parts] of bad) {
      await page.evaluate((hash) => {
        location.hash = hash
      }, `#/frontier?${query}`)
      const alerts = page.getByRole('alert')
      for (const part of parts) await alerts.filter({ hasText: part }).first().waitFor()
      expect(await page.locator('main img, main script').count()).toBe(0)
      expect(await page.locator('main').textContent()).not.toMatch(/NaN|undefined|Infinity/)
    }
    expect(faults).toEqual([])
  })

  it('can be cancelled on its way, and asked again', async () => {
    const { page } = await app.open('about:blank', { serviceWorkers: 'block' })
    let letThrough: (() => void) | undefined
    await page.context().route('**/kernel-surfaces*', async (route) => {
      await new Promise<void>((resolve) => {
        letThrough = resolve
      })
      await route.continue()
    })
    await page.goto(`${app.url}#/frontier?${SMALL}`)
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('alert').getByText('Cancelled').waitFor()
    letThrough?.()
    await page.context().unroute('**/kernel-surfaces*')
    await page.getByRole('button', { name: 'Compute again' }).click()
    await page.waitForSelector('.frontier[data-phase="idle"] .frontier-line')
  })

  it('says so when nothing has numbers', async () => {
    const { page, faults } = await app.open('#/frontier?v=1&model=gpt-3-175b&chips=tpu-v5e&isl=1000000&osl=1000000')
    await page.getByText('No configuration has numbers').waitFor()
    expect(faults).toEqual([])
  })

  it('is accessible in both themes, with everything open', async () => {
    const query = `${SMALL}&by=cost&speed=80&pins=h100-sxm/vllm/tp1/16&region=50:200:0.01:1&nothing=1`
    const { page, faults } = await frontier(query, { colorScheme: 'light', reducedMotion: 'reduce' })
    await page.locator('.region tbody tr').first().waitFor()
    await page.getByRole('button', { name: 'Show table' }).click()
    await page.evaluate(`document.querySelectorAll('main details').forEach((details) => (details.open = true))`)
    expect(await violations(page)).toEqual([])
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await violations(page)).toEqual([])
    await page.locator('.pins .num').first().click()
    expect(await violations(page)).toEqual([])
    expect(faults).toEqual([])
  })

  it('fits a phone, in Chinese', async () => {
    const { page, faults } = await frontier(SMALL, { viewport: { width: 390, height: 844 }, locale: 'zh-CN' })
    expect(await page.locator('h1').textContent()).toBe('什么值得部署？')
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    expect(await violations(page)).toEqual([])
    expect(faults).toEqual([])
  })
})

// The document has a point's numbers at its top.
function speedOf(point: unknown): number {
  return (point as { readonly throughput: { readonly perUser: { readonly value: number } } }).throughput.perUser.value
}

/** How many configurations are beyond both, by the library. */
function countBeyond(speed: number, perChip: number): number {
  const chips = ['h100-sxm', 'h200-sxm']
  const plan = planSearch({ model: 'llama3-8b', chips, workload: { isl: 1024, osl: 1024 } })
  let count = 0
  searchPart(plan, 0, plan.candidates.length, ({ load: { throughput } }) => {
    if (throughput.perUser.value >= speed && throughput.outputPerChip.value >= perChip) count += 1
  })
  return count
}
