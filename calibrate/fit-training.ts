/**
 * Fits the seven constants of src/training to published training runs and writes catalog/fits/training.json with
 * its residuals. Deterministic. Usage: tsx calibrate/fit-training.ts DATA_DIR [--dry]
 */
import { writeFileSync } from 'node:fs'
import { catalogArch } from './training/arch.ts'
import { fitConstants, type Observation, residual } from './training/fit.ts'
import { type LeftOut, report } from './training/report.ts'
import type { TrainingConstants } from '../src/training/index.ts'
import { type MeasuredRow, measuredRows } from './training/row-file.ts'

const TARGET = new URL('../catalog/fits/training.json', import.meta.url)

function observations(rows: readonly MeasuredRow[]): Observation[] {
  return rows.flatMap(({ row, chipHours, mfu, excluded }) => {
    const arch = catalogArch(row.model)
    const base = { row, ...(arch === undefined ? {} : { arch }), ...(excluded === undefined ? {} : { excluded }) }
    return [
      ...(chipHours === undefined ? [] : [{ ...base, kind: 'chipHours' as const, measured: chipHours }]),
      ...(mfu === undefined ? [] : [{ ...base, kind: 'mfu' as const, measured: mfu }]),
    ]
  })
}

/** `Llama 3.1 405B (throughput recipe)` and `LLaMA 7B` are of the family llama. */
function familyOf(model: string): string {
  return /^[a-z]+/i.exec(model)?.[0].toLowerCase() ?? model
}

/** Residuals of all observations, each under constants fitted without its group. */
function leaveOut(
  fitted: readonly Observation[],
  start: TrainingConstants,
  groupOf: (observation: Observation) => string,
): Map<Observation, number> {
  const residuals = new Map<Observation, number>()
  for (const group of new Set(fitted.map(groupOf))) {
    const without = fitConstants(
      fitted.filter((each) => groupOf(each) !== group),
      start,
    )
    for (const each of fitted) if (groupOf(each) === group) residuals.set(each, residual(each, without))
  }
  return residuals
}

function main(): void {
  const dir = process.argv[2]
  if (dir === undefined) throw new Error('usage: tsx calibrate/fit-training.ts DATA_DIR [--dry]')
  const all = observations(measuredRows(dir))
  const fitted = all.filter((observation) => observation.excluded === undefined)
  const constants = fitConstants(fitted)
  const leftOut: LeftOut = {
    row: leaveOut(fitted, constants, ({ row }) => row.id),
    // One model's rows leave together, so that a twin does not give the answer away.
    model: leaveOut(fitted, constants, ({ row }) => row.model),
    family: leaveOut(fitted, constants, ({ row }) => familyOf(row.model)),
  }
  const pair = ['deepseek_67b', 'deepseek_v2']
  const withoutPair = fitConstants(
    fitted.filter(({ row }) => !pair.includes(row.id)),
    constants,
  )
  const result = report({ all, constants, leftOut, withoutPair })
  process.stdout.write(result.text)
  if (!process.argv.includes('--dry')) writeFileSync(TARGET, `${JSON.stringify(result.fit, null, 2)}\n`)
}

main()
