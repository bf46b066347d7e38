import { type Figure, type Line, type Panel, figureSvg, logAxis } from '../../src/chart/index.ts'
import type { Trio } from './arm.ts'
import { PRICED, type PincerFacts, type Story, rowOf } from './condition.ts'
import { type Point, USER_SPEED, YARDSTICK, nameOf } from './face-off.ts'
import { type Arm, armOf, costAt, spaced } from './frontier.ts'
import { brief, short } from './print.ts'

/** The page's pictures by file. */
export const PINCER_PICTURES: Readonly<Record<string, (facts: PincerFacts) => string>> = {
  'pincer-speed.svg': ({ stories }) => speedPicture(stories.slice(0, 2).map(({ trio }) => trio)),
  'pincer-band.svg': ({ stories }) => bandPicture(stories),
}

const SPEED_RANGE = [5, 1000] as const

/** Cost over the speed that every user gets: the sparse model on three machines, and what its dense partner costs on two. */
function speedPicture(trios: readonly Trio[]): string {
  return figureSvg({
    title: 'Whose tokens are cheaper at which speed',
    subtitle:
      '$ per million output tokens of the cheapest deployment that gives every user so many tokens/s; 1,024/1,024 tokens, fp8',
    rows: trios.map(speedRow),
  })
}

function speedRow(trio: Trio): Figure['rows'][number] {
  const sparse = [YARDSTICK, ...PRICED].map((chip) => curve(nameOf(chip), armOf(trio.id, chip)))
  const dense = [
    curve('dense B200', armOf(trio.likeTotal.model, YARDSTICK)),
    { ...sparse[1]!, name: 'sparse WSE-3' },
    curve('dense WSE-3', armOf(trio.likeTotal.model, 'cerebras-wse3')),
  ]
  const all = [...sparse, ...dense].flatMap(({ y }) => Array.from(y))
  const y = logAxis('USD', 10 ** Math.min(...all) / 1.3, 10 ** Math.max(...all) * 1.3)
  const panel = (title: string, lines: readonly Line[]): Panel => ({
    title,
    x: logAxis('tokens/s for every user', ...SPEED_RANGE),
    y,
    lines,
  })
  return { height: 230, panels: [panel(trio.arch.name, sparse), panel('Dense too', dense)] }
}

/** A cost per speed until there is none; logarithms, as the axes have them. */
function curve(name: string, arm: Arm): Line {
  const points = spaced(...SPEED_RANGE, 33).flatMap((speed) => {
    const cost = costAt(arm, speed)
    return cost === undefined ? [] : [[Math.log10(speed), Math.log10(cost)] as const]
  })
  return { name, shape: 'line', x: points.map(([x]) => x), y: points.map(([, y]) => y) }
}

const ROW = 34

/** Cost of the sparse models on SRAM over their own on GPUs, with 90 % bands, where tokens are to be cheap and where they are to be fast. */
function bandPicture(stories: readonly Story[]): string {
  const panels = [
    bandPanel(stories, 'cheapest', 'Tokens only have to be cheap'),
    bandPanel(stories, 'fast', `${USER_SPEED} tokens/s for every user`),
  ]
  return figureSvg({
    title: `Cost per token of sparse models on SRAM machines over that on ${nameOf(YARDSTICK)}`,
    subtitle: 'Lines: 90 % band of both speeds and prices; tick: the value. Left of the dashed line SRAM is cheaper',
    rows: [{ height: (stories.length * PRICED.length + 0.4) * ROW, panels }],
  })
}

function bandPanel(stories: readonly Story[], point: Point, title: string): Panel {
  const bands = PRICED.flatMap((chip, colour) =>
    stories.flatMap(({ trio, rows }) => {
      const band = rowOf(rows, chip).overYardstick[point]
      return band === undefined
        ? []
        : [{ ...band, colour: colour as 0 | 1, name: `${trio.arch.name}, ${nameOf(chip)}` }]
    }),
  )
  const strokes = bands.flatMap(({ value, lo, hi, colour, name }, i) => {
    const y = bands.length - i - 0.5
    const [from, to, at] = [lo, hi, value].map(Math.log10) as [number, number, number]
    return [
      { y, from, to, weight: 'thin' as const, colour, name, value: `×${short(Number(brief(value)))}` },
      { y, from: at, to: at, weight: 'tick' as const, colour },
    ]
  })
  const least = Math.min(0.9, ...bands.map(({ lo }) => lo))
  const most = Math.max(1.1, ...bands.map(({ hi }) => hi))
  return {
    title,
    x: logAxis('ratio', least / 1.2, most * 1.2),
    y: { min: 0, max: bands.length + 0.2, ticks: [], label: '' },
    lines: [],
    uprights: [{ at: 0, label: '' }],
    strokes,
  }
}
