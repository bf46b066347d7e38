import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import {
  type Known,
  type Prediction,
  formatRate,
  formatSeconds,
  formatSi,
  formatUsd,
  isKnown,
} from '../../src/index.ts'
import { cliJson } from '../cli/harness.ts'

export function known(figure: Known, print: (value: number) => string): string {
  return isKnown(figure) ? print(figure.value) : 'unknown'
}

/** The headline as it must stand on the page. */
export function headline({ cost, throughput, ttft, tpot, energy }: Prediction): string[] {
  return [
    known(cost.perMtokOutput, formatUsd),
    formatRate(throughput.perUser.value),
    formatSeconds(ttft.value),
    formatSeconds(tpot.value),
    formatRate(throughput.outputPerChip.value),
    known(energy.perOutputToken, (joules) => formatSi(joules, 'J')),
  ]
}

/** The headline as it stands there. */
export function shown(page: Page): Promise<string[]> {
  return page.locator('.key-figures .large').allTextContents()
}

/** Waits until the page shows what `pincer predict` prints for `argv`. */
export async function expectPrediction(page: Page, argv: readonly string[]): Promise<Prediction> {
  const prediction = await cliJson<Prediction>(['predict', ...argv])
  await expect.poll(() => shown(page), { timeout: 20_000 }).toEqual(headline(prediction))
  return prediction
}
