import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT, cli, cliJson } from './harness.ts'

interface Field {
  readonly path: string
  readonly type: string
  readonly isOptional: boolean
}

interface Section {
  readonly schema: string
  readonly command: readonly string[]
  readonly fields: readonly Field[]
}

/** The shapes that docs/schema.md describes once: what lies below a field of that type is not listed. */
const SHARED = new Set(['band', 'figure', 'estimate', 'score', 'any', 'list', 'interval', 'footprint'])

function documentedSchemas(): Section[] {
  const text = readFileSync(join(ROOT, 'docs/schema.md'), 'utf8')
  return text
    .split(/^## /m)
    .filter((section) => section.startsWith('pincer.'))
    .map((section) => {
      const command = /^`pincer (.*?)(?: --json)?`$/m.exec(section)?.[1] ?? ''
      const rows = [...section.matchAll(/^\| `([^`]+)` \| (\w+)(\??) \|/gm)]
      return {
        schema: section.split('\n')[0]!.trim(),
        command: command.split(' '),
        fields: rows.map(([, path = '', type = '', optional]) => ({ path, type, isOptional: optional === '?' })),
      }
    })
}

function twoSides(command: string): string[] {
  return [command, '--model', 'deepseek-v2', '--a', '--chip h100 --chips 8', '--b', '--chip b200 --chips 8']
}

// Commands that the documentation shortens to their name.
const FULL: Readonly<Record<string, readonly string[]>> = {
  predict: ['predict', '--model', 'deepseek-v2', '--chip', 'h100-sxm', '--chips', '8'],
  cost: ['cost', '--model', 'deepseek-r1', '--chip', 'h200-sxm', '--chips', '8', '--precision', 'fp8'],
  simulate: ['simulate', '--model', 'llama3-8b', '--chip', 'h100-sxm', '--arrivals', 'poisson:2', '--requests', '50'],
  'simulate --find-load':
    'simulate --model llama3-8b --chip h100-sxm --arrivals poisson --requests 50 --find-load --slo-ttft 500'.split(' '),
  tiers: ['tiers', 'mixtral-8x7b', '--chip', 'h100-sxm', '--prefetch', 'next', '--routing', 'power:1'],
  explain: ['explain', '--model', 'deepseek-v2', '--chip', 'groq', '--precision', 'fp8'],
  fit: ['fit', 'llama3-70b', '--chips', 'h100-sxm,groq,etched-sohu', '--context', '2000000'],
  solve:
    'solve --model llama3-8b --chip h100-sxm --free concurrency --free price=0.5..8 --ratio 0.5 --against h200-sxm'.split(
      ' ',
    ),
  uncertain: [...twoSides('uncertain'), '--vary', 'context=uniform(512,2048)', '--samples', '64'],
  crossover: [...twoSides('crossover'), '--over', 'b.chip-hour=1..10'],
  'crossover --over utilisation --over api-price':
    'crossover --model llama3-70b --chip h100 --chips 4 --a --own --b --api=0.6 --over utilisation --over api-price --grid 3x3'.split(
      ' ',
    ),
  'crossover --ways 0.6/0.8': 'crossover --model llama3-70b --chip h100 --chips 4 --ways 0.6/0.8'.split(' '),
  'train --rl steps=100,answers=256,prompt=200,answer=1000':
    'train --model llama3-8b --chip h100-sxm --chips 8 --rl steps=100,answers=256,prompt=200,answer=1000'.split(' '),
  market: ['market', '--samples', '64'],
  train: ['train', '--model', 'deepseek-v2', '--chip', 'h800-sxm', '--tokens', '8.1e12'],
}

/** Paths of all values of a document, list elements as `[]`. */
function pathsOf(value: unknown, path = '', found: Set<string> = new Set()): Set<string> {
  if (path !== '') found.add(path)
  if (Array.isArray(value)) for (const item of value) pathsOf(item, `${path}[]`, found)
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) pathsOf(inner, path === '' ? key : `${path}.${key}`, found)
  }
  return found
}

function isCovered(path: string, fields: readonly Field[]): boolean {
  return fields.some(
    (field) =>
      field.path === path ||
      field.path.startsWith(`${path}.`) ||
      field.path.startsWith(`${path}[]`) ||
      (SHARED.has(field.type) && (path.startsWith(`${field.path}.`) || path.startsWith(`${field.path}[]`))),
  )
}

describe('docs/schema.md', () => {
  const sections = documentedSchemas()

  it('describes every schema', () => {
    expect(sections.map(({ schema }) => schema)).toEqual([
      'pincer.prediction.v1',
      'pincer.search.v1',
      'pincer.explain.v1',
      'pincer.fit.v1',
      'pincer.solution.v1',
      'pincer.cost.v1',
      'pincer.comparison.v1',
      'pincer.simulation.v1',
      'pincer.load.v1',
      'pincer.training.v1',
      'pincer.reinforcement.v1',
      'pincer.tiers.v1',
      'pincer.uncertainty.v1',
      'pincer.crossover.v1',
      'pincer.crossover-map.v1',
      'pincer.ways.v1',
      'pincer.market-result.v1',
      'pincer.claims.v1',
      'pincer.catalog.v1',
      'pincer.validation.v1',
      'pincer.calibration.v1',
      'pincer.error.v1',
    ])
  })

  it.each(sections)(
    '$schema has the fields that are documented, and no others',
    async ({ schema, command, fields }) => {
      const argv = FULL[command.join(' ')] ?? command
      const { out } = await cli([...argv, '--json'])
      const document = JSON.parse(out) as { schema: string }
      expect(document.schema).toBe(schema)
      const paths = pathsOf(document)
      expect([...paths].filter((path) => !isCovered(path, fields))).toEqual([])
      expect(fields.filter(({ path, isOptional }) => !isOptional && !paths.has(path)).map(({ path }) => path)).toEqual(
        [],
      )
    },
  )

  it('describes runs of fleets', async () => {
    const { fields } = sections.find(({ schema }) => schema === 'pincer.simulation.v1')!
    const agents = ['simulate', '--model', 'llama3-8b', '--chip', 'h100', '--arrivals', 'agent:1', '--sessions', '5']
    const pools = [...FULL['simulate']!, '--prefill-tp', '1', '--decode-tp', '1', '--slo-ttft', '900']
    for (const argv of [[...agents, '--replicas', '2', '--host-cache', '1GB@9GB/s'], pools]) {
      const document = await cliJson(argv)
      expect(document['fleet']).toBeDefined()
      expect([...pathsOf(document)].filter((path) => !isCovered(path, fields))).toEqual([])
    }
  })

  it('documents explanations', async () => {
    const { explanations } = await cliJson<{ explanations: object[] }>([...FULL['predict']!, '--explain'])
    for (const explanation of explanations) {
      expect(Object.keys(explanation)).toEqual(['quantity', 'formula', 'values', 'inputs', 'sources'])
    }
  })
})

/** Command lines of a text that start with `pincer`, without shell syntax, the hub, and files nobody ships. */
function examplesIn(text: string): string[] {
  return [...text.matchAll(/^(?: {2})?pincer (\S.*?)(?: {2,}.*)?$/gm)]
    .map(([, line = '']) => line)
    .filter(
      (line) =>
        !/[|>&]|hf:|\.\/|serving\.csv|speeds\.csv|runs\.csv|requests\.csv|run\.svg|calibration\.json/.test(line),
    )
}

/** Words of a command line as a shell splits it: at blanks, but not within double quotes. */
function words(line: string): string[] {
  return [...line.matchAll(/(?:[^\s"]+|"[^"]*")+/g)].map(([word]) => word.replaceAll('"', ''))
}

describe('examples', () => {
  it('of the documentation run', async () => {
    const text = readFileSync(join(ROOT, 'docs/cli.md'), 'utf8')
    const lines = examplesIn(text)
    expect(lines.length).toBeGreaterThan(10)
    for (const line of lines) {
      const { code, err } = await cli(words(line))
      expect(`${line}: ${code} ${err}`).toBe(`${line}: 0 `)
    }
  })

  it('of every --help run', async () => {
    let count = 0
    for (const command of [
      '',
      'compare',
      'predict',
      'explain',
      'fit',
      'solve',
      'cost',
      'simulate',
      'tiers',
      'train',
      'uncertain',
      'crossover',
      'market',
      'claims',
      'catalog',
      'validate',
      'calibrate',
    ]) {
      const { out } = await cli(command === '' ? ['--help'] : [command, '--help'])
      for (const line of examplesIn(out.slice(out.indexOf('Examples:')))) {
        const { code, err } = await cli(words(line))
        expect(`${line}: ${code} ${err}`).toBe(`${line}: 0 `)
        count++
      }
    }
    expect(count).toBeGreaterThan(12)
  })

  it('that verdicts give to check them by run', async () => {
    const { verdicts } = await cliJson<{ verdicts: { command: string; wouldHoldIf: { command: string }[] }[] }>([
      'claims',
    ])
    const commands = new Set(
      verdicts.flatMap(({ command, wouldHoldIf }) => [command, ...wouldHoldIf.map((condition) => condition.command)]),
    )
    const lines = [...commands]
      .flatMap((command) => command.split(' && '))
      .filter((line) => line.startsWith('pincer ') && !/[>|]|\.\/|scenario\.json/.test(line))
    const quick = lines.filter((line) => !line.startsWith('pincer compare'))
    const [compare = ''] = lines.filter((line) => line.includes('--prices'))
    expect(quick.length).toBeGreaterThan(3)
    for (const line of new Set([...quick, compare])) {
      const { code, err } = await cli(line.split(' ').slice(1))
      expect(`${line}: ${code} ${err}`).toBe(`${line}: 0 `)
    }
  })
})
