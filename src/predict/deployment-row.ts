import { PincerError } from '../issue/index.ts'
import { HARNESS } from './workload.ts'

/** One row of a table of measured deployments: column → text. Only the columns below are looked at. */
export type DeploymentRow = Readonly<Record<string, string | undefined>>

/** The question a row asks, as a scenario file, and what had to be read differently from how it is labelled. */
export interface DeploymentQuestion {
  readonly scenario: Readonly<Record<string, unknown>>
  readonly notes: readonly string[]
}

interface Degrees {
  readonly tp: number
  readonly pp: number
  readonly dp: number
  readonly moeTp?: number
  readonly moeEp?: number
}

/**
 * Scenario of a row in the column layout of public deployment tables (model, chip, precision, engine, mode, isl, osl,
 * concurrency, tp, pp, dp_attention, moe_tp, moe_ep, prefill_*, decode_*, spec_decode). Measured columns are not among them, so
 * no prediction can see a measurement. All rows are taken to be made by the InferenceX harness.
 * @throws PincerError `missing_field` when a label that the prediction needs is blank
 */
export function deploymentQuestion(row: DeploymentRow): DeploymentQuestion {
  const notes: string[] = []
  const base = {
    model: text(row, 'model'),
    chip: text(row, 'chip'),
    precision: text(row, 'precision'),
    engine: text(row, 'engine'),
    streamInterval: 'harness',
    workload: {
      isl: whole(row, 'isl'),
      osl: whole(row, 'osl'),
      concurrency: whole(row, 'concurrency'),
      ...HARNESS,
    },
    ...speculation(row),
  }
  const mode = row['mode'] ?? 'aggregated'
  if (mode === 'disaggregated') {
    return {
      scenario: { ...base, disaggregated: { prefill: pool(row, 'prefill_'), decode: pool(row, 'decode_') } },
      notes,
    }
  }
  return { scenario: { ...base, mapping: repaired(degrees(row, ''), notes) }, notes }
}

/**
 * Undoes three known misreadings of engine flags in the public table: `tp T, ep E` recorded as tp = T·E with experts T × E, and
 * `data-parallel attention` recorded as tp = dp = T with ep = T². Rows with either label carry the same measurements as
 * rows labelled T, and a replica of that size would span more chips than the machine they ran on. A degree such as 36, which
 * divides no model's heads, is one of attention data parallelism.
 */
function repaired(labels: Degrees, notes: string[]): Degrees {
  const { tp, pp, dp, moeTp = 1, moeEp = 1 } = labels
  const ranks = tp * dp
  if (dp === 1 && !isPowerOfTwo(tp)) {
    notes.push(`labels repaired: tp ${tp} read as attention data parallelism over ${tp} ranks`)
    return { ...labels, tp: 1, dp: tp }
  }
  const isSquare = tp === dp && tp > 1 && moeTp === 1 && moeEp === tp * tp
  if (isSquare) {
    notes.push(`labels repaired: tp ${tp} × dp ${dp} read as tp ${tp}`)
    return { tp, pp, dp: 1, moeTp: 1, moeEp: tp }
  }
  const isProduct =
    ranks > 8 && moeEp > 1 && moeTp > 1 && moeTp * moeEp === ranks && moeTp % moeEp === 0 && (tp === 1 || dp === 1)
  if (!isProduct) return labels
  notes.push(`labels repaired: ${ranks} ranks read as ${moeTp}`)
  const size = dp === 1 ? { tp: moeTp, dp: 1 } : { tp: 1, dp: moeTp }
  return { ...size, pp, moeTp: moeTp / moeEp, moeEp }
}

function pool(row: DeploymentRow, prefix: 'prefill_' | 'decode_'): { workers: number; mapping: Degrees } {
  return { workers: whole(row, `${prefix}workers`), mapping: degrees(row, prefix) }
}

function degrees(row: DeploymentRow, prefix: string): Degrees {
  return {
    tp: whole(row, `${prefix}tp`),
    pp: whole(row, `${prefix}pp`, 1),
    dp: whole(row, `${prefix}dp_attention`, 1),
    ...given('moeTp', row, `${prefix}moe_tp`),
    ...given('moeEp', row, `${prefix}moe_ep`),
  }
}

function isPowerOfTwo(n: number): boolean {
  return Number.isInteger(Math.log2(n))
}

// A blank MoE degree follows attention's.
function given<K extends string>(key: K, row: DeploymentRow, column: string): { [P in K]?: number } {
  const blank = (row[column]?.trim() ?? '') === ''
  return blank ? {} : ({ [key]: whole(row, column) } as { [P in K]?: number })
}

function speculation(row: DeploymentRow): { speculation?: 'default' } {
  return row['spec_decode'] === 'on' || row['spec_decode'] === 'likely-on' ? { speculation: 'default' } : {}
}

function text(row: DeploymentRow, column: string): string {
  const value = row[column]?.trim() ?? ''
  if (value === '') throw new PincerError({ code: 'missing_field', path: [column], message: 'is blank' })
  return value
}

function whole(row: DeploymentRow, column: string, otherwise?: number): number {
  const value = row[column]?.trim() ?? ''
  if (value === '' && otherwise !== undefined) return otherwise
  const number = Number(text(row, column))
  if (Number.isInteger(number) && number >= 1) return number
  throw new PincerError({
    code: 'invalid_value',
    path: [column],
    message: `must be a whole number from 1, not "${value.slice(0, 40)}"`,
  })
}
