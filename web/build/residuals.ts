import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'
import type * as Bands from '../../calibrate/band-file.ts'
import type * as Residuals from '../../calibrate/residual-table.ts'
import type { Coverage, ResidualData } from '../view/evidence/residual-data.ts'
import { imported } from './imported.ts'

const NAME = 'virtual:residuals'
const RESOLVED = `\0${NAME}.js`

const ACCURACY = fileURLToPath(new URL('../../docs/accuracy.md', import.meta.url))

/**
 * Predictions beside measurements, row by row, from the committed residuals, and the coverage of bands from the page that `npm run
 * accuracy` makes of the same rows. Loaded by the page when somebody looks at it.
 */
export function residuals(): Plugin {
  return {
    name: 'residuals',
    resolveId: (id) => (id === NAME ? RESOLVED : undefined),
    async load(id) {
      if (id !== RESOLVED) return undefined
      const [table, bands] = await Promise.all([
        imported<typeof Residuals>('../../calibrate/residual-table.ts'),
        imported<typeof Bands>('../../calibrate/band-file.ts'),
      ])
      const page = readFileSync(ACCURACY, 'utf8')
      const data: ResidualData = { ...columnsOf(table.readResiduals(), bands.rowRegime), coverage: coverageOf(page) }
      return `export const residuals = /* @__PURE__ */ JSON.parse(${JSON.stringify(JSON.stringify(data))})`
    },
  }
}

type Row = Residuals.ResidualRow

function columnsOf(rows: readonly Row[], regimeOf: typeof Bands.rowRegime): Omit<ResidualData, 'coverage'> {
  const four = (value: number): number => Number(value.toPrecision(4))
  const figures = (quantity: 'tpot' | 'ttft'): ResidualData['tpot'] => ({
    measured: rows.map((row) => four(row[quantity].predicted * row[quantity].seen)),
    ratio: rows.map((row) => row[quantity].deployment),
    rival: rows.map((row) => row[quantity].rival ?? 0),
  })
  return {
    labels: {
      model: named(rows.map(({ modelId }) => modelId)),
      chip: named(rows.map(({ label }) => label.chip)),
      engine: named(rows.map(({ label }) => label.engine)),
      precision: named(rows.map(({ label }) => label.precision)),
      mode: named(
        rows.map((row) => {
          const { mode, drafts } = regimeOf(row)
          return `${mode}, drafts ${drafts}`
        }),
      ),
    },
    isl: rows.map(({ label }) => Number(label.isl)),
    osl: rows.map(({ label }) => Number(label.osl)),
    clients: rows.map(({ label }) => Number(label.concurrency)),
    fitted: rows.map(({ isFitted }) => (isFitted ? 1 : 0)),
    tpot: figures('tpot'),
    ttft: figures('ttft'),
  }
}

/** A column of few different texts: the texts, and which of them each row has. */
function named(column: readonly string[]): { readonly names: string[]; readonly of: number[] } {
  const names = [...new Set(column)].toSorted()
  return { names, of: column.map((name) => names.indexOf(name)) }
}

const TIERS = ['measured-like', 'interpolated', 'transferred'] as const

/** The tables below "How often bands hold". @throws Error where the page no longer has them */
function coverageOf(page: string): readonly Coverage[] {
  const [, section = ''] = page.split('## How often bands hold')
  return TIERS.flatMap((tier) => {
    const [, rest = ''] = section.split(`### ${tier}\n`)
    const lines = (rest.split('\n### ')[0] ?? '').split('\n').filter((line) => line.startsWith('|'))
    if (lines.length < 4) throw new Error(`docs/accuracy.md has no coverage of ${tier}`)
    return lines.slice(2).map((line) => coverageRow(tier, line))
  })
}

function coverageRow(tier: Coverage['tier'], line: string): Coverage {
  const [, name = '', rows = '', tpot = '', ttft = ''] = line.split('|').map((cell) => cell.trim())
  return { tier, name, rows: Number(rows), tpot: shares(tpot), ttft: shares(ttft) }
}

function shares(cell: string): readonly [number, number] {
  const [inner, outer] = cell.split('/').map((part) => Number.parseFloat(part) / 100)
  if (inner === undefined || outer === undefined || !(inner <= outer)) throw new Error(`no shares: ${cell}`)
  return [inner, outer]
}
