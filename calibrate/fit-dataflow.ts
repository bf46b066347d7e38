/**
 * Fits the constants of the dataflow machines to published speeds and writes catalog/fits/dataflow.json with the
 * residuals, in sample and with each model left out, and the tables of docs/dataflow.md. Deterministic.
 *
 *   npx tsx calibrate/fit-dataflow.ts DATA_DIR [--check]
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { quantile } from '../cli/validate/score.ts'
import { type Deployment, type MachineConstants, deploymentSpeed } from '../src/dataflow/index.ts'
import { descend } from './descent.ts'
import { MACHINE_BASES } from './dataflow/base.ts'
import { bandsFrom } from './dataflow/evidence.ts'
import { type Fitted, beliefPenalty, fittedConstants, machinesFrom } from './dataflow/model.ts'
import { withTables } from './dataflow/page.ts'
import { type SpeedRow, speedRows } from './dataflow/row.ts'

/** Published over predicted; 1 is exact. */
export interface Residual {
  readonly id: string
  readonly chip: string
  readonly model: string
  readonly quantity: 'tokens/s/user' | 'tokens/s'
  /** What the publication says of the deployment. */
  readonly given: Omit<Deployment, 'arch' | 'chip' | 'machine'>
  readonly published: number
  readonly predicted: number
  /** Prediction of a fit that saw no row of this model on this chip. */
  readonly leftOut: number
  /** Where the prediction drafts: acceptance at which the fitted machine makes what was published; absent: none does. */
  readonly acceptance?: number
}

const TARGET = fileURLToPath(new URL('../catalog/fits/dataflow.json', import.meta.url))
const PAGE = fileURLToPath(new URL('../docs/dataflow.md', import.meta.url))
const ROUNDS = 60

function main(directory: string, isCheck: boolean): void {
  const rows = speedRows(
    directory,
    MACHINE_BASES.map((base) => base.chip),
  )
  const fit = fitRows(rows)
  const residuals = rows.flatMap((row) => residualsOf(row, rows, fit))
  const machines = bandsFrom(fit.machines, residuals)
  const page = withTables(readFileSync(PAGE, 'utf8'), machines, residuals)
  const text = `${JSON.stringify(report(machines, residuals), significant, 2)}\n`
  for (const [target, now] of [
    [TARGET, text],
    [PAGE, page],
  ] as const) {
    if (!isCheck) writeFileSync(target, now)
    else if (readFileSync(target, 'utf8') !== now) throw new Error(`${target} is not what the data give`)
  }
  print(residuals)
}

type Machines = ReadonlyMap<string, MachineConstants>

interface Fit {
  readonly machines: Machines
  readonly fitted: readonly Fitted[]
}

function fitRows(rows: readonly SpeedRow[]): Fit {
  const used = rows.filter((row) => row.perUser !== undefined)
  const fitted = fittedConstants(new Set(used.map((row) => row.chip.id)))
  const { values } = descend(fitted, (tried) => lossOf(used, fitted, tried), ROUNDS)
  return { machines: machinesFrom(fitted, values), fitted }
}

/** Spread of published speeds around the physics, as a log: half of the rows are off by more than 13 %. */
const NOISE = 0.2

function lossOf(rows: readonly SpeedRow[], fitted: readonly Fitted[], values: readonly number[]): number {
  const machines = machinesFrom(fitted, values)
  let sum = beliefPenalty(fitted, values)
  for (const row of rows) sum += huber(Math.log(predictedPerUser(row, machines) / row.perUser!) / NOISE)
  return sum
}

// Squares up to two spreads, straight beyond: a press figure that is wrong must not bend the rest.
function huber(x: number): number {
  const size = Math.abs(x)
  return size <= 2 ? size * size : 4 * size - 4
}

function predictedPerUser(row: SpeedRow, machines: Machines): number {
  // The number of users matters to throughput only, which the fit does not use.
  const users = row.deployment.users ?? 1
  const machine = machines.get(row.chip.id)!
  return deploymentSpeed({ ...row.deployment, users, machine }).tokensPerSecondPerUser
}

function residualsOf(row: SpeedRow, rows: readonly SpeedRow[], fit: Fit): readonly Residual[] {
  const others = rows.filter((other) => other.chip.id !== row.chip.id || other.model !== row.model)
  const without = fitRows(others)
  const { arch: _arch, chip: _chip, ...given } = row.deployment
  const base = { id: row.id, chip: row.chip.id, model: row.model, given }
  const list: Residual[] = []
  if (row.perUser !== undefined) {
    list.push({
      ...base,
      quantity: 'tokens/s/user',
      published: row.perUser,
      predicted: predictedPerUser(row, fit.machines),
      leftOut: predictedPerUser(row, without.machines),
      ...solvedAcceptance(row, fit.machines),
    })
  }
  if (row.system !== undefined) {
    const predict = (from: Machines): number =>
      deploymentSpeed({ ...row.deployment, machine: from.get(row.chip.id)! }).tokensPerSecondSystem
    const [predicted, leftOut] = [predict(fit.machines), predict(without.machines)]
    list.push({ ...base, quantity: 'tokens/s', published: row.system, predicted, leftOut })
  }
  return list
}

// Bisection: speed rises with acceptance.
function solvedAcceptance(row: SpeedRow, machines: Machines): Pick<Residual, 'acceptance'> {
  const machine = machines.get(row.chip.id)!
  const speed = (value: number): number => {
    const { draftAcceptance, headAcceptance } = machine.software
    const software = {
      ...machine.software,
      draftAcceptance: { ...draftAcceptance, value },
      headAcceptance: { ...headAcceptance, value },
    }
    return predictedPerUser(row, new Map([[row.chip.id, { ...machine, software }]]))
  }
  let [low, high] = [0, 1]
  if (speed(low) >= row.perUser! || speed(high) <= row.perUser!) return {}
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2
    if (speed(middle) < row.perUser!) low = middle
    else high = middle
  }
  return { acceptance: (low + high) / 2 }
}

function report(machines: readonly MachineConstants[], residuals: readonly Residual[]): object {
  return {
    description:
      'Constants of the dataflow machines, written by calibrate/fit-dataflow.ts from speeds published for them. ' +
      'residuals: prediction of the fit, and of a fit that saw no row of that model on that chip.',
    software: machines[0]!.software,
    machines: machines.map(withoutSoftware),
    residuals,
  }
}

// The software is written once, not with every machine.
function withoutSoftware(machine: MachineConstants): object {
  return Object.fromEntries(Object.entries(machine).filter(([name]) => name !== 'software'))
}

function significant(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value
}

function print(residuals: readonly Residual[]): void {
  for (const r of residuals) {
    const line = [
      r.id.padEnd(26),
      r.quantity.padEnd(14),
      r.published,
      r.predicted.toPrecision(4),
      r.leftOut.toPrecision(4),
    ]
    if (r.acceptance !== undefined) line.push(`acceptance ${r.acceptance.toFixed(2)}`)
    const ratios = [r.predicted / r.published, r.leftOut / r.published].map((ratio) => `×${ratio.toFixed(2)}`)
    process.stdout.write(`${[...line, ...ratios].join('  ')}\n`)
  }
  const perUser = residuals.filter((r) => r.quantity === 'tokens/s/user')
  const score = (of: (r: Residual) => number): string => {
    const errors = perUser.map((r) => Math.abs(of(r) / r.published - 1))
    const near = perUser.filter((r) => Math.abs(Math.log2(of(r) / r.published)) <= 1).length
    return `median error ${(100 * quantile(errors, 0.5)).toFixed(1)} %, within a factor of 2 ${near} of ${perUser.length}`
  }
  process.stdout.write(`in sample: ${score((r) => r.predicted)}\n`)
  process.stdout.write(`model left out: ${score((r) => r.leftOut)}\n`)
}

const directory = process.argv[2]
if (directory === undefined) throw new Error('usage: npx tsx calibrate/fit-dataflow.ts DATA_DIR [--check]')
main(directory, process.argv.includes('--check'))
