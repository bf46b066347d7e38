import { scaleLinear, scaleLog } from 'd3-scale'
import type { CrossoverMap } from '../../../src/index.ts'
import { logTicks } from './tick.ts'
import { axisLabel, metricText } from './metric.ts'
import { text } from './text.ts'
import { shortNumber } from './tornado.tsx'

const TONES = ['a3', 'a2', 'a1', 'even', 'b1', 'b2', 'b3', 'none'] as const
type Tone = (typeof TONES)[number]
type Place = CrossoverMap['cells'][number][number]

/** By how much one side is better, in steps that can be told apart. */
export function toneOf({ a, b, winner }: Place): Tone {
  if (a === undefined || b === undefined) return 'none'
  if (winner === 'tie') return 'even'
  const factor = Math.max(a / b, b / a)
  const side = winner === 'a' ? 'a' : 'b'
  if (factor < 1.05) return 'even'
  return `${side}${factor < 1.5 ? 1 : factor < 3 ? 2 : 3}`
}

type Axis = CrossoverMap['x']

function scaleOf({ scale, from, to }: Axis): (range: [number, number]) => (value: number) => number {
  return (range) => (scale === 'log' ? scaleLog() : scaleLinear()).domain([from, to]).range(range)
}

/** Both sides at every place of a grid, and the line on which the better one changes. */
export function HeatMap({ map, width }: { map: CrossoverMap; width: number }) {
  const t = text.value.map
  const { x, y, xs, ys, cells, contour } = map
  const left = 62
  const height = Math.min(420, Math.max(260, width * 0.5))
  const atX = scaleOf(x)([left + 6, width - 26])
  const atY = scaleOf(y)([height - 6, 8])
  const counts = new Map<Tone, number>()
  for (const place of cells.flat()) counts.set(toneOf(place), (counts.get(toneOf(place)) ?? 0) + 1)
  const tones = TONES.filter((tone) => counts.has(tone))
  const all = xs.length * ys.length
  const spoken = tones.map((tone) => `${t.keys[tone]}: ${Math.round((100 * counts.get(tone)!) / all)} %`).join(', ')
  const keyWidth = Math.min(118, (width - left) / Math.min(tones.length, width < 520 ? 3 : 8))
  const perRow = Math.max(1, Math.floor((width - left) / keyWidth))
  const keyTop = height + 52
  return (
    <svg
      class="heat"
      viewBox={`0 0 ${width} ${keyTop + Math.ceil(tones.length / perRow) * 18}`}
      role="img"
      aria-label={`${t.caption}. ${spoken}`}
    >
      <Cells map={map} atX={atX} atY={atY} />
      <path
        class="break-even"
        d={contour.map(([from, to]) => `M${atX(from[0])} ${atY(from[1])}L${atX(to[0])} ${atY(to[1])}`).join('')}
      />
      {(x.scale === 'log' ? logTicks(x, width < 520 ? 5 : 9) : linearTicks(x)).map((tick) => (
        <text key={tick} class="tick" x={atX(tick)} y={height + 18} text-anchor="middle">
          {shortNumber(tick)}
        </text>
      ))}
      {(y.scale === 'log' ? logTicks(y, 8) : linearTicks(y)).map((tick) => (
        <text key={tick} class="tick" x={left - 6} y={atY(tick) + 4} text-anchor="end">
          {shortNumber(tick)}
        </text>
      ))}
      <text class="axis" x={width - 20} y={height + 36} text-anchor="end">
        {axisLabel(x)} →
      </text>
      <text class="axis" x="0" y={height + 36}>
        ↑ {axisLabel(y)}
      </text>
      <Keys tones={tones} perRow={perRow} width={keyWidth} top={keyTop} />
    </svg>
  )
}

interface CellsProps {
  readonly map: CrossoverMap
  readonly atX: (value: number) => number
  readonly atY: (value: number) => number
}

function Cells({ map: { x, y, xs, ys, cells, metricUnit }, atX, atY }: CellsProps) {
  const [edgesX, edgesY] = [edgesOf(xs.map(atX)), edgesOf(ys.map(atY))]
  const print = metricText(metricUnit)
  return (
    <>
      {cells.map((row, j) =>
        row.map((place, i) => (
          <rect
            key={`${i} ${j}`}
            class={toneOf(place)}
            x={edgesX[i]}
            y={Math.min(edgesY[j]!, edgesY[j + 1]!)}
            width={edgesX[i + 1]! - edgesX[i]! + 0.5}
            height={Math.abs(edgesY[j]! - edgesY[j + 1]!) + 0.5}
          >
            <title>{`${axisLabel(x)} ${shortNumber(xs[i]!)}, ${axisLabel(y)} ${shortNumber(ys[j]!)}: A ${valueText(place.a, print)}, B ${valueText(place.b, print)}`}</title>
          </rect>
        )),
      )}
    </>
  )
}

interface KeysProps {
  readonly tones: readonly Tone[]
  readonly perRow: number
  readonly width: number
  readonly top: number
}

function Keys({ tones, perRow, width, top }: KeysProps) {
  return (
    <>
      {tones.map((tone, i) => (
        <g key={tone} transform={`translate(${(i % perRow) * width} ${top + Math.floor(i / perRow) * 18})`}>
          <rect class={tone} width="12" height="12" y="-2" rx="2" />
          <text class="tick" x="17" y="8">
            {text.value.map.keys[tone]}
          </text>
        </g>
      ))}
    </>
  )
}

function valueText(value: number | undefined, print: (value: number) => string): string {
  return value === undefined ? '—' : print(value)
}

function linearTicks({ from, to }: Axis): number[] {
  return scaleLinear().domain([from, to]).ticks(6)
}

/** Half-way between neighbours, and as far beyond the ends. */
function edgesOf(places: readonly number[]): number[] {
  const inner = places.slice(1).map((at, i) => (at + places[i]!) / 2)
  const [first, last] = [places[0]!, places.at(-1)!]
  const half = (a: number, b: number | undefined): number =>
    b === undefined ? 6 : Math.min(6, Math.abs(b - a)) * Math.sign(a - b)
  return [first + half(first, inner[0]), ...inner, last + half(last, inner.at(-1))]
}
