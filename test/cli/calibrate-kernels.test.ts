import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { MEMORY, ownKernels } from '../../scripts/own-kernel.ts'
import { textWidth } from '../../cli/view/text.ts'
import { ROOT, cli, cliJson, inFolder } from './harness.ts'

const KERNELS = readFileSync(join(ROOT, 'examples/own-kernels.csv'), 'utf8')
const RUNS = readFileSync(join(ROOT, 'examples/own-runs.csv'), 'utf8')
const [HEADER = '', ...ROWS] = KERNELS.trim().split('\n')
const GEMM = 'chip,kernel,format,m,n,k,latency_us'
const PREDICT = ['predict', '--model', 'llama3-70b', '--chip', 'h200-sxm', '--chips', '4']

interface Document {
  readonly basis: string
  readonly adjustment: { readonly bandwidth: number; readonly launch?: number }
  readonly factors: readonly { readonly name: string; readonly value: number; readonly doubt: number }[]
  readonly kernels: { readonly rows: number; readonly belowLight: readonly { readonly id: string }[] }
  readonly tpot: { readonly value: number }
}

describe('calibrate --kernels', () => {
  it('finds the slow memory of the example, which predictions then have', () =>
    inFolder({ 'k.csv': KERNELS }, async (cwd) => {
      const found = await cliJson<Document>(['calibrate', '--kernels', 'k.csv', '--out', 'c.json'], { cwd })
      expect(found.basis).toBe('kernels')
      const { value, doubt } = found.factors[0]!
      expect(Math.abs(Math.log(value / MEMORY))).toBeLessThan(Math.log(doubt))
      const plain = await cliJson<Document>(PREDICT, { cwd })
      const own = await cliJson<Document>([...PREDICT, '--calibration', 'c.json'], { cwd })
      expect(own.tpot.value).toBeGreaterThan(1.02 * plain.tpot.value)
      expect(own.tpot.value).toBeLessThan(1.1 * plain.tpot.value)
    }))

  it('applies the factor of launches, and takes files that have none', () =>
    inFolder({ 'k.csv': KERNELS }, async (cwd) => {
      const { adjustment } = await cliJson<Document>(['calibrate', '--kernels', 'k.csv'], { cwd })
      const scenario = { model: 'llama3-8b', chip: 'h200-sxm', workload: { concurrency: 1 } }
      const tpot = async (calibration: object): Promise<number> =>
        inFolder({ 's.json': JSON.stringify({ ...scenario, calibration }) }, async (folder) => {
          return (await cliJson<Document>(['predict', '--scenario', 's.json'], { cwd: folder })).tpot.value
        })
      const { launch, ...without } = adjustment
      expect(launch).toBeGreaterThan(0)
      expect(await tpot({ ...without, launch: 1 })).toBe(await tpot(without))
      expect(await tpot({ ...without, launch: 0.5 })).toBeGreaterThan(await tpot(without))
    }))

  it('goes with runs of the same chip', () =>
    inFolder({ 'k.csv': KERNELS, 'r.csv': RUNS }, async (cwd) => {
      const { code, out } = await cli(['calibrate', 'r.csv', '--kernels', 'k.csv'], { cwd })
      expect(code).toBe(0)
      expect(out).toContain('by kernels alone')
      expect(out).toContain('Factors by kernels alone')
      const found = await cliJson<Document>(['calibrate', 'r.csv', '--kernels', 'k.csv'], { cwd })
      expect(found.basis).toBe('runs and kernels')
    }))

  it('is what its script makes', () => expect(KERNELS).toBe(ownKernels()))

  it.each([60, 100])('fits %i columns', async (columns) => {
    const argv = ['calibrate', '--kernels', 'examples/own-kernels.csv', '--explain']
    const { code, out, err } = await cli(argv, { columns })
    expect(`${code} ${err}`).toBe('0 ')
    expect(out.split('\n').filter((line) => textWidth(line) > columns)).toEqual([])
    expect(out).not.toMatch(/NaN|undefined|\[object/)
    expect(out).toContain('Gain on kernels')
    expect(out).not.toContain('Gain on runs')
  })

  it('names timings below light and counts them', () =>
    inFolder({ 'k.csv': [HEADER, ...ROWS, ROWS[0]!.replace(/[^,]*$/, '0.1')].join('\n') }, async (cwd) => {
      const { out } = await cli(['calibrate', '--kernels', 'k.csv'], { cwd })
      expect(out).toContain('line 79: 100 ns is below the speed of light')
      const { kernels } = await cliJson<Document>(['calibrate', '--kernels', 'k.csv'], { cwd })
      expect(kernels.rows).toBe(78)
      expect(kernels.belowLight.map(({ id }) => id)).toEqual(['line 79'])
    }))

  it('takes a chip of one’s own by its path', () =>
    inFolder(
      {
        'chip.json': readFileSync(join(ROOT, 'examples/own-chip.json'), 'utf8'),
        'k.csv': [GEMM, ...[1, 64, 4096].map((m) => `./chip.json,gemm,bf16,${m},4096,4096,${30 + m}`)].join('\n'),
      },
      async (cwd) => {
        const { code, out } = await cli(['calibrate', '--kernels', 'k.csv'], { cwd })
        expect(code).toBe(0)
        expect(out).toContain('3 timings of own-chip')
      },
    ))

  const row = (cells: string): string => `${GEMM}\nh100,gemm,bf16,1,4096,4096,20\n${cells}`
  it.each([
    ['nothing', '', 'the file is empty'],
    ['no rows', HEADER, 'holds no kernel timing'],
    ['a missing column', KERNELS.replaceAll(/,[^,\n]*$/gm, ''), 'lacks column "latency_us"'],
    [
      'an unknown column',
      KERNELS.replace('kv_heads', 'kvheads'),
      'kvheads: is no column of kernel timings; did you mean "kv_heads"?',
    ],
    ['a column without a meaning', `${GEMM},colour`, 'colour: is no column of kernel timings; known: chip'],
    ['an unknown kernel', row('h100,gem,bf16,1,8,8,20'), 'line 3.kernel: "gem" is none of gemm, expert-gemm'],
    ['an unknown chip', row('h10,gemm,bf16,1,8,8,20'), 'line 3.chip: unknown chip "h10"; did you mean "h100"?'],
    [
      'two chips',
      row('h200,gemm,bf16,1,8,8,20'),
      'line 3.chip: h200-sxm is another chip than h100-sxm of line 2; calibrate each chip',
    ],
    ['no chip', row(',gemm,bf16,1,8,8,20'), 'line 3.chip: is blank'],
    ['a blank kernel', row('h100,,bf16,1,8,8,20'), 'line 3.kernel: is blank'],
    ['a missing size', row('h100,gemm,bf16,1,8,,20'), 'line 3.k: is needed for gemm'],
    ['words for numbers', row('h100,gemm,bf16,one,8,8,20'), 'line 3.m: "one" is not a number'],
    ['half a row of a matrix', row('h100,gemm,bf16,1.5,8,8,20'), 'line 3.m: must be a whole number'],
    ['no latency', row('h100,gemm,bf16,1,8,8,'), 'line 3.latency_us: is blank'],
    ['a latency of 0', row('h100,gemm,bf16,1,8,8,0'), 'line 3.latency_us: must be above 0'],
    ['a latency with its unit', row('h100,gemm,bf16,1,8,8,20us'), 'line 3.latency_us: "20us" is not a number'],
    ['an infinite latency', row('h100,gemm,bf16,1,8,8,Infinity'), 'line 3.latency_us: "Infinity" is not a number'],
    ['an unknown format', row('h100,gemm,f8,1,8,8,20'), 'line 3.format: "f8" is none of bf16, fp8'],
    ['a GEMM’s sizes for a collective', row('h100,all-reduce,,1,8,8,20'), 'line 3.ranks: is needed for all-reduce'],
    ['an SRAM machine', `${GEMM}\nwse3,gemm,bf16,1,8,8,20`, 'takes no calibration'],
    ['two rows', row('h100,gemm,bf16,2,4096,4096,20'), 'too few'],
    [
      'milliseconds',
      KERNELS.replaceAll(/,([\d.]+)$/gm, (_, us: string) => `,${Number(us) / 1e3}`),
      'below the speed of light',
    ],
    ['nanoseconds', KERNELS.replaceAll(/,([\d.]+)$/gm, (_, us: string) => `,${Number(us) * 1e3}`), 'check the unit'],
  ])('refuses %s and writes nothing', (_, text, message) =>
    inFolder({ 'k.csv': text }, async (cwd) => {
      const { code, out, err } = await cli(['calibrate', '--kernels', 'k.csv', '--out', 'c.json'], { cwd })
      expect(`${code} ${out}`).toBe('2 ')
      expect(err).toMatch(/^error: /)
      expect(err).toContain(message)
      expect(existsSync(join(cwd, 'c.json'))).toBe(false)
    }),
  )

  it('tells many faults at once, and not all of a thousand', () =>
    inFolder(
      { 'k.csv': [GEMM, ...Array.from({ length: 1000 }, () => 'h100,gemm,bf16,0,8,x,20')].join('\n') },
      async (cwd) => {
        const { err } = await cli(['calibrate', '--kernels', 'k.csv'], { cwd })
        expect(err.trim().split('\n')).toHaveLength(10)
      },
    ))

  it('refuses runs of another chip', () =>
    inFolder({ 'k.csv': KERNELS.replaceAll('h200-sxm', 'h100-sxm'), 'r.csv': RUNS }, async (cwd) => {
      const { code, err } = await cli(['calibrate', 'r.csv', '--kernels', 'k.csv'], { cwd })
      expect(code).toBe(2)
      expect(err).toContain('kernels: are of h100-sxm, and run run-1 is of h200-sxm')
    }))

  it('asks for a file, and does not overwrite it', () =>
    inFolder({ 'k.csv': KERNELS }, async (cwd) => {
      expect((await cli(['calibrate'], { cwd })).err).toContain('give a file of runs, --kernels, or both')
      const models = await cli(['calibrate', '--kernels', 'k.csv', '--models', '.'], { cwd })
      expect(models.err).toContain('models: has no meaning for kernels')
      const { code, err } = await cli(['calibrate', '--kernels', 'k.csv', '--out', './k.csv'], { cwd })
      expect(code).toBe(2)
      expect(err).toContain('is the file of measurements')
      expect(readFileSync(join(cwd, 'k.csv'), 'utf8')).toBe(KERNELS)
    }))
})
