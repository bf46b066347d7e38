import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { APP, type App } from './browser.ts'

export interface FirstLoad {
  /** Files until the home view can be used, and their bytes, gzipped. */
  readonly files: readonly string[]
  readonly bytes: number
  /** The engine's code, which the first change of an input loads; the large fit is a file of its own. */
  readonly engineFiles: readonly string[]
  readonly engineBytes: number
}

/** What a first visit to the home view fetches, and what the first question adds. */
export async function firstLoad(app: App): Promise<FirstLoad> {
  const { page } = await app.open('about:blank', { serviceWorkers: 'block' })
  const asked = new Set<string>()
  // The context sees the requests of workers too.
  page.context().on('request', (request) => asked.add(request.url()))
  await page.goto(app.url)
  await page.waitForSelector('.pincer[data-phase="idle"] .square')
  await page.waitForLoadState('networkidle')
  const files = namesOf(asked, app.url)
  await page.locator('input[type="range"]').first().fill('60')
  await page.waitForSelector('.pincer[data-phase="working"]')
  await page.waitForSelector('.pincer[data-phase="idle"]')
  const later = namesOf(asked, app.url).filter((name) => !files.includes(name))
  const engineFiles = later.filter((name) => !name.includes('kernel-surfaces'))
  await page.context().close()
  return { files, bytes: gzipped(files), engineFiles, engineBytes: gzipped(engineFiles) }
}

function namesOf(urls: ReadonlySet<string>, base: string): string[] {
  const own = [...urls]
    .filter((url) => url.startsWith(base))
    .map((url) => url.slice(base.length).replace(/[?#].*$/, ''))
  return [...new Set(own)].map((name) => (name === '' ? 'index.html' : name)).toSorted()
}

function gzipped(files: readonly string[]): number {
  return files.reduce((sum, name) => sum + gzipSync(readFileSync(join(APP, name)), { level: 9 }).length, 0)
}
