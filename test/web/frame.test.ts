import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, CHROMIUM, builtApp, startApp } from './browser.ts'

/** All files of the app are fetched meanwhile. */
const PATIENT = { timeout: 30_000 }

const controlled = (page: Page): Promise<void> =>
  expect.poll(() => page.evaluate('navigator.serviceWorker.controller !== null'), PATIENT).toBe(true)

const build = (page: Page): Promise<string | null> =>
  page.evaluate('document.querySelector("meta[name=build]")?.content ?? "first"')

/** Makes another build of the files in `folder`: another page, and another worker that holds it. */
function rebuild(folder: string): void {
  const change = (name: string, from: RegExp, to: string): void => {
    const text = readFileSync(join(folder, name), 'utf8')
    expect(text).toMatch(from)
    writeFileSync(join(folder, name), text.replace(from, to))
  }
  change('index.html', /<title>/, '<meta name="build" content="second" /><title>')
  change('sw.js', /"[\da-f]{12}"/, '"000000000002"')
}

describe.skipIf(CHROMIUM === undefined)('a new version', { timeout: 120_000 }, () => {
  it('is told in every tab, and comes when somebody says so', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pincer-web-'))
    cpSync(await builtApp(), folder, { recursive: true })
    const app = await startApp(folder)
    try {
      const { page, faults } = await app.open('#/own')
      await controlled(page)
      expect(await page.getByRole('alert').count()).toBe(0)
      const other = await page.context().newPage()
      await other.goto(`${app.url}#/own`)
      await controlled(other)
      rebuild(folder)
      await page.evaluate('navigator.serviceWorker.ready.then((each) => each.update()).then(() => undefined)')
      for (const each of [page, other]) await each.getByText('A new version is ready.').waitFor()
      // Until then the old one stays whole, however often the page is loaded.
      await page.reload()
      await page.getByText('A new version is ready.').waitFor()
      expect(await build(page)).toBe('first')
      await page.getByRole('button', { name: 'Reload' }).click()
      await expect.poll(() => build(page).catch(() => 'loading'), PATIENT).toBe('second')
      await page.waitForSelector('.own')
      expect(await page.getByRole('alert').count()).toBe(0)
      // The other tab's worker has been changed under it: its button must not be dead.
      expect(await build(other)).toBe('first')
      await other.getByRole('button', { name: 'Reload' }).click()
      await expect.poll(() => build(other).catch(() => 'loading'), PATIENT).toBe('second')
      expect(faults).toEqual([])
      // Other paths are not the page, which would look for its files in the wrong place.
      expect((await page.goto(`${app.url}own/more`))?.status()).toBe(404)
    } finally {
      await app.close()
      rmSync(folder, { recursive: true })
    }
  })
})

describe.skipIf(CHROMIUM === undefined)('the frame', { timeout: 120_000 }, () => {
  let app: App
  beforeAll(async () => {
    app = await startApp()
  }, 180_000)
  afterAll(() => app?.close())

  it('shows the last view of several asked for, and says when one cannot be loaded', async () => {
    const { page } = await app.open('#/own', { serviceWorkers: 'block' })
    await page.waitForSelector('.own')
    let letGo = (): void => undefined
    const held = new Promise<void>((resolve) => {
      letGo = resolve
    })
    await page.route(/assets\/evidence-.*\.js/, async (route) => {
      await held
      await route.continue()
    })
    await page.route(/assets\/money-.*\.js/, (route) => route.abort())
    const go = (name: string): Promise<void> => page.getByRole('link', { name, exact: true }).click()
    await go('Evidence')
    await page.getByText('Loading…').waitFor()
    await go('Your own')
    await page.waitForSelector('.own')
    const arrived = page.waitForResponse(/assets\/evidence-.*\.js/)
    letGo()
    await arrived
    await page.waitForTimeout(100)
    expect(await page.locator('.own h1').count()).toBe(1)
    await go('Money')
    await page.getByRole('alert').getByText('could not be loaded').waitFor()
    await go('Evidence')
    await page.waitForSelector('.evidence-view')
    expect(await page.title()).toBe('Evidence · Pincer')
    await page.getByLabel('Language').selectOption('zh')
    await expect.poll(() => page.title(), PATIENT).toBe('证据 · Pincer')
    // A number of a view that is left is not shown on the next.
    await page.locator('.evidence-view .num').first().click()
    await page.waitForSelector('dialog[open]')
    await page.goBack()
    await expect.poll(() => page.locator('dialog[open]').count(), PATIENT).toBe(0)
  })

  it('prints dark ink whatever the theme, without what only a screen can use', async () => {
    const { page } = await app.open('#/own', { colorScheme: 'dark' })
    await page.getByLabel('Theme').selectOption('dark')
    const ink = (): Promise<string> => page.locator('h1').evaluate((title) => getComputedStyle(title).color)
    const onScreen = await ink()
    await page.emulateMedia({ media: 'print' })
    expect(onScreen).not.toBe('rgb(29, 28, 26)')
    expect(await ink()).toBe('rgb(29, 28, 26)')
    expect(await page.getByRole('navigation').isVisible()).toBe(false)
  })

  it('works where storage is forbidden', async () => {
    const { page, faults } = await app.open('about:blank')
    await page.addInitScript(`for (const name of ['localStorage', 'sessionStorage', 'caches'])
      Object.defineProperty(window, name, { get() { throw new DOMException('forbidden', 'SecurityError') } })
      ServiceWorkerContainer.prototype.register = () => Promise.reject(new DOMException('forbidden', 'SecurityError'))`)
    await page.goto(`${app.url}#/own`)
    await page.getByLabel('Theme').selectOption('dark')
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark')
    await page.setInputFiles('input[type="file"]', 'examples/own-chip.json')
    await page.getByText('Added: Own chip').waitFor()
    await page.getByRole('link', { name: 'Use it' }).click()
    await page.waitForSelector('.deployment')
    expect(faults).toEqual([])
  })
})
