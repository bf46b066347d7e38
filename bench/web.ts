import type { Page } from 'playwright-core'
import { type App, CHROMIUM, startApp } from '../test/web/browser.ts'
import { firstLoad } from '../test/web/first-load.ts'
import { repeatsOf } from './repeat.ts'
import type { BenchResult } from './result.ts'

const RUNS = 5
/** How many times slower than this machine the page's processor is made. */
const THROTTLE = 4

/**
 * The home view in a headless Chromium: bytes of a first visit (the engine's code included, its large fit not), and with the
 * processor throttled the time until it can be used, the time to another answer, and a move of a slider. Nothing
 * where there is no Chromium.
 */
export async function webResults(): Promise<BenchResult[]> {
  if (CHROMIUM === undefined) return []
  const app = await startApp()
  try {
    const { bytes, engineBytes } = await firstLoad(app)
    const runs: Timings[] = []
    for (let run = 0; run < repeatsOf(RUNS); run++) runs.push(await timings(app))
    return [
      { name: 'web.first_load_gzip_bytes', value: bytes + engineBytes, unit: 'B' },
      { name: 'web.first_paint_gzip_bytes', value: bytes, unit: 'B' },
      figure(
        'web.interactive_ms',
        runs.map(({ interactive }) => interactive),
      ),
      figure(
        'web.answer_ms',
        runs.map(({ answer }) => answer),
      ),
      figure(
        'web.home_slider_ms',
        runs.map(({ slide }) => slide),
      ),
    ]
  } finally {
    await app.close()
  }
}

interface Timings {
  /** From the start of the navigation to the first frame in which the view stands and the page answers, ms. */
  readonly interactive: number
  /** From a change of an input to its answer on the page, engine loaded, ms. */
  readonly answer: number
  /** What one move of the speed takes until it is drawn and laid out, median, ms. */
  readonly slide: number
}

// Evaluated in the page, hence text.
const WATCH = `
  new MutationObserver(() => {
    if (window.interactive !== undefined || document.querySelector('.square') === null) return
    window.interactive = 0
    requestAnimationFrame(() => setTimeout(() => { window.interactive = performance.now() }))
  }).observe(document, { childList: true, subtree: true })`

const INTERACTIVE = `(async () => {
  while (!(window.interactive > 0)) await new Promise((resolve) => setTimeout(resolve, 10))
  return window.interactive
})()`

// From the event until its text box shows the new number and the page is laid out.
const DRAG = `(async () => {
  const handle = document.querySelector('input[type=range]')
  const box = handle.closest('.slider').querySelector('input:not([type=range])')
  const { port1, port2 } = new MessageChannel()
  const task = () => new Promise((resolve) => { port1.onmessage = resolve; port2.postMessage(0) })
  const times = []
  // Steps of three: the number has two digits, and neighbours may be the same.
  for (let at = 40; at < 160; at += 3) {
    await new Promise((resolve) => requestAnimationFrame(resolve))
    const before = box.value
    const start = performance.now()
    handle.value = String(at)
    handle.dispatchEvent(new Event('input', { bubbles: true }))
    for (let turn = 0; turn < 50 && box.value === before; turn++) await task()
    document.body.getBoundingClientRect()
    times.push(box.value === before ? Infinity : performance.now() - start)
  }
  return times.sort((a, b) => a - b)[times.length >> 1]
})()`

async function timings(app: App): Promise<Timings> {
  const { page } = await app.open('about:blank', { serviceWorkers: 'block' })
  const session = await page.context().newCDPSession(page)
  await session.send('Emulation.setCPUThrottlingRate', { rate: THROTTLE })
  await page.addInitScript(WATCH)
  await page.goto(app.url)
  const interactive = (await page.evaluate(INTERACTIVE)) as number
  await answered(page, '50')
  const answer = await answered(page, '60')
  const slide = (await page.evaluate(DRAG)) as number
  await page.context().close()
  return { interactive, answer, slide }
}

/** Moves the speed and waits for the answer; ms. */
async function answered(page: Page, at: string): Promise<number> {
  return (await page.evaluate(`(async () => {
    const handle = document.querySelector('input[type=range]')
    const start = performance.now()
    handle.value = '${at}'
    handle.dispatchEvent(new Event('input', { bubbles: true }))
    const view = document.querySelector('.pincer')
    const until = async (phase) => {
      while (view.dataset.phase !== phase) await new Promise((resolve) => requestAnimationFrame(resolve))
    }
    await until('working')
    await until('idle')
    return performance.now() - start
  })()`)) as number
}

function figure(name: string, values: readonly number[]): BenchResult {
  const sorted = values.toSorted((a, b) => a - b)
  return { name, value: sorted[Math.floor(sorted.length / 2)]!, unit: 'ms', best: sorted[0]! }
}
