import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT, cli, cliJson, inFolder } from './harness.ts'

const RUNS = readFileSync(join(ROOT, 'examples/own-runs.csv'), 'utf8')
const [HEADER = '', ...ROWS] = RUNS.trim().split('\n')
const PREDICT = ['predict', '--model', 'llama3-8b', '--chip', 'h200-sxm', '--engine', 'vllm']

interface Document {
  readonly verdict: string
  readonly skipped: readonly { readonly id: string; readonly reason: string }[]
  readonly tpot: { readonly value: number; readonly median: number }
}

describe('calibrate', () => {
  it('writes what predict, simulate and validate take', () =>
    inFolder({ 'runs.csv': RUNS }, async (cwd) => {
      const { code, out } = await cli(['calibrate', 'runs.csv', '--out', 'c.json'], { cwd })
      expect(code).toBe(0)
      expect(out).toContain('Refitted: rows left out gain')
      const plain = await cliJson<Document>(PREDICT, { cwd })
      const own = await cliJson<Document>([...PREDICT, '--calibration', 'c.json'], { cwd })
      expect(own.tpot.value).toBeGreaterThan(1.05 * plain.tpot.value)
      const simulate = ['simulate', ...PREDICT.slice(1), '--arrivals', 'poisson:2', '--requests', '30']
      expect((await cli([...simulate, '--calibration', 'c.json'], { cwd })).out).not.toBe(
        (await cli(simulate, { cwd })).out,
      )
      const before = await cliJson<Document>(['validate', 'runs.csv'], { cwd })
      const after = await cliJson<Document>(['validate', 'runs.csv', '--calibration', 'c.json'], { cwd })
      expect(after.tpot.median).toBeLessThan(0.5 * before.tpot.median)
    }))

  it('writes the same bytes for the same rows', () =>
    inFolder({ 'runs.csv': RUNS }, async (cwd) => {
      for (const name of ['a.json', 'b.json']) await cli(['calibrate', 'runs.csv', '--out', name], { cwd })
      expect(readFileSync(join(cwd, 'a.json'), 'utf8')).toBe(readFileSync(join(cwd, 'b.json'), 'utf8'))
    }))

  it('names the rows that it cannot use', () =>
    inFolder(
      {
        'runs.csv': [
          HEADER,
          ...ROWS,
          ROWS[0]!.replace('llama3.1-8b', 'nobody'),
          ROWS[1]!.replace(/,[^,]*,[^,]*$/, ',,'),
        ].join('\n'),
      },
      async (cwd) => {
        const { skipped } = await cliJson<Document>(['calibrate', 'runs.csv'], { cwd })
        expect(skipped).toHaveLength(2)
        expect(skipped[0]!.reason).toContain('nobody')
        expect(skipped[1]!.reason).toContain('ttft_ms')
      },
    ))

  it.each([
    ['no rows', HEADER],
    ['two rows', [HEADER, ROWS[0], ROWS[1]].join('\n')],
    ['no measured values', [HEADER, ...ROWS.map((row) => row.replace(/,[^,]*,[^,]*$/, ',,'))].join('\n')],
    ['a column too few', RUNS.replaceAll(/^[^,]*,/gm, '')],
    ['broken CSV', '"'],
    ['nothing', ''],
  ])('refuses %s and writes nothing', (_, text) =>
    inFolder({ 'runs.csv': text }, async (cwd) => {
      const { code, err } = await cli(['calibrate', 'runs.csv', '--out', 'c.json'], { cwd })
      expect(code).toBe(2)
      expect(err).toMatch(/^error: /)
      expect(existsSync(join(cwd, 'c.json'))).toBe(false)
    }),
  )

  it('does not overwrite the measurements', () =>
    inFolder({ 'runs.csv': RUNS }, async (cwd) => {
      expect((await cli(['calibrate', 'runs.csv', '--out', './runs.csv'], { cwd })).code).toBe(2)
      expect(readFileSync(join(cwd, 'runs.csv'), 'utf8')).toBe(RUNS)
    }))

  it.each([
    ['{}', 'is no calibration'],
    ['[]', 'is no calibration'],
    ['{"schema": "pincer.calibration.v1", "adjustment": {"bandwidth": -1}}', 'bandwidth'],
    [
      '{"schema": "pincer.calibration.v1", "adjustment": {"bandwidth": 1, "compute": 1, "links": 1, "engines": {"x": 1}}}',
      'x',
    ],
    ['nonsense', 'line 1'],
  ])('refuses %s as a calibration', (text, message) =>
    inFolder({ 'c.json': text }, async (cwd) => {
      const { code, err } = await cli([...PREDICT, '--calibration', 'c.json'], { cwd })
      expect(code).toBe(2)
      expect(err).toContain(message)
    }),
  )

  it('has no meaning for other kinds of files', () =>
    inFolder({ 'c.json': '{}', 'runs.csv': RUNS }, async (cwd) => {
      const argv = ['validate', 'runs.csv', '--kind', 'training', '--calibration', 'c.json']
      expect((await cli(argv, { cwd })).err).toContain('no meaning')
    }))
})
