import { formatBytes, formatCount, formatPercent } from '../../../src/index.ts'
import type { DeploymentAnswer } from '../../engine/method/deployment.ts'
import { Chart } from '../../part/chart.tsx'
import { Num } from '../../part/num.tsx'
import { type MemoryPart, memoryEvidence } from './evidence.ts'
import { text } from './text.ts'

const PARTS: readonly MemoryPart[] = ['weights', 'cache', 'activations', 'reserve', 'free']
const [TOP, BAR, BOTTOM] = [4, 46, 26]

/** What lies in the memory of one chip, to scale. */
export function Memory({ answer }: { answer: DeploymentAnswer }) {
  const t = text.value.memory
  const { memory, batch } = answer.step.prediction
  const title = t.title(formatBytes(memory.capacity))
  return (
    <Chart
      title={title}
      description={Number.isFinite(batch.capacity) ? t.text(formatCount(Math.floor(batch.capacity))) : t.unbounded}
      table={() => ({
        caption: title,
        head: [t.what, t.bytes, t.share],
        rows: PARTS.map((part) => [
          { value: t.part[part] },
          { value: memory[part], shown: formatBytes(memory[part]) },
          { value: memory[part] / memory.capacity, shown: formatPercent(memory[part] / memory.capacity) },
        ]),
      })}
    >
      {(width) => (
        <>
          <Picture answer={answer} width={width} title={title} />
          <ul class="parts">
            {PARTS.map((part) => (
              <li key={part} data-part={part}>
                <span class="swatch" aria-hidden="true" />
                {t.part[part]} <Num evidence={() => memoryEvidence(answer, part)}>{formatBytes(memory[part])}</Num>
              </li>
            ))}
          </ul>
        </>
      )}
    </Chart>
  )
}

function Picture({ answer, width, title }: { answer: DeploymentAnswer; width: number; title: string }) {
  const t = text.value.memory
  const { memory } = answer.step.prediction
  const { capacity } = memory
  const x = (bytes: number): number => (bytes / capacity) * (width - 2) + 1
  const spoken = PARTS.map((part) => `${t.part[part]} ${formatPercent(memory[part] / capacity)}`).join(', ')
  let before = 0
  return (
    <svg class="memory" viewBox={`0 0 ${width} ${TOP + BAR + BOTTOM}`} role="img" aria-label={`${title}. ${spoken}`}>
      {PARTS.map((part) => {
        const from = before
        before += memory[part]
        const size = x(memory[part]) - 1
        return (
          <g key={part} data-part={part}>
            <rect class="part" x={x(from)} y={TOP} width={Math.max(0, size)} height={BAR} />
            {size > 74 && (
              <text class="part-name" x={x(from) + 8} y={TOP + 28}>
                {formatPercent(memory[part] / capacity)}
              </text>
            )}
          </g>
        )
      })}
      <rect class="frame" x="1" y={TOP} width={width - 2} height={BAR} />
      {ticks(capacity).map((tick) => (
        <g key={tick}>
          <line class="tick-mark" x1={x(tick)} x2={x(tick)} y1={TOP + BAR} y2={TOP + BAR + 5} />
          <text class="tick" x={x(tick)} y={TOP + BAR + 20} text-anchor={anchorOf(tick, capacity)}>
            {formatBytes(tick)}
          </text>
        </g>
      ))}
    </svg>
  )
}

function anchorOf(tick: number, capacity: number): 'start' | 'middle' | 'end' {
  if (tick === 0) return 'start'
  return tick > 0.95 * capacity ? 'end' : 'middle'
}

/** Round sizes, four to eight of them. */
function ticks(capacity: number): number[] {
  const step = [1, 2, 5].map((n) => n * 10 ** Math.floor(Math.log10(capacity / 4))).findLast((n) => capacity / n >= 4)
  const count = step === undefined ? 0 : Math.floor(capacity / step)
  return Array.from({ length: count + 1 }, (_, i) => i * (step ?? 0))
}
