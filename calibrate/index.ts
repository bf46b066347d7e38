/**
 * Fits the constants of the kernel and step rooms to measured deployments and judges every row by constants that have not seen
 * it. Writes catalog/fits/{kernel,engine}.json and the residuals in calibrate/residual, then what `npm run accuracy` makes of
 * those: bands, docs/accuracy.md and its pictures. Usage: npm run calibrate -- --data DIR [--keep], where DIR holds serving.csv
 * and published.csv; --keep judges the constants of the catalog instead of fitting. Deterministic: same data, same bytes.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Constants, constantsOf, FREE, shippedValues } from './constants.ts'
import { type Ratio, readRows } from './deployment.ts'
import { type Linearised, fitConstants, linearisedAt } from './fit.ts'
import { type JudgedRow, judgeHeldOut } from './held-out.ts'
import { otherVendorRatios } from './other-vendor.ts'
import { residual, round } from './residual-score.ts'
import { SOURCE } from './source.ts'
import { writeResiduals } from './residual-table.ts'

const ROUNDS = 5

function main(): void {
  const { values } = parseArgs({ options: { data: { type: 'string' }, keep: { type: 'boolean' } } })
  if (values.data === undefined) throw new Error('usage: npm run calibrate -- --data DIR [--keep]')
  const rows = readRows(values.data)
  const fitted = rows.flatMap(({ isFitted, deployment }) => (isFitted && deployment !== undefined ? [deployment] : []))
  const line: Linearised = values.keep === true ? linearisedAt(fitted, shippedValues()) : fitConstants(fitted, ROUNDS)
  const rounded = roundConstants(constantsOf([...line.values]))
  const judged = judgeHeldOut(rows, line, rounded)
  writeResiduals(judged, otherVendorRatios(values.data))
  const residuals = residualsOf(judged.filter(({ row }) => row.isFitted))
  process.stderr.write(`${JSON.stringify(residuals, undefined, 2)}\n`)
  write('kernel', { source: SOURCE, rows: fitted.length, constants: fittedOnly(rounded.kernel), residuals })
  write('engine', { source: SOURCE, rows: fitted.length, engines: rounded.engines })
}

function residualsOf(judged: readonly JudgedRow[]): unknown {
  const of = (pick: (row: JudgedRow) => Ratio): unknown => residual(judged.map(pick))
  return {
    inSample: of(({ seen }) => seen),
    leaveDeploymentsOut: of(({ held }) => held.deployment),
    leaveModelOut: of(({ held }) => held.model),
    leaveChipOut: of(({ held }) => held.chip),
  }
}

// What comes from kernel timings stays in kernel-table.json.
function fittedOnly(kernel: Constants['kernel']): unknown {
  return Object.fromEntries(Object.entries(kernel).filter(([name]) => FREE.some((free) => free.name === name)))
}

function roundConstants({ kernel, engines }: Constants): Constants {
  const all = <T extends object>(object: T): T =>
    Object.fromEntries(
      Object.entries(object).map(([key, value]) => [key, typeof value === 'number' ? round(value) : value]),
    ) as T
  return {
    kernel: all(kernel),
    engines: { vllm: all(engines.vllm), sglang: all(engines.sglang), trtllm: all(engines.trtllm) },
  }
}

function write(name: string, content: unknown): void {
  writeFileSync(new URL(`../catalog/fits/${name}.json`, import.meta.url), `${JSON.stringify(content, undefined, 2)}\n`)
}

main()
