import { type Crossover, type Ways, formatUsd } from '../../../src/index.ts'
import { Chart } from '../../part/chart.tsx'
import type { Evidence } from '../../part/evidence.tsx'
import { Num } from '../../part/num.tsx'
import { type Cell, Table } from '../../part/table.tsx'
import { type Line, Lines } from './lines.tsx'
import { text } from './text.ts'
import { shortNumber } from './tornado.tsx'

type Over = 'utilisation' | 'year'
type Way = Ways['pairs'][number]['ways'][number]

/** Owned, rented or bought as tokens: what each costs, and from where on which is cheapest. */
export function ThreeWays({ answer, command }: { answer: Ways; command: string }) {
  return (
    <>
      <BreakEvens answer={answer} command={command} />
      <WaysChart answer={answer} over="utilisation" />
      <WaysChart answer={answer} over="year" />
    </>
  )
}

/** One line per way; every pair has its two, and where they bend their own places. */
function linesOf({ pairs }: Ways, over: Over): Line[] {
  const t = text.value.ways
  const found = new Map<Way, Line>()
  for (const { ways, ...pair } of pairs) {
    const points = pair[over]?.points
    if (points === undefined) continue
    const [first, second] = ways
    const line = (way: Way, value: 'a' | 'b'): Line => ({
      name: way,
      label: t[way],
      points: points.map((point) => ({ x: point.x, y: point[value] })),
    })
    if (!found.has(first)) found.set(first, line(first, 'a'))
    if (!found.has(second)) found.set(second, line(second, 'b'))
  }
  return [...found.values()]
}

function marksOf({ pairs }: Ways, over: Over): { x: number; label: string }[] {
  return pairs.flatMap((pair) => (pair[over]?.crossings ?? []).map(({ at }) => ({ x: at, label: shortNumber(at) })))
}

function WaysChart({ answer, over }: { answer: Ways; over: Over }) {
  const t = text.value.ways
  const axis = answer.pairs[0]![over]!.over
  const lines = linesOf(answer, over)
  const places = [...new Set(lines.flatMap(({ points }) => points.map(({ x }) => x)))].toSorted((a, b) => a - b)
  return (
    <Chart
      title={t.over[over] ?? over}
      description={t.text[over]}
      table={{
        caption: t.caption[over] ?? over,
        head: [t.axis[over] ?? over, ...lines.map(({ label }) => `${label}, ${t.cost}`)],
        rows: places.map((place) => [
          { value: place, shown: shortNumber(place) },
          ...lines.map(({ points }): Cell => {
            const value = points.find(({ x }) => x === place)?.y
            return value === undefined ? { value } : { value, shown: formatUsd(value) }
          }),
        ]),
      }}
    >
      {(width) => (
        <Lines
          width={width}
          lines={lines}
          xs={axis}
          isLog={axis.scale === 'log'}
          xLabel={t.axis[over] ?? over}
          print={formatUsd}
          marks={marksOf(answer, over)}
          spoken={`${t.caption[over]}. ${marksOf(answer, over)
            .map(({ label }) => `${t.breakEven} ${label}`)
            .join(', ')}`}
        />
      )}
    </Chart>
  )
}

function BreakEvens({ answer, command }: { answer: Ways; command: string }) {
  const t = text.value.ways
  const rows = answer.pairs.flatMap((pair) =>
    (['utilisation', 'year'] as const).flatMap((over): Cell[][] => {
      const found = pair[over]
      if (found === undefined) return []
      const at = found.crossings[0]?.at
      return [
        [
          { value: t.pair(t[pair.ways[0]], t[pair.ways[1]]) },
          { value: t.axis[over] },
          {
            value: at,
            shown:
              at === undefined ? (
                '—'
              ) : (
                <Num evidence={() => crossingEvidence(found, pair.ways, command)}>{shortNumber(at)}</Num>
              ),
          },
          { value: whoText(found, pair.ways) },
        ],
      ]
    }),
  )
  return (
    <div class="block">
      <h2>{t.breakEven}</h2>
      <Table caption={t.breakEven} head={[t.between, t.overHead, t.breakEven, t.who]} rows={rows} />
    </div>
  )
}

function whoText({ stretches }: Crossover, ways: readonly [Way, Way]): string {
  const t = text.value.ways
  const name = (winner: string): string => t[winner === 'a' ? ways[0] : ways[1]]
  return stretches
    .map(({ winner, from }, i) => (i === 0 ? t.cheaper(name(winner)) : t.from(name(winner), shortNumber(from))))
    .join('; ')
}

function crossingEvidence({ crossings, over, notes }: Crossover, ways: readonly [Way, Way], command: string): Evidence {
  const t = text.value
  const { at, below, above } = crossings[0]!
  const side = (value: number | undefined): string => (value === undefined ? '—' : formatUsd(value))
  return {
    title: `${t.ways.pair(t.ways[ways[0]], t.ways[ways[1]])}: ${t.ways.axis[over.name] ?? over.name}`,
    value: shortNumber(at),
    formula: t.map.crossingFormula,
    inputs: [below, above].map(
      ({ x, a, b }) => `${t.map.at} ${x}: ${t.ways[ways[0]]} ${side(a)}, ${t.ways[ways[1]]} ${side(b)}`,
    ),
    notes,
    command,
  }
}
