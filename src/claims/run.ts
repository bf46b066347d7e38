import { formatCount, formatPercent } from '../units/index.ts'
import { trainingSpan } from './band.ts'
import { trainCommand } from './command.ts'
import { predictRun } from './training.ts'
import type { Finding, RunTest, Setting } from './types.ts'

/** Chip-hours, MFU or dollars of one training run. */
export function runFinding({ run, measure, source }: RunTest, { asserts }: Setting): Finding {
  const prediction = predictRun(run)
  const command = trainCommand(run)
  const evidence = { tier: 'interpolated', sources: [source] } as const
  const found = 'unknown' in prediction ? prediction : prediction[measure]
  if ('unknown' in found) return { quantity: found, reason: found.unknown, wouldHoldIf: [], evidence, command }
  const { model, chips, chip, mfu } = prediction as Exclude<typeof prediction, { unknown: string }>
  const reason = `${model} on ${formatCount(chips)} × ${chip}, at an MFU of ${formatPercent(mfu.value)}.`
  const quantity = { name: asserts.quantity, ...trainingSpan(found), unit: asserts.unit }
  return { quantity, reason, wouldHoldIf: [], evidence, command }
}
