import {
  type ReinforceInput,
  type ReinforcePrediction,
  formatCount,
  formatPercent,
  formatUsd,
} from '../../src/index.ts'
import type { Io } from '../io.ts'
import { NOT_KNOWN } from './figure.ts'
import type { Page } from './page.ts'
import { tableText } from './table.ts'
import { printable } from './text.ts'

/** What reinforcement learning takes, part by part. */
export function reinforcePage(run: ReinforcePrediction, input: ReinforceInput, page: Page, io: Io): Page {
  const { steps, answers, promptTokens, answerTokens } = input
  const { rollout, update, totalHours } = run
  const row = (name: string, hours: number, how: string): string[] => [
    name,
    formatCount(Math.round(hours)),
    formatPercent(hours / totalHours),
    how,
  ]
  const rate = `${formatCount(Math.round(rollout.throughput.outputPerChip.value))} tokens/s a chip on ${formatCount(rollout.chips)} × ${rollout.chip.id}`
  const rows = [
    row('answers', run.rolloutHours, rate),
    row('scoring', run.scoringHours, 'forward passes at the pace of the update'),
    row(
      'updates',
      run.updateHours,
      `MFU ${formatPercent(update.mfu.value)} on ${formatCount(update.chips)} × ${update.chip}`,
    ),
    row('all', totalHours, typeof run.usd === 'number' ? formatUsd(run.usd) : `cost ${NOT_KNOWN}: ${run.usd.unknown}`),
  ]
  return page
    .title(
      `Reinforcement learning of ${printable(update.model)}: ${formatCount(steps)} steps of ${formatCount(answers)} answers`,
    )
    .text(
      `Questions of ${formatCount(promptTokens)} tokens, answers of ${formatCount(answerTokens)}: ${formatCount(run.tokens)} tokens in all.`,
    )
    .block(tableText({ head: ['', 'chip-hours', 'share', ''], rows, left: [0, 3] }, io))
    .notes('Remarks', [
      'parts one after another, chips always busy: what a step waits for its longest answer comes on top',
      ...update.notes.map(printable),
    ])
}
