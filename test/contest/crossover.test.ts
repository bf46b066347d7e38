import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Crossover,
  type CrossoverQuestion,
  type SideInput,
  crossover,
  crossoverFigure,
  crossoverMap,
  crossoverMapFigure,
  figureSvg,
  isKnown,
  predict,
  ways,
} from '../../src/index.ts'
import { API, B200, H100, LOAD, OWN_B200, OWN_H100, issue, scenario } from './side.ts'

function over(
  a: SideInput,
  b: SideInput,
  name: string,
  more: Partial<CrossoverQuestion> & { from?: number; to?: number } = {},
): Crossover {
  const { from, to, ...rest } = more
  const range = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
  return crossover({ a, b, over: { name, ...range }, ...rest })
}

function costOf(input: object): number {
  const { perMtokOutput } = predict(input).cost
  if (!isKnown(perMtokOutput)) throw new Error(perMtokOutput.unknown)
  return perMtokOutput.value
}

describe('a crossover', () => {
  it('over the price is where both cost the same', () => {
    const { crossings, stretches } = over(H100, B200, 'b.chip-hour')
    expect(crossings).toHaveLength(1)
    const { at, kind } = crossings[0]!
    const exact = costOf(scenario('h100-sxm', 8)) / costOf(scenario('b200-sxm', 8, { chipHour: 1 }))
    expect(Math.abs(at / exact - 1)).toBeLessThan(1e-9)
    expect(kind).toBe('equal')
    expect(stretches.map(({ winner }) => winner)).toEqual(['b', 'a'])
  })

  it('over the utilisation of an owned machine against an API is the break-even of economics, and one only', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 20, noNaN: true }), (price) => {
        const answer = over(OWN_H100, { api: price, workload: LOAD }, 'utilisation', { points: 9 })
        const [first, last] = [answer.points[0]!, answer.points.at(-1)!]
        const isCrossed = first.a! > first.b! && last.a! < last.b!
        expect(answer.crossings).toHaveLength(isCrossed ? 1 : 0)
        expect(answer.stretches.map(({ winner }) => winner)).toEqual(
          isCrossed ? ['b', 'a'] : [last.a! < last.b! ? 'a' : 'b'],
        )
        // An hour in use draws more power than an idle one, so that the break-even is no plain quotient.
        for (const { at } of answer.crossings) {
          const owned = { ...scenario('h100-sxm', 8), tco: { owner: 'typical' }, utilisation: at }
          expect(Math.abs(costOf(owned) / last.b! - 1)).toBeLessThan(1e-8)
        }
      }),
      { numRuns: 15 },
    )
  })

  it('over clients, lengths and drafts asks predict: both of its ends have the winner that predict gives', () => {
    const wafers = { scenario: { model: 'deepseek-v2', chip: 'cerebras-wse3', workload: LOAD } }
    const { crossings } = over(H100, wafers, 'concurrency', { from: 1, to: 4096 })
    expect(crossings.length).toBeGreaterThan(0)
    for (const { below, above, at, kind } of crossings) {
      expect([kind, above.x - below.x, at]).toEqual(['whole', 1, above.x])
      for (const point of [below, above]) {
        const workload = { ...LOAD, concurrency: point.x }
        const a = costOf(scenario('h100-sxm', 8, { workload }))
        const b = costOf({ ...wafers.scenario, workload })
        expect([point.a, point.b]).toEqual([a, b])
        expect(point.winner).toBe(a < b ? 'a' : 'b')
      }
    }
  })

  it('finds who is faster', () => {
    const wafers = { scenario: { model: 'deepseek-v2', chip: 'cerebras-wse3', workload: LOAD } }
    const { points } = over(H100, wafers, 'concurrency', { metric: 'tpot', to: 64, points: 5 })
    for (const { x, a } of points) {
      expect(a).toBe(predict(scenario('h100-sxm', 8, { workload: { ...LOAD, concurrency: x } })).tpot.value)
    }
    const more = over(H100, B200, 'speed', { metric: 'throughput', from: 0.5, to: 2 })
    expect(more.stretches).toEqual([{ from: 0.5, to: 2, winner: 'b' }])
  })

  it('over acceptance: drafts pay from some acceptance on', () => {
    const drafting = {
      scenario: scenario('h100-sxm', 8, {
        speculation: { draft: 3, acceptance: 0.7 },
        workload: { ...LOAD, concurrency: 4 },
      }),
    }
    const plain = { scenario: scenario('h100-sxm', 8, { workload: { ...LOAD, concurrency: 4 } }) }
    const { crossings, stretches } = over(plain, drafting, 'acceptance')
    expect(crossings).toHaveLength(1)
    expect(stretches.map(({ winner }) => winner)).toEqual(['a', 'b'])
  })

  it('over years: what is rented overtakes what was bought, by the formula', () => {
    const rented = { scenario: scenario('h100-sxm', 8, { chipHour: 4 }), hour: 'rent' as const }
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 0.5, noNaN: true }), (decline) => {
        const { crossings, points } = over(OWN_H100, rented, 'year', { set: { decline }, to: 30, points: 31 })
        const exact = Math.log(points[0]!.a! / points[0]!.b!) / Math.log(1 - decline)
        expect(crossings).toHaveLength(1)
        expect(Math.abs(crossings[0]!.at / exact - 1)).toBeLessThan(1e-8)
      }),
      { numRuns: 10 },
    )
  })

  it('marks where a side ceases to fit', () => {
    const small = { scenario: { model: 'llama3-70b', chip: 'h100-sxm', precision: 'fp8', chips: 2, workload: LOAD } }
    const large = { scenario: { model: 'llama3-70b', chip: 'h200-sxm', precision: 'fp8', chips: 4, workload: LOAD } }
    const { crossings, stretches } = over(small, large, 'context', { from: 1024, to: 4_000_000 })
    const fit = crossings.filter(({ kind }) => kind === 'fit')
    expect(fit.length).toBeGreaterThan(0)
    for (const { below, above } of fit) {
      expect(above.x - below.x).toBe(1)
      const changes = (['a', 'b'] as const).filter((i) => (below[i] === undefined) !== (above[i] === undefined))
      expect(changes).toHaveLength(1)
    }
    expect(stretches.some(({ winner }) => winner === 'only b')).toBe(true)
  })

  it('says who wins throughout where nothing crosses, and what has no effect on the ratio', () => {
    const { crossings, stretches, notes } = over(H100, B200, 'utilisation')
    expect(crossings).toEqual([])
    const winner = costOf(scenario('h100-sxm', 8)) < costOf(scenario('b200-sxm', 8)) ? 'a' : 'b'
    expect(stretches).toEqual([{ from: 0.02, to: 1, winner }])
    expect(notes).toEqual([
      'A: chip-hour quoted, paid for used or not',
      'B: chip-hour quoted, paid for used or not',
      'utilisation changes both sides alike: their ratio stays the same',
    ])
  })

  it('covers its range with stretches that meet at the crossings', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 8, noNaN: true }), (price) => {
        const {
          stretches,
          crossings,
          over: axis,
        } = over({ scenario: scenario('h100-sxm', 8, { chipHour: price }) }, API, 'context', { points: 17 })
        expect(stretches[0]!.from).toBe(axis.from)
        expect(stretches.at(-1)!.to).toBe(axis.to)
        expect(stretches.slice(1).map(({ from }) => from)).toEqual(crossings.map(({ at }) => at))
        for (const [i, { winner }] of stretches.slice(1).entries()) expect(winner).not.toBe(stretches[i]!.winner)
      }),
      { numRuns: 6 },
    )
  })

  it('swaps with its sides', () => {
    const one = over(OWN_H100, OWN_B200, 'b.chip-price')
    const other = over(OWN_B200, OWN_H100, 'a.chip-price')
    expect(other.crossings.map(({ at }) => at)).toEqual(one.crossings.map(({ at }) => at))
    expect(other.crossings[0]!.above.winner).toBe('b')
    expect(one.crossings[0]!.above.winner).toBe('a')
  })

  it('sees a pair of crossings between two places of the scan', () => {
    // One API charges more for prompts, a deployment serves them: dear at both ends, cheapest in between.
    const side = (price: number): SideInput => ({ scenario: scenario('h100-sxm', 8, { chipHour: price }) })
    const scan = over(side(2), { api: { input: 0.1, output: 0.6 }, workload: LOAD }, 'context', { points: 401 })
    const best = scan.points.reduce((found, point) => (point.a! / point.b! < found.a! / found.b! ? point : found))
    // A price at which A wins around that place only.
    const price = 2 / ((best.a! / best.b!) * 1.004)
    const inner = best.x > scan.over.from && best.x < scan.over.to
    expect(inner).toBe(true)
    const coarse = over(side(price), { api: { input: 0.1, output: 0.6 }, workload: LOAD }, 'context', { points: 9 })
    expect(coarse.stretches.map(({ winner }) => winner)).toEqual(['b', 'a', 'b'])
  })
})

describe('bad input', () => {
  const asked = (name: string, more: object = {}): string => issue(() => over(H100, B200, name, more))

  it.each([
    ['utilizaton', {}, 'over.utilizaton: unknown input "utilizaton"; did you mean "utilization"?'],
    ['electricity', {}, 'over.electricity: has no effect: A has a quoted chip-hour'],
    ['utilisation', { from: 0.8, to: 0.2 }, 'over.utilisation: the range 0.8..0.2 is reversed; write 0.2..0.8'],
    ['utilisation', { from: 0.5, to: 0.5 }, 'over.utilisation: the range 0.5..0.5 is one point'],
    ['utilisation', { from: 0.5, to: 2 }, 'over.utilisation.to: must be above 0 and at most 1 share, got 2'],
    ['context', { from: 10.5, to: 200 }, 'over.context.from: must be a whole number of tokens, got 10.5'],
    ['chip-hour', { metric: 'tpot' }, 'over.chip-hour: has no effect on tpot: it changes money only'],
    ['context', { set: { utilisation: 3 } }, 'set.utilisation: must be above 0 and at most 1 share, got 3'],
    ['context', { points: 1 }, 'points: must be a whole number from 3'],
  ])('over %s with %j is refused', (name, more, message) => {
    expect(asked(name, more)).toContain(message)
  })

  it('cannot compare the speed of an API', () => {
    expect(issue(() => over(H100, API, 'context', { metric: 'ttft' }))).toContain(
      'b: is an API, of which only the cost is known',
    )
  })
})

describe('a map', () => {
  const map = crossoverMap({
    a: OWN_H100,
    b: API,
    x: { name: 'utilisation', from: 0.1, to: 1 },
    y: { name: 'api-price', from: 0.1, to: 20 },
    grid: [11, 9],
  })

  it('has the winner of each place', () => {
    for (const [j, row] of map.cells.entries()) {
      for (const [i, { a, b, winner }] of row.entries()) {
        const line = over(OWN_H100, API, 'utilisation', {
          from: 0.05,
          to: map.xs[i]!,
          points: 3,
          set: { 'api-price': map.ys[j]! },
        })
        expect([line.points.at(-1)!.a, line.points.at(-1)!.b]).toEqual([a, b])
        expect(winner).toBe(a! < b! ? 'a' : 'b')
      }
    }
  })

  it('has a line on which both are equal, unbroken from edge to edge', () => {
    expect(map.contour.length).toBeGreaterThan(5)
    for (const [x, y] of map.contour.flat()) {
      const at = over(OWN_H100, API, 'utilisation', {
        from: 0.01,
        to: x,
        points: 3,
        set: { 'api-price': y },
      }).points.at(-1)!
      expect(Math.abs(Math.log(at.a! / at.b!))).toBeLessThan(2e-3)
    }
    const ends = map.contour.flat().map(([x, y]) => `${x} ${y}`)
    const single = ends.filter((end) => ends.filter((other) => other === end).length === 1)
    expect(single).toHaveLength(2)
  })

  it('draws whole pictures', () => {
    const line = over(OWN_H100, API, 'utilisation')
    for (const svg of [figureSvg(crossoverMapFigure(map)), figureSvg(crossoverFigure(line))])
      expect(svg).not.toMatch(/NaN|undefined|Infinity/)
  })

  it('needs two parameters and a grid', () => {
    const grid = (size: readonly [number, number], y = 'api-price'): string =>
      issue(() => crossoverMap({ a: OWN_H100, b: API, x: { name: 'utilisation' }, y: { name: y }, grid: size }))
    expect(grid([1, 5])).toContain('grid: must be two whole numbers')
    expect(grid([1000, 1000])).toContain('at most 40,000')
    expect(grid([3, 3], 'utilisation')).toContain('over.utilisation: stands twice')
  })
})

describe('to own, rent or buy tokens', () => {
  const answer = ways({ scenario: scenario('h100-sxm', 8), rent: 3, api: { input: 0.5, output: 2 }, workload: LOAD })

  it('has a break-even utilisation and year for each pair that has one', () => {
    expect(answer.pairs.map(({ ways: pair, utilisation }) => [...pair, utilisation !== undefined])).toEqual([
      ['own', 'rent', true],
      ['own', 'api', true],
      ['rent', 'api', false],
    ])
    const [first] = answer.pairs
    const { at } = first!.utilisation!.crossings[0]!
    const owned = costOf({ ...scenario('h100-sxm', 8), tco: { owner: 'typical' }, utilisation: at })
    const rented = costOf(scenario('h100-sxm', 8, { chipHour: 3 }))
    expect(Math.abs(owned / rented - 1)).toBeLessThan(1e-8)
    expect(first!.utilisation!.stretches.map(({ winner }) => winner)).toEqual(['b', 'a'])
  })

  it('takes settings of one way without asking the others for them', () => {
    const set = { 'power-price': 0.3, decline: 0.1 }
    const dear = ways({
      scenario: scenario('h100-sxm', 8),
      rent: 3,
      api: { input: 0.5, output: 2 },
      workload: LOAD,
      set,
    })
    expect(dear.pairs[0]!.utilisation!.crossings[0]!.at).toBeGreaterThan(answer.pairs[0]!.utilisation!.crossings[0]!.at)
    expect(dear.pairs[0]!.year.crossings[0]!.at).toBeGreaterThan(answer.pairs[0]!.year.crossings[0]!.at)
  })
})
