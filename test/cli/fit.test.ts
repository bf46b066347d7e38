import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Fits, fitModel } from '../../src/index.ts'
import { ROOT, cli, cliJson, inFolder } from './harness.ts'

describe('pincer fit', () => {
  it('prints what the library says', async () => {
    const argv = ['fit', 'deepseek-v2', '--precision', 'fp8', '--chips', 'h100-sxm,groq,wse3', '--users', '64']
    const document = await cliJson<Fits>(argv)
    const same = fitModel({ model: 'deepseek-v2', precision: 'fp8', chips: ['h100-sxm', 'groq', 'wse3'], users: 64 })
    expect(document).toEqual(JSON.parse(JSON.stringify(same)))
  })

  it('shows what holds it, what serves it and what does not fit', async () => {
    const { out, code } = await cli(['fit', 'deepseek-v2', '--precision', 'fp8', '--explain'])
    expect(code).toBe(0)
    for (const text of [
      'WSE-3 / CS-3',
      'Beyond the scaling limit',
      'GroqChip / LPU v1 in fp8',
      'Sohu',
      '$ per hour of all',
    ]) {
      expect(out).toContain(text)
    }
    for (const columns of [60, 80, 200]) {
      const page = await cli(['fit', 'deepseek-v2', '--chips', 'h100-sxm,wse3,groq'], { columns })
      expect(Math.max(...page.out.split('\n').map((line) => [...line].length))).toBeLessThanOrEqual(columns)
    }
  })

  it.each([
    ['chips', (row: Row) => row.chips],
    ['power', (row: Row) => row.power.value],
    ['cost', (row: Row) => row.usdPerHour.value],
    ['speed', (row: Row) => -row.perUser],
  ] as const)('sorts by %s, what is not known last', async (by, key) => {
    const { rows } = await cliJson<{ rows: readonly (Row & { status: string })[] }>(['fit', 'llama3-70b', '--by', by])
    const keys = rows.map((row) => (row.status === 'fits' ? key(row) : undefined) ?? Number.MAX_VALUE)
    expect(keys).toEqual(keys.toSorted((a, b) => a - b))
    expect(new Set(keys).size).toBeGreaterThan(3)
  })

  it('takes files for the model and the chip, a price, and draws', () =>
    inFolder({}, async (cwd) => {
      const [config, chip] = ['own-model', 'own-chip.json'].map((name) => join(ROOT, 'examples', name))
      const argv = ['fit', config!, '--chips', `${chip!},h200-sxm`, '--prices', 'h200-sxm=2', '--svg', 'fit.svg']
      const { rows } = await cliJson<{ rows: readonly Row[] }>(argv, { cwd })
      expect(rows[1]!.usdPerHour.value).toBe(2 * rows[1]!.chips)
      const svg = readFileSync(join(cwd, 'fit.svg'), 'utf8')
      expect(svg).toContain('H200')
      expect(svg).not.toMatch(/NaN|undefined|Infinity/)
    }))

  it.each([
    [['fit', 'llama3-8b', '--chips', 'h10'], 'did you mean'],
    [['fit', 'llama3-8b', '--users', '-4'], 'users: must be a whole number from 1'],
    [['fit', 'llama3-8b', '--users', 'many'], 'users: "many" is not a number'],
    [['fit', 'llama3-8b', '--context', '0'], 'context: must be a whole number from 2'],
    [['fit', 'llama3-8b', '--by', 'sped'], 'did you mean "speed"?'],
    [['fit', 'llama3-8b', '--precision', 'fp3'], 'precision'],
    [['fit', 'lama3-8b'], 'did you mean'],
    [['fit'], 'missing required argument'],
  ])('%j ends with exit 2', async (argv, text) => {
    const { code, err } = await cli(argv)
    expect(code).toBe(2)
    expect(err).toContain(text)
  })
})

interface Row {
  readonly chips: number
  readonly perUser: number
  readonly power: { readonly value?: number }
  readonly usdPerHour: { readonly value?: number }
}
