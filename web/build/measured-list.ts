import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'
import type * as Residuals from '../../calibrate/residual-table.ts'
import type { MeasuredList } from '../engine/measured.ts'
import { imported } from './imported.ts'

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
    async load(id) {
      if (id !== RESOLVED) return undefined
      this.addWatchFile(TABLE)
      const { readResiduals } = await imported<typeof Residuals>('../../calibrate/residual-table.ts')
      const list = listOf(readResiduals())
      return `export const measured = JSON.parse(${JSON.stringify(JSON.stringify(list))})`
    },
  }
}

// One replica each: of the pools of a disaggregated deployment the table tells no throughput.
function listOf(all: readonly Residuals.ResidualRow[]): MeasuredList {
  const rows = all.filter(({ label }) => label.mode === 'aggregated' && LENGTHS.has(`${label.isl}/${label.osl}`))
  const label = (name: keyof Residuals.ResidualRow['label']): string[] => rows.map((row) => row.label[name])
  // Predicted times measured over predicted.
  const milliseconds = (name: 'tpot' | 'ttft'): number[] =>
    rows.map((row) => Number((row[name].predicted * row[name].seen).toPrecision(4)))
  return {
    model: rows.map(({ modelId }) => modelId),
    chip: label('chip'),
    precision: label('precision'),
    engine: label('engine'),
    drafts: label('spec_decode'),
    isl: label('isl').map(Number),
    osl: label('osl').map(Number),
    clients: label('concurrency').map(Number),
    chips: rows.map(({ ranks }) => ranks),
    tpot: milliseconds('tpot'),
    ttft: milliseconds('ttft'),
  }
}
