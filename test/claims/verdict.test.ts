import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type Assertion,
  type Comparison,
  type Verdict,
  claims,
  compare,
  findSource,
  outcomeOf,
  parseClaims,
  PincerError,
  verdicts,
} from '../../src/index.ts'

let comparison: Comparison
let all: readonly Verdict[]
beforeAll(() => {
  comparison = compare()
  all = verdicts({ comparison })
})

function verdictOf(id: string, among: readonly Verdict[] = all): Verdict {
  const found = among.find(({ claim }) => claim.id === id)
  if (found === undefined) throw new Error(`no claim ${id}`)
  return found
}

function quantityOf(verdict: Verdict): { value: number; lo: number; hi: number } {
  if ('unknown' in verdict.quantity) throw new Error(verdict.quantity.unknown)
  return verdict.quantity
}

const asserts = (bounds: { atLeast?: number; atMost?: number }): Assertion => ({ quantity: 'x', unit: '1', ...bounds })
const span = (lo: number, hi: number) => ({ name: 'x', value: (lo + hi) / 2, lo, hi, unit: '1' })

describe('outcomeOf', () => {
  it.each([
    [{ atMost: 1 }, 0.2, 0.9, 'holds'],
    [{ atMost: 1 }, 0.2, 1, 'holds'],
    [{ atMost: 1 }, 0.9, 1.1, 'holds only if'],
    [{ atMost: 1 }, 1, 1.1, 'holds only if'],
    [{ atMost: 1 }, 1.01, 9, 'does not hold'],
    [{ atLeast: 10 }, 10, 11, 'holds'],
    [{ atLeast: 10 }, 1, 11, 'holds only if'],
    [{ atLeast: 10 }, 1, 2, 'does not hold'],
    [{ atLeast: 2, atMost: 3 }, 1, 4, 'holds only if'],
    [{ atLeast: 2, atMost: 3 }, 2.1, 2.9, 'holds'],
    [{ atLeast: 2, atMost: 3 }, 3.5, 4, 'does not hold'],
  ] as const)('%o with a band of %d … %d: %s', (bounds, lo, hi, outcome) => {
    expect(outcomeOf(asserts(bounds), span(lo, hi))).toBe(outcome)
  })

  it('a number nobody knows makes no verdict', () => {
    expect(outcomeOf(asserts({ atMost: 1 }), { unknown: 'no price' })).toBe('unknown')
  })

  it('narrowing the band never turns «holds» or «does not hold» around', () => {
    const value = fc.double({ min: 0.01, max: 100, noNaN: true })
    fc.assert(
      fc.property(fc.tuple(value, value, value, value), value, (ends, bound) => {
        const [a, b, c, d] = ends.toSorted((x, y) => x - y) as [number, number, number, number]
        const wide = outcomeOf(asserts({ atMost: bound }), span(a, d))
        const narrow = outcomeOf(asserts({ atMost: bound }), span(b, c))
        expect(wide === 'holds only if' || wide === narrow).toBe(true)
      }),
    )
  })
})

describe('the claims of the catalog', () => {
  it('cite sources that exist, and are judged one by one', () => {
    for (const { source } of claims()) expect(findSource(source).id).toBe(source)
    expect(all.map(({ claim }) => claim.id)).toEqual(claims().map(({ id }) => id))
  })

  it('every verdict follows from its band, names sources that exist and a command', () => {
    for (const verdict of all) {
      expect(verdict.verdict).toBe(outcomeOf(verdict.asserted, verdict.quantity))
      for (const id of verdict.evidence.sources) expect(findSource(id).id).toBe(id)
      expect(verdict.command).toMatch(/^(?:echo '\{.*\}' > scenario\.json && )?pincer /)
      expect(verdict.reason).not.toMatch(/NaN|undefined|Infinity/)
      for (const { condition, value, command } of verdict.wouldHoldIf) {
        expect(condition).not.toMatch(/NaN|undefined|Infinity/)
        expect(value).toBeGreaterThan(0)
        expect(command).toMatch(/pincer /)
      }
      if (!('unknown' in verdict.quantity)) {
        const { value, lo, hi } = verdict.quantity
        expect(lo).toBeLessThanOrEqual(value)
        expect(value).toBeLessThanOrEqual(hi)
      }
    }
  })

  it('nothing is missing where a claim holds', () => {
    const holding = all.filter(({ verdict }) => verdict === 'holds')
    expect(holding.length).toBeGreaterThan(0)
    expect(holding.flatMap(({ wouldHoldIf }) => wouldHoldIf)).toEqual([])
  })

  it('are judged without a comparison at hand just as with the default one', () => {
    expect(verdicts()).toEqual(all)
  })
})

describe('claims about costs', () => {
  it('across machines the central ratio is the one of the comparison', () => {
    const moe = comparison.cells.findIndex(({ arm, chip }) => arm === 'sparse' && chip === 'cerebras-wse3')
    for (const point of ['cheapest', 'fast'] as const) {
      const id = point === 'fast' ? 'pincer-15-percent-fast' : 'pincer-15-percent'
      const relative = comparison.relative[moe]![point].costPerToken!
      expect(quantityOf(verdictOf(id)).value).toBeCloseTo(relative.value, 9)
      expect(quantityOf(verdictOf(id)).lo).toBeCloseTo(relative.lo, 9)
      expect(quantityOf(verdictOf(id)).hi).toBeCloseTo(relative.hi, 9)
    }
  })

  it('on one machine the price cancels: the cost claim and the card claim are one number, at any price', () => {
    const prices = new Map([['h100-sxm', 7]])
    const dear = verdicts({
      comparison: compare({ prices }),
      claims: claims().filter(({ id }) => id.startsWith('moe-gpu')),
    })
    expect(quantityOf(verdictOf('moe-gpu-tenth', dear))).toEqual(quantityOf(verdictOf('moe-gpu-tenth')))
    const { value, lo, hi } = quantityOf(verdictOf('tenth-of-cards'))
    expect(quantityOf(verdictOf('moe-gpu-tenth'))).toMatchObject({ value, lo, hi })
  })

  // The commands are the proof of a condition: run them and look at the verdict.
  const prices = (command: string): Map<string, number> => {
    const [, list] = /--prices (\S+)/.exec(command) ?? []
    return new Map(list!.split(',').map((pair) => [pair.split('=')[0]!, Number(pair.split('=')[1])]))
  }

  it.each(['sram-tenth-moe', 'pincer-15-percent'])('%s: at the break-even price of the whole band it holds', (id) => {
    const conditions = verdictOf(id).wouldHoldIf.filter(({ condition }) => condition.startsWith('for the whole band'))
    expect(conditions.length).toBe(2)
    const { command } = conditions[0]!
    const again = verdicts({
      comparison: compare({ prices: prices(command) }),
      claims: claims().filter((each) => each.id === id),
    })
    expect(again[0]!.verdict).toBe('holds')
  })

  it('pincer-15-percent: at the central price of each machine, and of the GPU, the central ratio is 15 %', () => {
    const { wouldHoldIf } = verdictOf('pincer-15-percent')
    const central = wouldHoldIf.filter(
      ({ condition, unit }) => unit === 'USD/h' && !condition.startsWith('for the whole'),
    )
    expect(central.map(({ command }) => [...prices(command).keys()][0])).toEqual([
      'cerebras-wse3',
      'groq-lpu-v1',
      'h100-sxm',
    ])
    for (const { command } of central) {
      const again = verdicts({
        comparison: compare({ prices: prices(command) }),
        claims: claims().filter(({ id }) => id === 'pincer-15-percent'),
      })
      const { value } = quantityOf(again[0]!)
      expect(value).toBeLessThanOrEqual(0.15)
      expect(value).toBeGreaterThan(0.1497)
    }
  })

  it('without an SRAM machine, or without a price, the verdict is unknown with the reason', () => {
    const gpuOnly = verdicts({ comparison: compare({ chips: ['h100-sxm'] }) })
    for (const id of ['pincer-15-percent', 'sram-tenth-dense', 'fits-one-chip', 'zero-latency']) {
      expect(verdictOf(id, gpuOnly)).toMatchObject({
        verdict: 'unknown',
        quantity: { unknown: expect.stringMatching(/SRAM/) },
      })
    }
    const unpriced = verdicts({ comparison: compare({ chips: ['h100-sxm', 'dmatrix-corsair'] }) })
    expect(verdictOf('pincer-15-percent', unpriced)).toMatchObject({ verdict: 'unknown' })
    expect(verdictOf('moe-gpu-tenth', unpriced).verdict).not.toBe('unknown')
  })

  it('a speed no GPU reaches leaves the fast claims unknown, and the others alone', () => {
    const rushed = verdicts({ comparison: compare({ userSpeed: 5000 }) })
    expect(verdictOf('pincer-15-percent-fast', rushed)).toMatchObject({
      verdict: 'unknown',
      reason: expect.stringMatching(/5000 tokens\/s/),
    })
    expect(verdictOf('pincer-15-percent', rushed).quantity).toEqual(verdictOf('pincer-15-percent').quantity)
  })

  it('commands carry the settings of the comparison', () => {
    const other = compare({
      models: ['llama3-70b', 'mixtral-8x7b'],
      chips: ['h200-sxm', 'cerebras-wse3'],
      workload: { isl: 2048, osl: 512 },
      precision: 'bf16',
      userSpeed: 40,
      prices: new Map([['h200-sxm', 2.5]]),
    })
    const { command, wouldHoldIf } = verdictOf('pincer-15-percent', verdicts({ comparison: other }))
    expect(command).toMatch(/--models \S*Llama\S*,\S*Mixtral\S* --chips h200-sxm,cerebras-wse3 --workload 2048\/512/i)
    expect(command).toMatch(/--precision bf16 --user-speed 40 --prices h200-sxm=2.5$/)
    expect(wouldHoldIf[0]!.command).toMatch(/--prices h200-sxm=2.5,cerebras-wse3=[0-9.]+$/)
  })
})

describe('claims about training', () => {
  it('a dense model of the size that would make the claim true does make it true', () => {
    const condition = verdictOf('moe-training-tenth').wouldHoldIf.find(({ unit }) => unit === 'params')!
    // Ten times 1.6 M hours are those of a dense model of several hundred billion parameters, not of 67.
    expect(condition.value).toBeGreaterThan(67e9)
    expect(condition.command).toContain(`{"totalParams":${condition.value}}`)
    const { value } = quantityOf(verdictOf('moe-training-tenth'))
    // Hours grow nearly in proportion to parameters: within a third of the plain proportion.
    expect(condition.value / (67.4e9 * (value / 0.1))).toBeGreaterThan(0.67)
    expect(condition.value / (67.4e9 * (value / 0.1))).toBeLessThan(1.5)
  })

  it('a larger dense model to compare with makes the saving larger', () => {
    expect(quantityOf(verdictOf('moe-training-tenth-larger-dense')).value).toBeLessThan(
      quantityOf(verdictOf('moe-training-tenth')).value,
    )
  })
})

describe('other claims', () => {
  it('zero latency is refuted by any latency above zero', () => {
    const verdict = verdictOf('zero-latency')
    expect(verdict.verdict).toBe('does not hold')
    expect(quantityOf(verdict).lo).toBeGreaterThan(0)
    expect(verdict.wouldHoldIf).toEqual([])
  })

  it('a machine that held all weights would make the memory claim true', () => {
    const bytes = verdictOf('fits-one-chip').wouldHoldIf.find(({ unit }) => unit === 'B')!
    const sparse = comparison.cells.find(({ arm, chip }) => arm === 'sparse' && chip === 'cerebras-wse3')!
    expect(Math.ceil(sparse.weightBytes / bytes.value)).toBe(1)
    expect(bytes.value / sparse.weightBytes).toBeLessThan(1.001)
  })

  it('a small mixture does fit one wafer', () => {
    const small = compare({ models: ['llama3.1-8b', 'deepseek-v2-lite'], chips: ['h100-sxm', 'cerebras-wse3'] })
    expect(verdictOf('fits-one-chip', verdicts({ comparison: small })).verdict).toBe('holds')
  })

  it('a market is not predicted', () => {
    const verdict = verdictOf('inference-ten-times-training')
    expect(verdict.verdict).toBe('unknown')
    expect(verdict.reason).toContain('2 : 1')
  })
})

describe('parseClaims', () => {
  const [first] = JSON.parse(readFileSync(new URL('../../catalog/claims.json', import.meta.url), 'utf8')) as [object]
  it.each([
    ['no list', {}],
    ['an unknown kind of test', [{ ...first, test: { kind: 'oracle' } }]],
    ['an assertion without bounds', [{ ...first, asserts: { quantity: 'x', unit: '1' } }]],
    ['an unknown field', [{ ...first, verdict: 'holds' }]],
    ['a source nobody knows', [{ ...first, source: 'hearsay' }]],
    ['one id twice', [first, first]],
  ])('refuses %s', (_what, input) => {
    expect(() => parseClaims(input)).toThrow(PincerError)
  })

  it('takes a claim of the user, judged by the engine', () => {
    const mine = parseClaims([
      { ...first, id: 'mine', asserts: { quantity: 'totalParams', atMost: 1e9, unit: 'params' } },
    ])
    expect(verdicts({ comparison, claims: mine })).toMatchObject([{ verdict: 'does not hold' }])
  })
})
