import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { env, getuid } from 'node:process'
import { fileURLToPath } from 'node:url'
import { createAdaptorServer } from '@hono/node-server'
import { type Browser, type BrowserContextOptions, type Page, chromium } from 'playwright-core'
import { webHandler } from '../../cli/web/handler.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
export const APP: string = join(ROOT, 'dist/web')

const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** The Chromium that tests run in: `CHROME_PATH`, or where systems put it. */
export const CHROMIUM: string | undefined = [env['CHROME_PATH'] ?? '', ...USUAL_PLACES].find(
  (path) => path !== '' && existsSync(path),
)
if (CHROMIUM === undefined) {
  process.stdout.write('skipped: browser tests, since there is no Chromium (set CHROME_PATH)\n')
}

const SOURCES = ['web', 'src', 'catalog', 'package.json']

/** Builds the app unless it is newer than all its sources; of several callers at once, one builds. */
export async function builtApp(): Promise<string> {
  const lock = join(ROOT, 'dist/web.lock')
  mkdirSync(join(ROOT, 'dist'), { recursive: true })
  while (!taken(lock)) await new Promise((resolve) => setTimeout(resolve, 200))
  try {
    if (isStale())
      execFileSync('npm', ['run', '-s', 'build:web'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] })
  } finally {
    rmdirSync(lock)
  }
  return APP
}

/** No build takes so long: a lock this old was left behind, ms. */
const LONGEST_BUILD = 120_000

function taken(lock: string): boolean {
  try {
    mkdirSync(lock)
    return true
  } catch {
    const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    if (age > LONGEST_BUILD) rmdirSync(lock)
    return false
  }
}

function isStale(): boolean {
  const built = statSync(join(APP, 'index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0
  return SOURCES.some((source) => newest(join(ROOT, source)) > built)
}

function newest(path: string): number {
  const { mtimeMs, isDirectory } = statFacts(path)
  return isDirectory ? Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name)))) : mtimeMs
}

function statFacts(path: string): { mtimeMs: number; isDirectory: boolean } {
  const stat = statSync(path)
  return { mtimeMs: stat.mtimeMs, isDirectory: stat.isDirectory() }
}

/** The app behind the handler of `pincer serve`, in a browser. */
export interface App {
  readonly url: string
  readonly browser: Browser
  /** A page of its own, with everything that went wrong on it. */
  readonly open: (path?: string, options?: BrowserContextOptions) => Promise<Opened>
  /** Ends the server only, as a network that goes away. */
  readonly stopServer: () => Promise<void>
  readonly close: () => Promise<void>
}

export interface Opened {
  readonly page: Page
  /** Errors on the console, exceptions, violations of the policy, requests that failed. */
  readonly faults: string[]
}

/** Serves what is built, or another `folder`. */
export async function startApp(folder?: string): Promise<App> {
  const server = createAdaptorServer({ fetch: webHandler(folder ?? (await builtApp())).fetch })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const browser = await chromium.launch({
    executablePath: CHROMIUM!,
    // Chromium's sandbox does not run as root.
    args: ['--disable-dev-shm-usage', ...(getuid?.() === 0 ? ['--no-sandbox'] : [])],
  })
  const stopServer = async (): Promise<void> => {
    if ('closeAllConnections' in server) server.closeAllConnections()
    if (server.listening) await new Promise((resolve) => server.close(resolve))
  }
  return {
    url,
    browser,
    open: (path = '', options = {}) => opened(browser, path === 'about:blank' ? path : url + path, options),
    stopServer,
    close: async () => {
      await browser.close()
      await stopServer()
    },
  }
}

async function opened(browser: Browser, url: string, options: BrowserContextOptions): Promise<Opened> {
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1440, height: 900 }, ...options })
  const page = await context.newPage()
  const faults: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(message.text())
  })
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('requestfailed', (request) => faults.push(`${request.url()} ${request.failure()?.errorText ?? ''}`))
  await page.goto(url)
  return { page, faults }
}
