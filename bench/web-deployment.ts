import { type App, CHROMIUM, startApp } from '../test/web/browser.ts'
import type { BenchResult } from './result.ts'

/** How many times slower than this machine the page's processor is made. */
const THROTTLE = 4
const SLIDERS = ['Clients', 'Tokens in'] as const

/** What one move of a slider takes, ms from the event. */
interface Move {
  /** Until handle and number are where they belong, drawn and laid out. */
  readonly slider: number
  /** Until the prediction of a worker stands on the page, drawn and laid out. */
  readonly answer: number
}

/**
 * Moves of two sliders of the deployment view: until the slider itself is drawn anew and until its prediction is, the page's processor
 * throttled, and the latter without throttling. Nothing where there is no Chromium.
 */
export async function webDeploymentResults(): Promise<BenchResult[]> {
  if (CHROMIUM === undefined) return []
  const app = await startApp()
  try {
    const throttled = await moves(app, THROTTLE)
    const free = await moves(app, 1)
    const sliders = throttled.map(({ slider }) => slider)
    const answers = throttled.map(({ answer }) => answer)
    return [
      figure('web.slider_ms', sliders, 0.5),
      figure('web.slider_p95_ms', sliders, 0.95),
      figure('web.slider_answer_ms', answers, 0.5),
      figure('web.slider_answer_p95_ms', answers, 0.95),
      figure(
        'web.slider_answer_unthrottled_ms',
        free.map(({ answer }) => answer),
        0.5,
      ),
    ]
  } finally {
    await app.close()
  }
}

function figure(name: string, times: readonly number[], share: number): BenchResult {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (rank: number): number => sorted[Math.min(sorted.length - 1, Math.floor(rank * sorted.length))]!
  return { name, value: at(share), unit: 'ms', best: at(0) }
}

/** Every move of both sliders. */
async function moves(app: App, throttle: number): Promise<Move[]> {
  const { page } = await app.open('#/deployment', { serviceWorkers: 'block' })
  await page.waitForSelector('.deployment .result')
  const session = await page.context().newCDPSession(page)
  await session.send('Emulation.setCPUThrottlingRate', { rate: throttle })
  const times: Move[] = []
  for (const name of SLIDERS) times.push(...((await page.evaluate(dragOf(name))) as Move[]))
  await page.context().close()
  return times
}

// Evaluated in the page, hence text. The line below the title says what the numbers are of: it changes with the answer only.
function dragOf(name: string): string {
  return `(async () => {
    const handle = document.querySelector('input[type=range][aria-label="${name}"]')
    const slider = handle.closest('.slider')
    const line = document.querySelector('.deployment .asked')
    const changed = (place, what) => new Promise((resolve) => {
      const observer = new MutationObserver(() => { observer.disconnect(); resolve() })
      observer.observe(place, { subtree: true, ...what })
    })
    const move = async (at) => {
      await new Promise((resolve) => requestAnimationFrame(resolve))
      const moved = changed(slider, { attributes: true })
      const drawn = changed(line, { childList: true, characterData: true })
      const start = performance.now()
      const since = async (what) => {
        await what
        document.body.getBoundingClientRect()
        return performance.now() - start
      }
      handle.value = String(at)
      handle.dispatchEvent(new Event('input', { bubbles: true }))
      const [sliderTime, answer] = await Promise.all([since(moved), since(drawn)])
      return { slider: sliderTime, answer }
    }
    // Steps of three: the number has two digits, and neighbours may be the same.
    const times = []
    for (let at = 30; at < 60; at += 3) await move(at)
    for (let turn = 0; turn < 2; turn++) for (let at = 60 + turn; at < 150; at += 3) times.push(await move(at))
    return times
  })()`
}
