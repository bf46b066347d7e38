import { type App, CHROMIUM, startApp } from '../test/web/browser.ts'
import type { BenchResult } from './result.ts'

/** How many times slower than this machine the page's processor is made. */
const THROTTLE = 4
const SLIDERS = ['Clients', 'Tokens in'] as const

/**
 * A move of a slider of the deployment view, from the event until the prediction of a worker stands on the page, drawn and laid
 * out, with the page's processor throttled. Nothing where there is no Chromium.
 */
export async function webDeploymentResults(): Promise<BenchResult[]> {
  if (CHROMIUM === undefined) return []
  const app = await startApp()
  try {
    const times = (await moves(app)).toSorted((a, b) => a - b)
    const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(share * times.length))]!
    return [
      { name: 'web.slider_ms', value: at(0.5), unit: 'ms', best: at(0) },
      { name: 'web.slider_p95_ms', value: at(0.95), unit: 'ms', best: at(0) },
    ]
  } finally {
    await app.close()
  }
}

/** Milliseconds of every move, of both sliders. */
async function moves(app: App): Promise<number[]> {
  const { page } = await app.open('#/deployment', { serviceWorkers: 'block' })
  await page.waitForSelector('.deployment .result')
  const session = await page.context().newCDPSession(page)
  await session.send('Emulation.setCPUThrottlingRate', { rate: THROTTLE })
  const times: number[] = []
  for (const name of SLIDERS) times.push(...((await page.evaluate(dragOf(name))) as number[]))
  await page.context().close()
  return times
}

// Evaluated in the page, hence text. The line below the title says what the numbers are of: it changes with the answer only.
function dragOf(name: string): string {
  return `(async () => {
    const handle = document.querySelector('input[type=range][aria-label="${name}"]')
    const line = document.querySelector('.deployment .asked')
    const move = async (at) => {
      await new Promise((resolve) => requestAnimationFrame(resolve))
      const drawn = new Promise((resolve) => {
        const observer = new MutationObserver(() => { observer.disconnect(); resolve() })
        observer.observe(line, { subtree: true, childList: true, characterData: true })
      })
      const start = performance.now()
      handle.value = String(at)
      handle.dispatchEvent(new Event('input', { bubbles: true }))
      await drawn
      document.body.getBoundingClientRect()
      return performance.now() - start
    }
    // Steps of three: the number has two digits, and neighbours may be the same.
    const times = []
    for (let at = 30; at < 60; at += 3) await move(at)
    for (let turn = 0; turn < 2; turn++) for (let at = 60 + turn; at < 150; at += 3) times.push(await move(at))
    return times
  })()`
}
