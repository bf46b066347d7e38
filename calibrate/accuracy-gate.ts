import { readFileSync } from 'node:fs'
import { parseCsv } from '../cli/file/csv.ts'
import { judgeRows } from '../cli/validate/judge.ts'
import { type Score, scoreErrors } from '../cli/validate/score.ts'
import { SERVING } from '../cli/validate/serving.ts'

export const SAMPLE: URL = new URL('sample/serving.csv', import.meta.url)
export const GATE: URL = new URL('sample/gate.json', import.meta.url)

/** Accuracy on the sample at one state of the project. */
export interface SampleScores {
  readonly rows: number
  /** Rows that are not predicted, with the reason's code. */
  readonly refused: Readonly<Record<string, string>>
  /** By mode and quantity: median and 90th percentile of |predicted / measured − 1|. */
  readonly errors: Readonly<Record<string, SampleError>>
}

export interface SampleError {
  readonly rows: number
  readonly median: number
  readonly p90: number
}

/** The state that the gate holds later ones to. */
export interface GateRecord extends SampleScores {
  readonly source: string
  readonly license: string
}

export function recorded(): GateRecord {
  return JSON.parse(readFileSync(GATE, 'utf8')) as GateRecord
}

/** Predicts the sample as `pincer validate` does and scores it, aggregated and disaggregated deployments apart. */
export async function sampleScores(): Promise<SampleScores> {
  const table = await parseCsv(readFileSync(SAMPLE, 'utf8'), 'sample')
  const rows = await judgeRows(table, SERVING, (id) => id, 'sample', {})
  const refused = rows.flatMap(({ id, refusal }) => (refusal === undefined ? [] : [[id, refusal.code] as const]))
  const errors: Record<string, SampleError> = {}
  for (const mode of ['aggregated', 'disaggregated']) {
    const some = rows.filter((row) => row.inputs.get('mode') === mode)
    for (const quantity of ['tpot', 'ttft']) errors[`${mode} ${quantity}`] = errorOf(some, quantity)
  }
  return { rows: rows.length, refused: Object.fromEntries(refused), errors }
}

function errorOf(rows: Awaited<ReturnType<typeof judgeRows>>, quantity: string): SampleError {
  const pairs = rows.flatMap(({ predictions, measured }) => {
    const [found, truth] = [predictions[quantity], measured.get(quantity)]
    return found === undefined || truth === undefined ? [] : [{ ...found, predicted: found.value, measured: truth }]
  })
  const score: Score | undefined = scoreErrors(pairs)
  if (score === undefined) throw new Error(`no row of the sample has a ${quantity}`)
  const { n, median, p90 } = score
  return { rows: n, median: round(median), p90: round(p90) }
}

function round(value: number): number {
  return Number(value.toPrecision(3))
}
