import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { tensorDegree } from '../../cli/validate/published-sram.ts'
import { type Chip, findChip } from '../../src/catalog/index.ts'
import type { Deployment } from '../../src/dataflow/index.ts'
import { type ModelArch, findModel } from '../../src/model/index.ts'
import { type Format, isFormat } from '../../src/units/index.ts'

/** One published speed of a dataflow machine. */
export interface SpeedRow {
  readonly id: string
  readonly model: string
  readonly arch: ModelArch
  readonly chip: Chip
  readonly deployment: Deployment
  /** Published tokens/s of one user and of the system. */
  readonly perUser?: number
  readonly system?: number
}

/** Rows of `published.csv` under `directory` whose chip is one of `machines`. */
export function speedRows(directory: string, machines: readonly string[]): readonly SpeedRow[] {
  const text = readFileSync(join(directory, 'published.csv'), 'utf8')
  const records = parse(text, { columns: true }) as Record<string, string>[]
  const known = new Set(machines)
  return records.flatMap((record) => {
    const chip = chipOf(record['chip'] ?? '')
    return chip !== undefined && known.has(chip.id) ? [speedRow(record, chip)] : []
  })
}

// The table holds mixed fleets and chips outside the catalog, which are not ours.
function chipOf(name: string): Chip | undefined {
  try {
    return findChip(name)
  } catch {
    return undefined
  }
}

function speedRow(record: Record<string, string>, chip: Chip): SpeedRow {
  const model = record['model'] ?? ''
  const arch = findModel(model)
  const chips = leadingNumber(record['n_chips'])
  const precision = precisionOf(record['precision'] ?? '')
  const users = leadingNumber(record['concurrency'])
  const context = plainNumber(record['context'])
  const tp = tensorDegree(record['id'] ?? '')
  const perUser = leadingNumber(record['tok_s_per_user'])
  const system = leadingNumber(record['throughput_tok_s'])
  const deployment: Deployment = {
    arch,
    chip,
    speculation: speculationOf(record['spec_decode'] ?? ''),
    ...(record['date'] ? { date: record['date'] } : {}),
    ...(chips === undefined ? {} : { chips }),
    ...(precision === undefined ? {} : { precision }),
    ...(users === undefined ? {} : { users }),
    ...(context === undefined ? {} : { context }),
    ...(tp === undefined ? {} : { tp }),
  }
  return {
    id: record['id'] ?? '',
    model,
    arch,
    chip,
    deployment,
    ...(perUser === undefined ? {} : { perUser }),
    ...(system === undefined ? {} : { system }),
  }
}

function leadingNumber(text: string | undefined): number | undefined {
  const digits = /^\d+(\.\d+)?/.exec(text ?? '')?.[0]
  return digits === undefined ? undefined : Number(digits)
}

function plainNumber(text: string | undefined): number | undefined {
  return /^\d+$/.test(text ?? '') ? Number(text) : undefined
}

function precisionOf(text: string): Format | undefined {
  const name = text.toLowerCase().replace('fp16', 'bf16').replace('8-bit', 'fp8')
  return isFormat(name) ? name : undefined
}

function speculationOf(text: string): 'yes' | 'no' | 'unknown' {
  if (text.startsWith('yes')) return 'yes'
  return text.startsWith('no') ? 'no' : 'unknown'
}
