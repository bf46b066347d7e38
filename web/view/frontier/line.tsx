import { line } from 'd3-shape'
import { useMemo, useRef, useState } from 'preact/hooks'
import { type SearchPoint, formatCount, formatRate, formatUsd } from '../../../src/index.ts'
import { mappingText, pointId } from '../../engine/search-point.ts'
import { chipName } from '../../state/own.ts'
import type { FrontierAnswer } from './answer.ts'
import { colourClass } from './colour.ts'
import { chosen, hovered } from './hover.ts'
import { type Measure, type Plot, worthOf } from './plot.ts'
import { text } from './text.ts'

const path = line<readonly [number, number]>()

/** Where a point stands; undefined where no price is known. */
export function placeOf(point: SearchPoint, plot: Plot, by: Measure): readonly [number, number] | undefined {
  const worth = worthOf(point, by)
  return worth === undefined ? undefined : [plot.x(point.load.throughput.perUser.value), plot.y(worth)]
}

function pathOf(points: readonly SearchPoint[], plot: Plot, by: Measure): string {
  const places = points.flatMap((point) => {
    const place = placeOf(point, plot, by)
    return place === undefined ? [] : [place]
  })
  return path(places) ?? ''
}

/** The frontier of each machine. */
export function MachineLines({ answer, plot, by }: { answer: FrontierAnswer; plot: Plot; by: Measure }) {
  return (
    <g class="machine-lines" aria-hidden="true">
      {answer.machines.map((machine, chip) =>
        machine === undefined ? null : (
          <path
            key={answer.outline.chips[chip]?.id}
            class={`${colourClass(chip)}${chosen.value === undefined || chosen.value === chip ? '' : ' faint'}`}
            d={pathOf(machine.part.frontier, plot, by)}
          />
        ),
      )}
    </g>
  )
}

interface FrontierLineProps {
  readonly points: readonly SearchPoint[]
  readonly plot: Plot
  readonly by: Measure
  readonly pins: readonly string[]
  readonly onPin: (id: string) => void
}

/** The frontier over all machines; one stop of the keyboard, along which the arrow keys move. */
export function FrontierLine({ points, plot, by, pins, onPin }: FrontierLineProps) {
  const [current, setCurrent] = useState(0)
  const group = useRef<SVGGElement>(null)
  const at = Math.min(current, points.length - 1)
  const move = (next: number): void => {
    const to = Math.max(0, Math.min(points.length - 1, next))
    setCurrent(to)
    group.current?.querySelectorAll<SVGGElement>('.point')[to]?.focus()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = targetOf(event.key, at, points.length)
    if (to !== undefined) move(to)
    else if (event.key === 'Enter' || event.key === ' ') onPin(idOf(points[at]!))
    else if (event.key === 'Escape') hovered.value = undefined
    else return
    event.preventDefault()
  }
  return (
    <g
      ref={group}
      role="group"
      aria-label={text.value.chart.frontier(formatCount(points.length))}
      onKeyDown={onKeyDown}
    >
      <path class="frontier-line" d={pathOf(points, plot, by)} />
      {points.map((point, i) => (
        <FrontierPoint
          key={idOf(point)}
          point={point}
          place={placeOf(point, plot, by)}
          by={by}
          isStop={i === at}
          isPinned={pins.includes(idOf(point))}
          onFocus={() => setCurrent(i)}
          onPin={() => onPin(idOf(point))}
        />
      ))}
    </g>
  )
}

// Points stand from fast to slow: to the left is the next.
function targetOf(key: string, at: number, count: number): number | undefined {
  if (key === 'ArrowRight' || key === 'ArrowDown') return at - 1
  if (key === 'ArrowLeft' || key === 'ArrowUp') return at + 1
  if (key === 'Home') return count - 1
  return key === 'End' ? 0 : undefined
}

export function idOf({ chip, deployment, load }: SearchPoint): string {
  return pointId(chip, deployment, load.concurrency)
}

interface PointProps {
  readonly point: SearchPoint
  readonly place: readonly [number, number] | undefined
  readonly by: Measure
  readonly isStop: boolean
  readonly isPinned: boolean
  readonly onFocus: () => void
  readonly onPin: () => void
}

function FrontierPoint({ point, place, by, isStop, isPinned, onFocus, onPin }: PointProps) {
  const words = text.value
  // Printing numbers is what takes longest of drawing a point.
  const label = useMemo(() => spoken(point, by), [point, by, words])
  if (place === undefined) return null
  const [x, y] = place
  const show = (): void => {
    hovered.value = { kind: 'point', point }
  }
  return (
    <g
      class={`point ${colourClass(point.deployment.chip)}`}
      role="button"
      tabIndex={isStop ? 0 : -1}
      aria-label={label}
      aria-pressed={isPinned}
      onFocus={() => {
        onFocus()
        show()
      }}
      onBlur={() => {
        hovered.value = undefined
      }}
      onPointerEnter={show}
      onClick={onPin}
    >
      <circle class="reach" cx={x} cy={y} r="9" />
      <circle class="dot" cx={x} cy={y} r="4.2" />
    </g>
  )
}

/** "8 × B300 · fp4 · trtllm · tp 8" */
export function deploymentLabel({ chip, precision, deployment, load }: SearchPoint): string {
  const parts = [`${formatCount(load.chips)} × ${chipName(chip)}`, precision]
  if (deployment.engine !== undefined) parts.push(deployment.engine, mappingText(deployment))
  return parts.join(' · ')
}

export function worthLabel(worth: number | undefined, by: Measure): string {
  const t = text.value
  if (worth === undefined) return '—'
  return by === 'cost' ? t.perMtok(formatUsd(worth)) : t.perChipSecond(formatRate(worth))
}

export function usersLabel(clients: number): string {
  return clients === 1 ? text.value.user : text.value.users(formatCount(clients))
}

function spoken(point: SearchPoint, by: Measure): string {
  const speed = text.value.perSecond(formatRate(point.load.throughput.perUser.value))
  return `${deploymentLabel(point)}, ${usersLabel(point.load.concurrency)}: ${speed}, ${worthLabel(worthOf(point, by), by)}`
}
