import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { figureSvg, simulationFigure } from '../../src/index.ts'
import { percentileAt, percentileAxis, timeAxis, valueAxis } from '../../src/chart/axis.ts'

const NAMES = ['queue', 'running', 'decoding', 'blocks', 'utilisation'] as const

function figureOf(values: readonly number[], span: number, title = 'a run'): string {
  const column = Float64Array.from(values)
  const series = Object.fromEntries(NAMES.map((name) => [name, column])) as Record<(typeof NAMES)[number], Float64Array>
  const latencies = { ttft: column.toSorted(), tpot: column.toSorted(), e2e: column.toSorted() }
  const timeline = { ...series, binSeconds: span / Math.max(1, values.length), span }
  return figureSvg(
    simulationFigure({ title, subtitle: 'sub', timeline, blocks: 10, latencies, slo: { ttft: 0.3, tpot: 1e9 } }),
  )
}

/** Every coordinate of every path, within the picture. */
function coordinates(svg: string): number[] {
  return [...svg.matchAll(/ d="([^"]*)"/g)].flatMap(([, d = '']) => (d.match(/-?[\d.]+/g) ?? []).map(Number))
}

describe('a figure of a run', () => {
  it('is finite for any run, even an empty or a constant one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e6, noNaN: true })), { maxLength: 240 }),
        fc.oneof(fc.constant(0), fc.double({ min: 1e-9, max: 3e5, noNaN: true })),
        (values, span) => {
          const svg = figureOf(values, span)
          expect(svg).not.toMatch(/NaN|Infinity|undefined/)
          expect(coordinates(svg).every(Number.isFinite)).toBe(true)
        },
      ),
    )
  })

  it('opens and closes every element, and escapes names', () => {
    const svg = figureOf([1, 2, 3], 5, 'a <b> & "c"\u0000\uD800')
    expect(svg).toContain('>a &lt;b&gt; &amp; &quot;c&quot;<')
    const open: string[] = []
    for (const [, close, name, self] of svg.matchAll(/<(\/?)(\w+)[^>]*?(\/?)>/g)) {
      if (close === '/') expect(open.pop()).toBe(name)
      else if (self !== '/') open.push(name!)
    }
    expect(open).toEqual([])
  })

  it('binds its rules to its class, so that it can stand in a page', () => {
    const style = /<style>([\s\S]*)<\/style>/.exec(figureOf([1], 1))![1]!
    const selectors = style.match(/^[^{}]*(?=\{)/gm)!.map((selector) => selector.trim())
    const rules = selectors.filter((selector) => selector !== '' && !selector.startsWith('@media'))
    expect(rules.every((selector) => selector.startsWith('.pincer-chart'))).toBe(true)
  })

  it('draws a bound inside its panel only', () => {
    const svg = figureOf([0.1, 0.2, 0.5], 3)
    expect(svg.match(/<path class="bound" d="M\d+ [\d.]+h[\d.]{3,}"/g)).toHaveLength(1)
    expect(svg).toContain('bound 300 ms')
  })
})

describe('axes', () => {
  it('hold their values, with a few ticks at round numbers', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-8, max: 1e12, noNaN: true }), (max) => {
        const { ticks, max: end } = valueAxis('x', max)
        expect(end).toBeGreaterThanOrEqual(max * (1 - 1e-9))
        expect(end).toBeLessThanOrEqual(2.5 * max)
        expect(ticks.length).toBeGreaterThanOrEqual(2)
        expect(ticks.length).toBeLessThanOrEqual(6)
        expect(new Set(ticks.map(({ label }) => label)).size).toBe(ticks.length)
      }),
    )
  })

  it.each([
    [0.02, 'ms', 20],
    [90, 's', 90],
    [1800, 'min', 30],
    [36_000, 'h', 10],
  ])('time of %s s is in %s', (span, unit, max) => {
    const axis = timeAxis('time', span)
    expect(axis.label).toBe(`time (${unit})`)
    expect(axis.max).toBeCloseTo(max)
  })

  it('put percentiles where they can be told apart', () => {
    expect(percentileAxis(100).ticks.map(({ label }) => label)).toEqual(['0', '50', '90', '99'])
    expect(percentileAxis(1e6).max).toBe(4)
    expect(percentileAt(2)).toBeCloseTo(0.99)
  })
})
