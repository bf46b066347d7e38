import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import type { TrainingRow } from '../../src/training/index.ts'

/** A published run with what was measured of it. */
export interface MeasuredRow {
  readonly row: TrainingRow
  readonly chipHours?: number
  /** Steady-state MFU as a share. */
  readonly mfu?: number
  /** Why the row is shown but not fitted. */
  readonly excluded?: string
}

// Rows whose hours or counts do not say what the model predicts.
const EXCLUDED: ReadonlyMap<string, string> = new Map([
  ['llama32_1b', 'pruned and distilled: not a plain pre-training run'],
  ['llama32_3b', 'pruned and distilled: not a plain pre-training run'],
  ['deepseek_v3_total', 'same run as deepseek_v3_pre, with later stages'],
  ['arctic', 'hours are an upper bound'],
])
const HOURS_EXCLUDED: ReadonlySet<string> = new Set(['glm_130b'])

/** The rows of training.csv under `dir` that state counts and a measured quantity. */
export function measuredRows(dir: string): MeasuredRow[] {
  const text = readFileSync(join(dir, 'training.csv'), 'utf8')
  const records: Record<string, string>[] = parse(text, { columns: true })
  return records.flatMap((record) => {
    const row = trainingRow(record)
    const chipHours =
      HOURS_EXCLUDED.has(record['id'] ?? '') || row?.tokens === undefined ? undefined : number(record['chip_hours'])
    const mfu = number(record['mfu_pct'])
    if (row === undefined || (chipHours === undefined && mfu === undefined)) return []
    const excluded = EXCLUDED.get(row.id)
    return [
      {
        row,
        ...(chipHours === undefined ? {} : { chipHours }),
        ...(mfu === undefined ? {} : { mfu: mfu / 100 }),
        ...(excluded === undefined ? {} : { excluded }),
      },
    ]
  })
}

function trainingRow(record: Record<string, string>): TrainingRow | undefined {
  const total = number(record['total_params_b'])
  const active = number(record['active_params_b'])
  if (total === undefined || active === undefined) return undefined
  const tokens = number(record['tokens_b'])
  const chips = number(record['n_chips'])
  return {
    id: record['id'] ?? '',
    model: record['model'] ?? '',
    arch: record['arch'] ?? '',
    totalParams: total * 1e9,
    activeParams: active * 1e9,
    ...(tokens === undefined ? {} : { tokens: tokens * 1e9 }),
    chip: record['chip'] ?? '',
    ...(chips === undefined ? {} : { chips }),
    notes: record['notes'] ?? '',
  }
}

function number(text: string | undefined): number | undefined {
  return text === undefined || text === '' ? undefined : Number(text)
}
