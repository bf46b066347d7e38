import { describe, expect, it } from 'vitest'
import { cliJson } from './harness.ts'

interface Explained {
  readonly explanations: {
    readonly quantity: string
    readonly formula: string
    readonly values: string
    readonly sources: string[]
  }[]
}

const SCALES = new Map([
  ['n', 1e-9],
  ['µ', 1e-6],
  ['m', 1e-3],
  ['k', 1e3],
  ['M', 1e6],
  ['G', 1e9],
  ['T', 1e12],
  ['P', 1e15],
])

const UNIT = /(?<=\d) ?([nµmkMGTP]?)(?:Wh|FLOP|tokens|[sBWJ]|\/[sh])(?![a-z])|(?<=\d) ?([kMGTP])(?![a-zA-Z])/g

/** The value of what an explanation prints: numbers with SI prefixes and units, + − · / and brackets. */
function evaluate(text: string): number {
  const plain = text
    .replaceAll('10⁶', '1e6')
    .replaceAll(/[$,]/g, '')
    .replaceAll(
      UNIT,
      (_, scale: string | undefined, bare: string | undefined) => `*${SCALES.get(scale ?? bare ?? '') ?? 1}`,
    )
    .replaceAll(/([\d.]+(?:e[+-]?\d+)?\*[\d.e-]+)/g, '($1)')
    .replaceAll('·', '*')
  if (!/^[\d\s.e+*/()-]+$/i.test(plain)) throw new Error(`cannot evaluate "${text}" (${plain})`)
  // The text is checked to hold nothing but arithmetic.
  // oxlint-disable-next-line no-implied-eval, no-new-func
  return Number(new Function(`return ${plain}`)())
}

/** Both sides of "a + b = c", of an explanation whose values end in the result. */
function sides(values: string): [number, number] {
  const at = values.lastIndexOf('=')
  return [evaluate(values.slice(0, at)), evaluate(values.slice(at + 1))]
}

describe('the values of an explanation make its result', () => {
  it.each([
    [
      'GPU',
      [
        'predict',
        '--model',
        'deepseek-v2',
        '--chip',
        'h100-sxm',
        '--chips',
        '8',
        '--precision',
        'fp8',
        '--utilisation',
        '0.5',
      ],
    ],
    ['drafting', ['predict', '--scenario', 'examples/r1-with-drafts.json']],
    ['disaggregated', ['predict', '--scenario', 'examples/llama-70b-disaggregated.json']],
    ['SRAM', ['predict', '--scenario', 'examples/gpt-oss-on-wafers.json']],
    ['training', ['train', '--model', 'deepseek-v2', '--chip', 'h800-sxm', '--tokens', '8.1e12']],
  ])('%s', async (_, argv) => {
    const { explanations } = await cliJson<Explained>([...argv, '--explain'])
    expect(explanations.length).toBeGreaterThanOrEqual(4)
    for (const { quantity, values } of explanations) {
      if (!values.includes('=')) continue
      const [terms, result] = sides(values.replace(/ %$/, 'e-2'))
      // Three digits are printed of every number.
      expect(Math.abs(terms / result - 1), `${quantity}: ${values}`).toBeLessThan(0.03)
    }
  })

  it('name sources that the catalog has', async () => {
    const { explanations } = await cliJson<Explained>([
      'predict',
      '--model',
      'deepseek-v2',
      '--chip',
      'h100-sxm',
      '--chips',
      '8',
      '--explain',
    ])
    const { items } = await cliJson<{ items: { id: string }[] }>(['catalog', 'sources'])
    const known = new Set(items.map(({ id }) => id))
    const used = explanations.flatMap(({ sources }) => sources)
    expect(used.length).toBeGreaterThan(3)
    expect(used.filter((id) => !known.has(id))).toEqual([])
  })
})
