/**
 * Draws the sample of measured deployments by which the accuracy gate judges every change, and records how far predictions lie from
 * it now. Usage: npx tsx calibrate/accuracy-sample.ts DIR, where DIR holds serving.csv; without DIR the drawn rows stay and only the
 * record is made anew. Same data, same bytes.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { GATE, type GateRecord, SAMPLE, sampleScores } from './accuracy-gate.ts'
import { SOURCE } from './source.ts'

/** One row in so many is drawn. */
const STRIDE = 12

/** Columns of the sample: the labels that predictions read, and what was measured. */
const COLUMNS = [
  'id',
  'model',
  'chip',
  'precision',
  'engine',
  'engine_version',
  'mode',
  'isl',
  'osl',
  'concurrency',
  'tp',
  'pp',
  'dp_attention',
  'moe_tp',
  'moe_ep',
  ...['prefill', 'decode'].flatMap((pool) =>
    ['workers', 'tp', 'pp', 'dp_attention', 'moe_tp', 'moe_ep'].map((name) => `${pool}_${name}`),
  ),
  'spec_decode',
  'ttft_ms',
  'tpot_ms',
]

function draw(folder: string): void {
  const rows = parse(readFileSync(join(folder, 'serving.csv')), { columns: true }) as Record<string, string>[]
  const drawn = rows.filter((_, i) => i % STRIDE === STRIDE - 1)
  const lines = [COLUMNS, ...drawn.map((row) => COLUMNS.map((column) => row[column] ?? ''))]
  writeFileSync(SAMPLE, `${lines.map((cells) => cells.join(',')).join('\n')}\n`)
}

const [folder] = process.argv.slice(2)
if (folder !== undefined) draw(folder)
const record: GateRecord = { source: SOURCE, license: 'Apache-2.0', ...(await sampleScores()) }
writeFileSync(GATE, `${JSON.stringify(record, null, 2)}\n`)
process.stdout.write(`${JSON.stringify(record, null, 2)}\n`)
