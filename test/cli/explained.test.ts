import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Explained, explainScenario, parseScenario } from '../../src/index.ts'
import { cli, cliJson, inFolder } from './harness.ts'

const GPU = ['explain', '--model', 'deepseek-v2', '--chip', 'h100-sxm', '--chips', '8', '--precision', 'fp8']
const LPU = ['explain', '--model', 'deepseek-v2', '--chip', 'groq', '--precision', 'fp8', '--concurrency', '8']

describe('pincer explain', () => {
  it('prints what the library says, about the prediction that predict gives', async () => {
    const document = await cliJson<Explained>(GPU)
    const input = { model: 'deepseek-v2', chip: 'h100-sxm', chips: 8, precision: 'fp8' }
    expect(document).toEqual(JSON.parse(JSON.stringify(explainScenario(parseScenario(input)))))
    expect(document.prediction).toEqual(await cliJson(['predict', ...GPU.slice(1)]))
  })

  it.each([GPU, LPU])('shows a waterfall, a roofline and levers on any machine', async (...argv) => {
    const { out, code } = await cli([...argv, '--explain'])
    expect(code).toBe(0)
    for (const text of [
      'One decode step',
      'Roofline of one chip',
      'at published peaks',
      'levers',
      'Time per output token',
    ]) {
      expect(out).toContain(text)
    }
    for (const columns of [60, 80, 160]) {
      const page = await cli(argv, { columns })
      expect(Math.max(...page.out.split('\n').map((line) => [...line].length))).toBeLessThanOrEqual(columns)
    }
  })

  it('draws', () =>
    inFolder({}, async (cwd) => {
      for (const argv of [GPU, LPU]) {
        const { code } = await cli([...argv, '--svg', 'why.svg'], { cwd })
        expect(code).toBe(0)
        const svg = readFileSync(join(cwd, 'why.svg'), 'utf8')
        expect(svg).toContain('speed of light')
        expect(svg).toContain('Roofline')
        expect(svg).not.toMatch(/NaN|undefined|Infinity/)
      }
    }))

  it('explains drafts, pools and simulated runs', async () => {
    for (const more of [
      ['--spec-draft', '2', '--spec-acceptance', '0.6'],
      ['--rounds', '2', '--concurrency', '8'],
    ]) {
      const { waterfall, stepSeconds } = await cliJson<Explained>([...GPU, ...more])
      const sum = waterfall.reduce((total, { seconds }) => total + seconds, 0)
      expect(sum / stepSeconds).toBeCloseTo(1, 9)
    }
    const pools = ['explain', '--model', 'qwen3-32b', '--chip', 'h200-sxm', '--prefill-tp', '2', '--decode-tp', '4']
    expect((await cli(pools)).code).toBe(0)
  })

  it('refuses what predict refuses', async () => {
    for (const argv of [
      ['explain'],
      [...GPU, '--isl', '0'],
      ['explain', '--model', 'deepseek-v3', '--chip', 'h100', '--chips', '1'],
    ]) {
      const { code, err } = await cli(argv)
      const same = await cli(['predict', ...argv.slice(1)])
      expect([code, err]).toEqual([2, same.err])
    }
  })
})
