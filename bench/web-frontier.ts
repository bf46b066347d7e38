import { type App, CHROMIUM, startApp } from '../test/web/browser.ts'
import { repeatsOf } from './repeat.ts'
import type { BenchResult } from './result.ts'

const RUNS = 5
/** A question of more than 10,000 configurations; the budget is for so many. */
const FRONTIER = '#/frontier?v=1&model=llama3-70b'
const SERVING = '#/serving?v=1&requests=100000'

/**
 * The frontier and the serving view in a headless Chromium, engine loaded: from a change of a question of 10,000 configurations to
 * its whole answer on the page, the longest task of the page's own thread meanwhile, and 100,000 requests simulated in a worker.
 * Nothing where there is no Chromium.
 */
export async function webViewResults(): Promise<BenchResult[]> {
  if (CHROMIUM === undefined) return []
  const app = await startApp()
  try {
    const searches = await searched(app)
    const simulated = await simulations(app)
    return [
      figure(
        'web.frontier_10k_ms',
        searches.map(({ answer, configurations }) => (answer * 10_000) / configurations),
      ),
      figure(
        'web.frontier_longtask_ms',
        searches.map(({ longest }) => longest),
      ),
      figure('web.simulate_100k_ms', simulated),
    ]
  } finally {
    await app.close()
  }
}

interface Search {
  /** From the change to the answer, ms. */
  readonly answer: number
  readonly configurations: number
  /** Longest task of the main thread, ms; 0 where none took 50 ms. */
  readonly longest: number
}

// Evaluated in the page, hence text.
const WATCH = `
  window.tasks = []
  new PerformanceObserver((list) => window.tasks.push(...list.getEntries())).observe({ entryTypes: ['longtask'] })`

// What was drawn last counts too, and is told a moment later.
const search = (tokens: number): string => `(async () => {
  const view = document.querySelector('.frontier')
  const label = [...document.querySelectorAll('label')].find(({ textContent }) => textContent === 'Tokens in')
  const field = document.getElementById(label.htmlFor)
  window.tasks.length = 0
  const start = performance.now()
  field.value = '${tokens}'
  field.dispatchEvent(new Event('input', { bubbles: true }))
  do await new Promise((resolve) => requestAnimationFrame(resolve))
  while (view.dataset.phase !== 'idle')
  const answer = performance.now() - start
  await new Promise((resolve) => setTimeout(resolve, 300))
  const configurations = Number(document.querySelector('.sum .num').textContent.replaceAll(',', ''))
  return { answer, configurations, longest: Math.max(0, ...window.tasks.map(({ duration }) => duration)) }
})()`

async function searched(app: App): Promise<Search[]> {
  const { page } = await app.open('about:blank')
  await page.addInitScript(WATCH)
  await page.goto(app.url + FRONTIER)
  await page.waitForSelector('.frontier[data-phase="idle"] .frontier-line')
  const runs: Search[] = []
  for (let run = 0; run < repeatsOf(RUNS); run++) runs.push((await page.evaluate(search(1025 + run))) as Search)
  return runs
}

async function simulations(app: App): Promise<number[]> {
  const times: number[] = []
  const { page } = await app.open(SERVING)
  for (let run = 0; run < repeatsOf(RUNS); run++) {
    await page.waitForSelector('.serving[data-phase="idle"] .overview')
    times.push(Number(await page.locator('.serving').getAttribute('data-milliseconds')))
    await page
      .locator('.panel')
      .getByLabel('Seed')
      .fill(String(run + 2))
    await page.waitForSelector('.serving[data-phase="working"]')
  }
  return times
}

function figure(name: string, values: readonly number[]): BenchResult {
  const ascending = values.toSorted((a, b) => a - b)
  return { name, value: ascending[Math.floor(ascending.length / 2)]!, unit: 'ms', best: ascending[0]! }
}
