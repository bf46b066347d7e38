/**
 * Fits the seven constants of src/training to published training runs and writes catalog/fits/training.json with
 * its residuals. Deterministic. Usage: tsx calibrate/fit-training.ts DATA_DIR [--dry]
 */
import { writeFileSync } from 'node:fs'
import { catalogArch } from './training/arch.ts'
import { fitConstants, type Observation, residual } from './training/fit.ts'
import { report } from './training/report.ts'
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

function main(): void {
  const dir = process.argv[2]
  if (dir === undefined) throw new Error('usage: tsx calibrate/fit-training.ts DATA_DIR [--dry]')
  const all = observations(measuredRows(dir))
  const fitted = all.filter((observation) => observation.excluded === undefined)
  const constants = fitConstants(fitted)
  // One model's rows leave together, so that a twin does not give the answer away.
  const models = [...new Set(fitted.map(({ row }) => row.model))]
  const leftOut = new Map<Observation, number>()
  for (const model of models) {
    const without = fitConstants(
      fitted.filter(({ row }) => row.model !== model),
      constants,
    )
    for (const each of fitted) if (each.row.model === model) leftOut.set(each, residual(each, without))
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
