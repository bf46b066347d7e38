import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'
import type { MeasuredList } from '../engine/measured.ts'

const NAME = 'virtual:measured'
const RESOLVED = `\0${NAME}.js`
const TABLE = fileURLToPath(new URL('../../calibrate/residual/serving.csv', import.meta.url))
/** Lengths of the InferenceX harness; other rows were made in other ways. */
const LENGTHS = new Set(['1024/1024', '1024/8192', '8192/1024'])

/** Measured serving runs that a picture can show beside predictions, from the table of residuals. */
export function measuredList(): Plugin {
  return {
    name: 'measured-list',
    resolveId: (id) => (id === NAME ? RESOLVED : undefined),
    load(id) {
      if (id !== RESOLVED) return undefined
      this.addWatchFile(TABLE)
      const list = listOf(readFileSync(TABLE, 'utf8'))
      return `export const measured = JSON.parse(${JSON.stringify(JSON.stringify(list))})`
    },
  }
}

// One replica each: of the pools of a disaggregated deployment the table tells no throughput.
function listOf(csv: string): MeasuredList {
  const [head = '', ...lines] = csv.trim().split('\n')
  const names = head.split(',')
  const rows = lines
    .map((line) => {
      const cells = line.split(',')
      return (name: string): string => cells[names.indexOf(name)] ?? ''
    })
    .filter((cell) => cell('mode') === 'aggregated' && LENGTHS.has(`${cell('isl')}/${cell('osl')}`))
  const column = (name: string): string[] => rows.map((cell) => cell(name))
  const numbers = (name: string): number[] => column(name).map(Number)
  // Predicted times measured over predicted.
  const milliseconds = (name: string): number[] =>
    rows.map((cell) => Number((Number(cell(name)) * Number(cell(`${name}_seen`))).toPrecision(4)))
  return {
    model: column('model_id'),
    chip: column('chip'),
    precision: column('precision'),
    engine: column('engine'),
    drafts: column('spec_decode'),
    isl: numbers('isl'),
    osl: numbers('osl'),
    clients: numbers('concurrency'),
    chips: numbers('ranks'),
    tpot: milliseconds('tpot'),
    ttft: milliseconds('ttft'),
  }
}
