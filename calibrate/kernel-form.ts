import { findChip } from '../src/catalog/index.ts'
import { type Machine, machineOf } from '../src/kernel/index.ts'
import { type Free, descend } from './descent.ts'

/** One timed kernel: what it does and how long it takes. */
export interface TimedGemm {
  readonly chip: string
  readonly bits: 16 | 8 | 4
  readonly seconds: number
  readonly rows: number
  readonly columns: number
  readonly inner: number
}

/** The same for the routed experts of one chip; `width` is what a chip holds of each expert. */
export interface TimedExperts {
  readonly chip: string
  readonly bits: 16 | 8 | 4
  readonly seconds: number
  readonly tokens: number
  readonly hidden: number
  readonly width: number
  readonly topk: number
  readonly experts: number
  /** Ways that experts are dealt out to ranks. */
  readonly ranks: number
}

type Form = Readonly<Record<string, number>>

const ROUNDS = 40
/** Errors (log scale) beyond this are of kernels that no engine should choose. */
const CAP = 0.5

const share = (name: string, start: number): Free => ({ name, start, low: 0.05, high: 1.2 })

const GEMM: readonly Free[] = [
  { name: 'floor', start: 4e-6, low: 1e-6, high: 2e-5 },
  share('matrixEfficiency', 0.75),
  share('eightBitEfficiency', 0.75),
  share('fourBitEfficiency', 0.6),
  { name: 'matrixHalfOutputs', start: 4e5, low: 1e4, high: 1e7 },
  { name: 'matrixHalfInner', start: 100, low: 1, high: 2000 },
  share('stream', 0.8),
  share('eightBitStreamEfficiency', 0.95),
  share('fourBitStreamEfficiency', 0.8),
]

const EXPERTS: readonly Free[] = [
  { name: 'floor', start: 3e-5, low: 5e-6, high: 1e-4 },
  share('expertMatrixEfficiency', 0.45),
  share('expertEightBitEfficiency', 0.45),
  share('expertFourBitEfficiency', 0.55),
  { name: 'expertHalfWidth', start: 300, low: 10, high: 3000 },
  { name: 'expertPadding', start: 25, low: 1, high: 200 },
  share('stream', 0.8),
]

/** Constants of the GEMM form that fit timings best; see `operatorTime`. */
export function gemmForm(timings: readonly TimedGemm[]): { form: Form; error: number } {
  return fitForm(GEMM, timings, gemmSeconds)
}

/** Constants of the form of routed experts. */
export function expertForm(timings: readonly TimedExperts[]): { form: Form; error: number } {
  return fitForm(EXPERTS, timings, expertSeconds)
}

function fitForm<T extends { readonly seconds: number }>(
  free: readonly Free[],
  timings: readonly T[],
  seconds: (form: Form, timing: T) => number,
): { form: Form; error: number } {
  const formOf = (values: readonly number[]): Form => Object.fromEntries(free.map(({ name }, i) => [name, values[i]!]))
  const loss = (values: readonly number[]): number => {
    const form = formOf(values)
    let sum = 0
    for (const timing of timings) sum += Math.min(Math.abs(Math.log(seconds(form, timing) / timing.seconds)), CAP)
    return sum / timings.length
  }
  const found = descend(free, loss, ROUNDS)
  return { form: formOf(found.values), error: found.loss }
}

function gemmSeconds(form: Form, { chip, bits, rows, columns, inner }: TimedGemm): number {
  const machine = machineFor(chip)
  const narrow = 16 / bits
  const padded = Math.ceil(rows / 16) * 16
  const outputs = padded * columns
  const rate =
    peak(machine, bits) *
    form['matrixEfficiency']! *
    factor(form, bits, '', '') *
    (outputs / (outputs + form['matrixHalfOutputs']! * narrow)) *
    (inner / (inner + form['matrixHalfInner']! * narrow))
  const weights = (inner * columns * bits) / 8 / factor(form, bits, '', 'Stream')
  const bytes = weights + 2 * rows * (inner + columns)
  return form['floor']! + cubic((2 * outputs * inner) / rate, bytes / (machine.memoryRate * form['stream']!))
}

function expertSeconds(form: Form, timing: TimedExperts): number {
  const { chip, bits, tokens, hidden, width, topk, experts, ranks } = timing
  const machine = machineFor(chip)
  const each = Math.max((tokens * topk) / experts, 1)
  const flops = (6 * tokens * topk * hidden * width) / ranks
  const rate =
    peak(machine, bits) *
    form['expertMatrixEfficiency']! *
    factor(form, bits, 'expert', '') *
    (width / (width + form['expertHalfWidth']!))
  const hit = (experts * (1 - (1 - topk / experts) ** tokens)) / ranks
  const bytes =
    (hit * 3 * hidden * width * bits) / 8 / form['stream']! + (tokens * topk * (4 * hidden + 6 * width)) / ranks
  return form['floor']! + cubic((flops * (each + form['expertPadding']!)) / each / rate, bytes / machine.memoryRate)
}

function factor(form: Form, bits: number, prefix: string, suffix: string): number {
  if (bits === 16) return 1
  const name = `${bits === 8 ? 'eightBit' : 'fourBit'}${suffix}Efficiency`
  return form[prefix === '' ? name : `${prefix}${name[0]!.toUpperCase()}${name.slice(1)}`]!
}

function cubic(a: number, b: number): number {
  return Math.cbrt(a ** 3 + b ** 3)
}

function peak({ rates }: Machine, bits: 16 | 8 | 4): number {
  return (bits === 16 ? rates.bf16 : bits === 8 ? rates.fp8 : rates.fp4).flops
}

function machineFor(chip: string): Machine {
  return machineOf(findChip(chip))
}
