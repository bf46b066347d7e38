import { closeSync, ftruncateSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Distribution, formatPercent, formatSeconds } from '../../src/index.ts'
import { cli, cliJson, inFolder } from '../cli/harness.ts'
import { violations } from './accessibility.ts'
import { type App, CHROMIUM, type Opened, startApp } from './browser.ts'
import { copied, drawn, rounded, saved, settled } from './page.ts'

const SHORT = 'v=1&load=poisson&rate=5&requests=300'
const CLIPBOARD = { permissions: ['clipboard-read', 'clipboard-write'] }

interface RunFile {
  readonly ttft: Distribution
  readonly tpot: Distribution
  readonly e2e: Distribution
  readonly requests: { readonly count: number; readonly finished: number }
  readonly goodput: number
}

describe.skipIf(CHROMIUM === undefined)('the serving view', { timeout: 120_000 }, () => {
  let app: App
  beforeAll(async () => {
    app = await startApp()
  }, 180_000)
  afterAll(() => app?.close())

  async function serving(query: string, options: Parameters<App['open']>[1] = {}): Promise<Opened> {
    const opened = await app.open(`#/serving?${query}`, options)
    await opened.page.waitForSelector('.serving[data-phase="idle"] .overview')
    return opened
  }

  it('answers as the command line does, for questions that are changed on the page', async () => {
    const { page, faults } = await serving(SHORT, CLIPBOARD)
    const change = (step: () => Promise<unknown>): Promise<void> => settled(page, 'serving', step)
    const panel = page.locator('.panel')
    await change(() => panel.getByLabel('Who sends requests').selectOption('bursty'))
    await change(() => panel.getByRole('textbox', { name: 'Requests per second' }).fill('6'))
    await change(() => panel.getByRole('textbox', { name: 'Burstiness' }).fill('2'))
    await change(() => panel.getByLabel('Scheduler').selectOption('sglang'))
    await change(() => panel.getByLabel('Replicas').fill('2'))
    await change(() => page.getByRole('textbox', { name: 'First token within' }).fill('300'))
    const command = (await copied(page, 'Command line')).split(' ')
    const answer = await cliJson<RunFile>(command.slice(1))
    expect(command.join(' ')).toContain(
      '--arrivals gamma:6,2 --requests 300 --policy sglang --replicas 2 --slo-ttft 300',
    )
    await page
      .locator('.level .card .big')
      .first()
      .getByText(formatPercent(shareOf(answer)))
      .waitFor()
    expect(rounded(JSON.parse(await copied(page, 'JSON')))).toEqual(rounded(answer))
    const cells = await page.locator('.figures tbody tr').first().locator('.num').allTextContents()
    expect(cells).toEqual(
      (['mean', 'p50', 'p90', 'p95', 'p99'] as const).map((name) => formatSeconds(answer.ttft[name])),
    )
    const [, , , ...rest] = command
    await page.locator('[data-load]').waitFor()
    const search = await cliJson<{ readonly found: { readonly load: number } }>([
      'simulate',
      '--model',
      ...rest,
      '--find-load',
    ])
    const load = Number(await page.locator('[data-load]').getAttribute('data-load'))
    expect(load).toBeCloseTo(search.found.load, 9)
    expect(faults).toEqual([])
  })

  it('finds the most clients of a closed loop, and comes back by its link', async () => {
    const query = 'v=1&load=closed&clients=16&isl=512&osl=128&tpot=20'
    const { page, faults } = await serving(query, CLIPBOARD)
    await page.locator('[data-load]').waitFor()
    const argv = [
      'simulate',
      '--model',
      'llama3-8b',
      '--chip',
      'h100',
      '--isl',
      '512',
      '--osl',
      '128',
      '--concurrency',
      '16',
    ]
    const level = ['--slo-ttft', '1000', '--slo-tpot', '20']
    const { found } = await cliJson<{ readonly found: { readonly load: number } }>([...argv, ...level, '--find-load'])
    expect(await page.locator('[data-load]').getAttribute('data-load')).toBe(String(found.load))
    expect(rounded(JSON.parse(await copied(page, 'JSON')))).toEqual(rounded(await cliJson([...argv, ...level])))
    await page.getByRole('button', { name: 'One step on' }).click()
    await page.getByRole('button', { name: 'Shorter stretch' }).click()
    const link = await copied(page, 'Link to this page')
    expect(link).toMatch(/&at=[\d.]+&window=/)
    const again = await serving(link.slice(app.url.length + '#/serving?'.length))
    expect(await again.page.locator('.readout').textContent()).toBe(await page.locator('.readout').textContent())
    expect([...faults, ...again.faults]).toEqual([])
  })

  it('lets time run, stops it, and goes by steps where motion is not wanted', async () => {
    const { page } = await serving(`${SHORT}&at=1`)
    const clock = page.getByLabel('Time in the run')
    const before = Number(await clock.inputValue())
    await page.getByRole('button', { name: 'Play' }).click()
    await page.waitForFunction(
      (value) => Number(document.querySelector<HTMLInputElement>('.transport input')?.value) > value + 3,
      before,
    )
    await page.getByRole('button', { name: 'Pause' }).click()
    const stopped = await clock.inputValue()
    await page.waitForFunction(() => /&at=[\d.]+/.test(location.hash))
    await page.waitForTimeout(100)
    expect(await clock.inputValue()).toBe(stopped)
    await clock.focus()
    await page.keyboard.press('Home')
    expect(await clock.inputValue()).toBe('0')

    const still = await serving(`${SHORT}&at=1`, { reducedMotion: 'reduce' })
    expect(await still.page.getByRole('button', { name: 'Play' }).count()).toBe(0)
    const at = await still.page.locator('.clock dd').textContent()
    await still.page.getByRole('button', { name: 'One step on' }).click()
    expect(await still.page.locator('.clock dd').textContent()).not.toBe(at)
  })

  it('simulates a trace that is dropped, and refuses what it cannot read as the command line does', async () => {
    const good = [
      'arrival_ms,input_tokens,output_tokens',
      ...Array.from({ length: 60 }, (_, i) => `${i * 40},${200 + i},${30 + (i % 7)}`),
    ]
    const bad = [...good.slice(0, 9), '350,-4,12', ...good.slice(9)]
    const files = { 'trace.csv': good.join('\n'), 'bad.csv': bad.join('\n') }
    await inFolder(files, async (cwd) => {
      const { page, faults } = await app.open('#/serving?v=1&load=trace', CLIPBOARD)
      await page.getByText('This link was made with a trace').waitFor()
      const give = (name: string): Promise<void> => page.locator('.trace-drop input').setInputFiles(join(cwd, name))
      const argv = ['simulate', '--model', 'llama3-8b', '--chip', 'h100', '--slo-ttft', '1000', '--slo-tpot', '40']
      await give('trace.csv')
      await page.waitForSelector('.serving[data-phase="idle"] .overview')
      await page.locator('.level .card .big').first().waitFor()
      const answer = await cliJson<RunFile>([...argv, '--trace', 'trace.csv'], { cwd })
      expect(rounded(JSON.parse(await copied(page, 'JSON')))).toEqual(rounded(answer))

      await give('bad.csv')
      await page.waitForSelector('.serving[data-phase="failed"]')
      const said = (await page.getByRole('alert').first().textContent()) ?? ''
      expect(said).toContain('line 10')
      expect((await cli([...argv, '--trace', 'bad.csv'], { cwd })).err).toContain(
        said.split(': ').slice(1).join(': ').split(';')[0],
      )

      // Sparse: a gigabyte that takes no room.
      const huge = openSync(join(cwd, 'huge.csv'), 'w')
      ftruncateSync(huge, 2 ** 30)
      closeSync(huge)
      await give('huge.csv')
      await page.getByText('the file has 1,024 MiB, more than the 256').waitFor()

      writeFileSync(
        join(cwd, 'packed.jsonl.gz'),
        gzipSync(
          '{"arrival_s":0,"input_tokens":9,"output_tokens":5}\n{"arrival_s":1,"input_tokens":7,"output_tokens":2}\n',
        ),
      )
      await give('packed.jsonl.gz')
      await page.waitForSelector('.serving[data-phase="idle"]')
      expect(await page.locator('.sum .num').first().textContent()).toBe('2')
      expect(faults).toEqual([])
    })
  })

  it('gives pictures as files, the requests included', async () => {
    const { page } = await serving(SHORT)
    await page.locator('.lanes-plot').waitFor()
    const svg = drawn(await saved(page, 'Request by request', 'SVG'))
    expect(svg).toMatch(/<image [^>]*href="data:image\/png;base64,/)
    expect(svg).not.toMatch(/NaN|undefined|class=/)
    const rows = (await saved(page, 'The run over time', 'CSV')).toString().trim().split('\r\n')
    expect(rows.length).toBeGreaterThan(100)
    expect((await saved(page, 'How long users wait', 'PNG')).subarray(1, 4).toString()).toBe('PNG')
  })

  it('says what is wrong with a link, and never runs what is in it', async () => {
    const bad = [
      ['requests=1e12&rate=-1&constructor=2', ['Requests: “1e12”', 'Rate: “-1”', '“constructor”']],
      ['model=<script>alert(1)</script>&requests=50', ['<script>']],
      ['model=deepseek-v3&chip=h100-sxm&chips=1&requests=50', ['no room']],
    ] as const
    const { page, faults } = await serving(SHORT)
    for (const [query, parts] of bad) {
      await page.evaluate((hash) => {
        location.hash = hash
      }, `#/serving?v=1&${query}`)
      const alerts = page.getByRole('alert')
      for (const part of parts) await alerts.filter({ hasText: part }).first().waitFor()
      expect(await page.locator('main script').count()).toBe(0)
      expect(await page.locator('main').textContent()).not.toMatch(/NaN|undefined|Infinity/)
    }
    expect(faults).toEqual([])
  })

  it('is accessible in both themes, with everything open', async () => {
    const { page, faults } = await serving(`${SHORT}&nothing=1`, { colorScheme: 'light', reducedMotion: 'reduce' })
    await page.locator('.loads').waitFor()
    // An open one is called otherwise.
    const closed = page.getByRole('button', { name: 'Show table' })
    while ((await closed.count()) > 0) await closed.first().click()
    expect(await violations(page)).toEqual([])
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await violations(page)).toEqual([])
    await page.locator('.figures .num').first().click()
    expect(await page.getByRole('dialog').textContent()).toContain('pincer simulate')
    expect(await violations(page)).toEqual([])
    expect(faults).toEqual([])
  })

  it('fits a phone, in Chinese', async () => {
    const { page, faults } = await serving(SHORT, { viewport: { width: 390, height: 844 }, locale: 'zh-CN' })
    await page.locator('.loads').waitFor()
    expect(await page.locator('h1').textContent()).toBe('有负载时，用户感受如何？')
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    expect(await violations(page)).toEqual([])
    expect(faults).toEqual([])
  })
})

// Goodput is requests per second that keep the level, of those that are served per second.
function shareOf({ goodput, requests, ...rest }: RunFile): number {
  const { requestRate } = rest as unknown as { readonly requestRate: number }
  return ((goodput / requestRate) * requests.finished) / requests.count
}
