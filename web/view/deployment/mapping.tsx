import { formatCount, formatPercent } from '../../../src/index.ts'
import type { DeploymentAnswer } from '../../engine/method/deployment.ts'
import { Chart } from '../../part/chart.tsx'
import type { TableData } from '../../part/table.tsx'
import { type Rank, ranksOf } from './ranks.ts'
import { text } from './text.ts'

/** More squares than this say less, not more. */
const MOST_SQUARES = 512
const GAP = 3
const FRAME = 7
const LARGEST = 74

/** Which chip holds what: squares in the frames of the fast links. */
export function MappingPicture({ answer }: { answer: DeploymentAnswer }) {
  const t = text.value.mapping
  const isSram = answer.shape.kind === 'sram'
  return (
    <Chart
      title={t.title}
      description={sentences(answer).join(' ')}
      table={() => (isSram ? machineTable(answer) : rankTable(answer))}
    >
      {(width) => <Picture answer={answer} width={width} />}
    </Chart>
  )
}

/** The mapping in words. */
function sentences({ shape, step }: DeploymentAnswer): string[] {
  const t = text.value.mapping
  const { chips, layout } = step.prediction
  const each = squareOf(chips)
  const aggregate = each > 1 ? [t.aggregate(formatCount(each))] : []
  if (shape.kind === 'sram') return [t.sram(formatCount(chips), layout), ...aggregate]
  const { mapping, layers, experts, heads, domain } = shape
  const { tp, pp, dp, moeTp, moeEp } = mapping
  return [
    ...(chips === 1 ? [t.one] : []),
    ...(tp > 1 ? [t.tensor(String(tp), formatPercent(1 / tp))] : []),
    ...(dp > 1 ? [t.data(String(dp))] : []),
    ...(pp > 1 ? [t.stages(String(pp), formatCount(Math.ceil(layers / pp)))] : []),
    ...(experts > 0 && moeEp > 1 ? [t.experts(String(moeEp), formatCount(experts / moeEp))] : []),
    ...(experts > 0 && moeTp > 1 ? [t.expertsTensor(String(moeTp))] : []),
    ...(domain !== undefined && chips > 1 && heads > 0 ? [t.domain(formatCount(domain))] : []),
    ...aggregate,
  ]
}

/** Chips that one square stands for. */
function squareOf(chips: number): number {
  return chips <= MOST_SQUARES ? 1 : 10 ** Math.ceil(Math.log10(chips / MOST_SQUARES))
}

function rankTable({ shape }: DeploymentAnswer): TableData {
  const t = text.value.mapping
  const { chip, stage, layers, group, tensor, experts } = t.head
  return {
    caption: t.title,
    head: [chip, stage, layers, group, tensor, experts],
    rows: ranksOf(shape).map((rank) => [
      { value: rank.chip },
      { value: rank.stage },
      { value: `${rank.layers.from}–${rank.layers.to}` },
      { value: rank.group },
      { value: rank.tensor },
      { value: rank.experts === undefined ? undefined : `${rank.experts.from}–${rank.experts.to}` },
    ]),
  }
}

function machineTable({ step }: DeploymentAnswer): TableData {
  const { title, head } = text.value.mapping
  const { chips, layout } = step.prediction
  return { caption: title, head: [head.chip, text.value.memory.what], rows: [[{ value: chips }, { value: layout }]] }
}

interface Square {
  readonly x: number
  readonly y: number
  readonly rank: Rank | undefined
}

function Picture({ answer, width }: { answer: DeploymentAnswer; width: number }) {
  const { shape, step } = answer
  const { chips, layout } = step.prediction
  const t = text.value.mapping
  const each = squareOf(chips)
  const count = Math.ceil(chips / each)
  const ranks = shape.kind === 'sram' || each > 1 ? [] : ranksOf(shape)
  const perFrame = Math.min(count, Math.max(1, Math.round((shape.domain ?? shape.node ?? 8) / each)))
  const columns = columnsOf(perFrame, count, width)
  const size = Math.min(LARGEST, (width - 2 * FRAME) / columns - GAP)
  const rows = Math.ceil(perFrame / columns)
  const frameWidth = columns * (size + GAP) - GAP + 2 * FRAME
  const frameHeight = rows * (size + GAP) - GAP + 2 * FRAME
  const framesAcross = Math.max(1, Math.floor((width + GAP) / (frameWidth + GAP)))
  const frames = Math.ceil(count / perFrame)
  const height = Math.ceil(frames / framesAcross) * (frameHeight + 2 * GAP)
  const frameAt = (frame: number): { x: number; y: number } => ({
    x: 1 + (frame % framesAcross) * (frameWidth + GAP),
    y: 1 + Math.floor(frame / framesAcross) * (frameHeight + 2 * GAP),
  })
  const squares = Array.from({ length: count }, (_, i): Square => {
    const { x, y } = frameAt(Math.floor(i / perFrame))
    const place = i % perFrame
    return {
      x: x + FRAME + (place % columns) * (size + GAP),
      y: y + FRAME + Math.floor(place / columns) * (size + GAP),
      rank: ranks[i],
    }
  })
  return (
    <svg class="chips" viewBox={`0 0 ${width} ${height + 2}`} role="img" aria-label={`${t.title}: ${layout}`}>
      {Array.from({ length: frames }, (_, frame) => (
        <rect key={frame} class="domain" {...frameAt(frame)} width={frameWidth} height={frameHeight} rx="4" />
      ))}
      {squares.map((square, i) => (
        <Chip key={i} square={square} size={size} />
      ))}
    </svg>
  )
}

// As near to a square, or to one row, as the width allows.
function columnsOf(perFrame: number, count: number, width: number): number {
  const roomy = Math.max(1, Math.floor((width - 2 * FRAME) / (56 + GAP)))
  if (perFrame <= roomy) return perFrame
  const small = count > 96 ? 14 : 30
  const most = Math.max(1, Math.floor((width - 2 * FRAME) / (small + GAP)))
  return Math.min(perFrame, Math.max(Math.min(roomy, 8), Math.min(most, Math.ceil(Math.sqrt(perFrame * 4)))))
}

function Chip({ square: { x, y, rank }, size }: { square: Square; size: number }) {
  const t = text.value.mapping
  const lines = rank === undefined ? [] : linesOf(rank)
  const isLabelled = size >= 50
  return (
    <g class="chip" data-shade={rank === undefined ? 0 : (rank.stage + rank.group) % 4}>
      <rect x={x} y={y} width={size} height={size} rx="3" />
      {isLabelled &&
        lines.map((line, i) => (
          <text key={line} x={x + 6} y={y + 16 + i * 14}>
            {line}
          </text>
        ))}
      {rank !== undefined && <title>{titleOf(rank, t)}</title>}
    </g>
  )
}

function linesOf({ tensor, stage, group, experts }: Rank): string[] {
  return [
    `tp ${tensor}`,
    ...(group > 0 || experts !== undefined ? [`dp ${group}`] : []),
    ...(experts === undefined ? [] : [`e ${experts.from}–${experts.to}`]),
    ...(stage > 0 ? [`pp ${stage}`] : []),
  ].slice(0, 4)
}

function titleOf(rank: Rank, t: (typeof text.value)['mapping']): string {
  return [
    t.chip(String(rank.chip)),
    t.stage(String(rank.stage)),
    t.layerRange(String(rank.layers.from), String(rank.layers.to)),
    t.group(String(rank.group)),
    t.rank(String(rank.tensor)),
    ...(rank.experts === undefined ? [] : [t.expertRange(String(rank.experts.from), String(rank.experts.to))]),
  ].join(', ')
}
