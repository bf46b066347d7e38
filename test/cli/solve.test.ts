import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Prediction, Solution } from '../../src/index.ts'
import { ROOT, cli, cliJson, inFolder } from './harness.ts'

const ASK = ['solve', '--model', 'llama3-70b', '--chip', 'h100-sxm', '--chips', '4']

describe('pincer solve', () => {
  it('writes a chip that predict gives the target for', () =>
    inFolder({}, async (cwd) => {
      const argv = [...ASK, '--free', 'memory.hbm.bandwidth', '--speed', '60', '--chip-out', 'chip.json']
      const { crossings } = await cliJson<Solution>(argv, { cwd })
      const chip = ['predict', '--model', 'llama3-70b', '--chip', './chip.json', '--chips', '4']
      const { throughput } = await cliJson<Prediction>(chip, { cwd })
      expect(throughput.perUser.value).toBe(crossings[0]!.reached.value)
      expect(throughput.perUser.value).toBeGreaterThanOrEqual(60)
    }))

  it('writes the latency that an SRAM machine would need, too', () =>
    inFolder({}, async (cwd) => {
      const own = ['--model', 'deepseek-v2', '--precision', 'fp8', '--concurrency', '1']
      const argv = ['solve', ...own, '--chip', 'wse3', '--free', 'latency.operator', '--speed', '1000']
      const { crossings } = await cliJson<Solution>([...argv, '--chip-out', 'chip.json'], { cwd })
      const { throughput } = await cliJson<Prediction>(['predict', ...own, '--chip', './chip.json'], { cwd })
      expect(throughput.perUser.value).toBe(crossings[0]!.reached.value)
    }))

  it('solves for a chip of one’s own', async () => {
    const chip = join(ROOT, 'examples/own-chip.json')
    const argv = ['solve', '--model', 'llama3-8b', '--chip', chip, '--free', 'price', '--cost', '0.5']
    const { crossings, parameter } = await cliJson<Solution>([...argv, '--price', '3'])
    expect(parameter.given).toBe(3)
    const at = String(crossings[0]!.reached.at)
    const { cost } = await cliJson<Prediction>(['predict', '--model', 'llama3-8b', '--chip', chip, '--price', at])
    expect('value' in cost.perMtokOutput && cost.perMtokOutput.value).toBeCloseTo(0.5, 6)
  })

  it('solves for a ratio to another deployment, named by a chip or a scenario file', async () => {
    const base = ['solve', '--model', 'llama3-8b', '--chip', 'h100-sxm', '--free', 'price', '--ratio', '0.5']
    const { now, crossings, target } = await cliJson<Solution>([
      ...base,
      '--against',
      'h200-sxm',
      '--against-chips',
      '1',
    ])
    const [own, other] = await Promise.all(
      ['h100-sxm', 'h200-sxm'].map(async (chip) => {
        const { cost } = await cliJson<Prediction>(['predict', '--model', 'llama3-8b', '--chip', chip])
        return 'value' in cost.perMtokOutput ? cost.perMtokOutput.value : Number.NaN
      }),
    )
    expect(target.against!.costPerMtok).toBe(other)
    expect('value' in now && now.value).toBeCloseTo(own! / other!, 12)
    expect(crossings[0]!.reached.value).toBeLessThanOrEqual(0.5)
    const file = await cliJson<Solution>([...base, '--against', join(ROOT, 'examples/deepseek-v2-on-h100.json')])
    expect(file.target.against!.model).toBe('DeepSeek-V2')
  })

  it('shows the answer, the range and the curve, and draws both', () =>
    inFolder({}, async (cwd) => {
      const one = await cli([...ASK, '--free', 'concurrency', '--speed', '45', '--svg', 'one.svg', '--explain'], {
        cwd,
      })
      expect([one.code, one.err]).toEqual([0, ''])
      for (const text of ['concurrency at most', 'missed', ' values tried', 'halved between'])
        expect(one.out).toContain(text)
      const two = [...ASK, '--free', 'concurrency=8..64', '--free', 'price', '--cost', '1', '--svg', 'two.svg']
      const page = await cli(two, { cwd })
      expect(page.out).toContain('price that meets the target, by concurrency')
      for (const file of ['one.svg', 'two.svg']) {
        expect(readFileSync(join(cwd, file), 'utf8')).not.toMatch(/NaN|undefined|Infinity/)
      }
    }))

  it('says what limits where nothing meets the target, and ends well', async () => {
    const { code, out } = await cli([...ASK, '--free', 'memory.hbm.bandwidth', '--speed', '5000'])
    expect(code).toBe(0)
    expect(out.replaceAll(/\s+/g, ' ')).toMatch(/None from .*ten times the highest in the catalog.* limits/s)
  })

  it.each([
    [['--free', 'memory.hbm.bandwith', '--speed', '60'], 'did you mean "memory.1.bandwidth"?'],
    [['--free', 'power.tdp', '--speed', '60'], 'has no effect on speed'],
    [['--free', 'price', '--speed', '60'], 'these have: '],
    [['--free', 'price'], 'target: is required'],
    [['--speed', '60'], 'free: is required'],
    [['--free', 'isl', '--speed', '60', '--cost', '1'], 'two targets'],
    [['--free', 'isl', '--speed', '-1'], 'speed: must be a number above 0'],
    [['--free', 'isl', '--speed', '1e13'], 'give a target in reach'],
    [['--free', 'isl=5..2', '--speed', '60'], 'empty range'],
    [['--free', 'isl=5', '--speed', '60'], 'write isl=from..to'],
    [['--free', 'isl=a..9', '--speed', '60'], '"a" is not a number'],
    [['--free', 'price', '--ratio', '0.5'], 'against: is needed by a ratio'],
    [['--free', 'price', '--ratio', '0.5', '--against', 'h20o'], 'did you mean'],
    [['--free', 'isl', '--speed', '40', '--against', 'h200'], 'belongs to --ratio'],
    [['--free', 'acceptance', '--speed', '60'], 'is no parameter of this scenario'],
    [['--free', 'isl', '--speed', '40', '--chip-out', 'x.json'], 'is no figure of a chip'],
    [
      ['--free', 'memory.1.bandwidth', '--speed', '60', '--svg', 'x.json', '--chip-out', './x.json'],
      'is the file of --svg',
    ],
  ])('%j ends with exit 2 and what would be accepted', async (more, text) => {
    const { code, err } = await cli([...ASK, ...more])
    expect([code, err.includes(text) ? text : err]).toEqual([2, text])
  })
})
