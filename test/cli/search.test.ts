import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Prediction } from '../../src/index.ts'
import { parseCsv } from '../../cli/file/csv.ts'
import { cli, cliJson, inFolder } from './harness.ts'

interface Point extends Pick<Prediction, 'ttft' | 'tpot' | 'throughput' | 'chips' | 'batch'> {
  readonly perMtokOutput: unknown
  readonly tier: string
  readonly command: string
}

interface Document {
  readonly schema: string
  readonly frontier: readonly Point[]
  readonly best?: Point
  readonly nearest?: Point
  readonly tried: number
  readonly seconds?: number
}

const SEARCH = ['search', 'mixtral-8x7b', '--chips', 'h100,wse3', '--concurrencies', '1,8,64']

/** The words of a command line as a shell takes it apart, without the name of the program. */
function words(line: string): string[] {
  const found = [...line.matchAll(/'((?:[^']|'\\'')*)'|(\S+)/g)]
  return found.map(([, quoted, plain]) => quoted?.replaceAll(String.raw`'\''`, "'") ?? plain!).slice(1)
}

async function expectReproduced(points: readonly Point[], cwd?: string): Promise<void> {
  expect(points.length).toBeGreaterThan(0)
  for (const point of points) {
    const again = await cliJson<Prediction>(words(point.command), cwd === undefined ? {} : { cwd })
    const { ttft, tpot, throughput, chips, batch, cost, evidence } = again
    expect({ ttft, tpot, throughput, chips, batch }).toEqual({
      ttft: point.ttft,
      tpot: point.tpot,
      throughput: point.throughput,
      chips: point.chips,
      batch: point.batch,
    })
    expect([cost.perMtokOutput, evidence.tier]).toEqual([point.perMtokOutput, point.tier])
  }
}

describe('search', () => {
  it('prints for every point the command that gives the same numbers', async () => {
    const goal = ['--user-speed', '20', '--slo-ttft', '3000']
    const load = [
      '--isl',
      '2000',
      '--osl',
      '300',
      '--cache-format',
      'fp8',
      '--prices',
      'h100=2.5',
      '--utilisation',
      '0.7',
    ]
    const { schema, frontier, best } = await cliJson<Document>([...SEARCH, ...goal, ...load, '--by', 'cost'])
    expect(schema).toBe('pincer.search.v1')
    await expectReproduced([...frontier, best!])
  })

  it('does so for workloads, chips, models and constants from files', async () => {
    const chip = readFileSync(join(import.meta.dirname, '../../examples/own-chip.json'), 'utf8')
    const config = readFileSync(join(import.meta.dirname, '../../examples/own-model/config.json'), 'utf8')
    const adjustment = {
      bandwidth: 0.9,
      compute: 1,
      links: 1,
      engines: { vllm: { hostOverhead: 2, requestOverhead: 1 } },
    }
    const calibration = JSON.stringify({ schema: 'pincer.calibration.v1', adjustment })
    const files = { 'my chip.json': chip, 'model.json': config, 'site.json': calibration }
    await inFolder(files, async (cwd) => {
      const own = ['search', './model.json', '--chips', './my chip.json,h100', '--calibration', 'site.json']
      const load = [
        '--workload',
        '{"isl": 500, "osl": 200, "spread": 1}',
        '--spec-draft',
        '2',
        '--spec-acceptance',
        '0.6',
      ]
      const { frontier } = await cliJson<Document>([...own, ...load, '--concurrencies', '1,32'], { cwd })
      await expectReproduced(frontier, cwd)
    })
  })

  it('is the same every time but for the seconds', async () => {
    const [one, two] = [await cliJson<Document>(SEARCH), await cliJson<Document>(SEARCH)]
    expect({ ...one, seconds: 0 }).toEqual({ ...two, seconds: 0 })
  })

  it('writes the frontier as CSV, to stdout or a file', async () => {
    await inFolder({}, async (cwd) => {
      const { code, out } = await cli([...SEARCH, '--csv', '--out', 'frontier.csv'], { cwd })
      expect(code).toBe(0)
      expect(readFileSync(join(cwd, 'frontier.csv'), 'utf8')).toBe(out)
      const { frontier } = await cliJson<Document>(SEARCH)
      const { rows } = await parseCsv(out, 'frontier.csv')
      expect(rows.map(({ cells }) => [cells.get('tokens_s_per_user'), cells.get('command')])).toEqual(
        frontier.map(({ throughput, command }) => [String(throughput.perUser.value), command]),
      )
    })
  })

  it('says what was tried, why some have no numbers, and what comes nearest to a goal nobody meets', async () => {
    const { code, out } = await cli([
      'search',
      'deepseek-v3',
      '--chips',
      'h100',
      '--precisions',
      'fp8',
      '--slo-tpot',
      '0.01',
    ])
    expect(code).toBe(0)
    for (const part of [
      /[\d,]+ configurations of [\d,]+ deployments tried in/,
      'Frontier:',
      'No deployment has TPOT ≤ 10 µs; the nearest',
      /– [\d,]+ configurations: weights and one sequence exceed the memory/,
      'pincer predict --model deepseek-v3 --chip h100 --precision fp8',
    ])
      expect(out).toMatch(part)
  })

  it('says so when nothing has numbers', async () => {
    const { code, out } = await cli(['search', 'llama3-8b', '--chips', 'l40s', '--concurrencies', '1000000'])
    expect(code).toBe(0)
    expect(out).toContain('No configuration has numbers')
  })

  it('explains the best deployment', async () => {
    const { out } = await cli([...SEARCH, '--user-speed', '20', '--explain'])
    expect(out).toContain('How the best numbers come about')
    expect(out).toContain('Time to first token')
  })

  it.each([
    ['an unknown chip', ['--chips', 'h10'], 'did you mean "h100"?'],
    ['an unknown engine', ['--engines', 'vlm'], 'did you mean "vllm"?'],
    ['an unknown format', ['--precisions', 'fp9'], 'precision: '],
    ['an empty grid', ['--chips', ','], 'chips: is empty'],
    ['a load of nobody', ['--concurrencies', '0'], 'concurrencies.0: is 0'],
    ['a load that is no number', ['--concurrencies', 'many'], '"many" is not a number'],
    ['an unknown measure', ['--by', 'price'], 'use chip or cost'],
    ['a bound of nothing', ['--slo-ttft', '0'], 'slo-ttft'],
    ['two forms at once', ['--csv', '--json'], 'csv: has no meaning beside --json'],
    ['a benchmark run', ['--workload', '{"isl": 10, "osl": 10, "rounds": 3}'], 'workload.rounds: has no meaning'],
  ])('refuses %s', async (_, options, message) => {
    const { code, err } = await cli([...SEARCH.slice(0, 2), ...options])
    expect(code).toBe(2)
    expect(err).toContain(message)
  })
})
