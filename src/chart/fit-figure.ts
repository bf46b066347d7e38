import { isKnown } from '../catalog/index.ts'
import type { Fits, MachineFit } from '../fit/index.ts'
import { formatCount, formatSi } from '../units/index.ts'
import { logAxis } from './axis.ts'
import type { BarPanel, Figure, Segment } from './figure.ts'

const ROW_HEIGHT = 20
const COLOURS = { weights: 0, cache: 1, other: 3, free: 5, beyond: 4 } as const
type Part = keyof typeof COLOURS

/**
 * Chips and kilowatts that hold the model on each machine, as bars on a logarithmic axis; the stretches of a bar are shares of its
 * length, not logarithms. Every machine has a row: one beyond its scaling limit shows what it would take, and what is not published
 * says so in place of a bar.
 */
export function fitFigure({ model, users, context, rows }: Fits): Figure {
  const clients = `${formatCount(users)} user${users === 1 ? '' : 's'} of ${formatCount(context)} tokens`
  const panels = [
    panel('Chips (or wafers)', rows, chipsOf, formatCount),
    panel('Power at the meter', rows, wattsOf, (watts) => formatSi(watts, 'W')),
  ].flatMap((one) => (one === undefined ? [] : [one]))
  return {
    title: `What holds ${model.name} with ${clients}`,
    subtitle:
      'The smallest system of each machine; a bar is logarithmic in length, its colours are shares of that length',
    rows: panels.map((one) => ({ height: ROW_HEIGHT * one.bars.length, panels: [one] })),
  }
}

/** What a bar is as long as, or the words in its place. */
type Measure = { readonly value: number; readonly words?: string } | { readonly words: string }

function chipsOf(row: MachineFit): Measure {
  if (row.status === 'fits') return { value: row.chips }
  if (row.status === 'untimed') return { words: 'memory or peak not published' }
  const { needed, limit } = row
  const most = `one system: ${formatCount(limit.chips)}`
  return isKnown(needed)
    ? { value: needed.value, words: `${formatCount(needed.value)}; ${most}` }
    : { words: `fits no system; ${most}` }
}

function wattsOf(row: MachineFit): Measure {
  if (row.status !== 'fits') return { words: row.status === 'beyond' ? 'fits no system' : 'not published' }
  return isKnown(row.power) ? { value: row.power.value } : { words: 'not published' }
}

function panel(
  title: string,
  rows: readonly MachineFit[],
  of: (row: MachineFit) => Measure,
  print: (value: number) => string,
): BarPanel | undefined {
  const values = rows.flatMap((row) => {
    const measure = of(row)
    return 'value' in measure ? [measure.value] : []
  })
  if (values.length === 0) return undefined
  // Half a decade below the least, so that the smallest system has a bar.
  const least = Math.min(...values) / 3
  const x = logAxis('', least, Math.max(...values) * 1.2)
  return {
    title,
    x: { ...x, ticks: x.ticks.map(({ at }) => ({ at, label: print(10 ** at) })) },
    bars: rows.map((row) => {
      const measure = of(row)
      const bar = 'value' in measure ? segments(row, x.min, Math.log10(measure.value)) : []
      return { label: row.chip.name, note: noteOf(measure, print), segments: bar }
    }),
    legend: (Object.keys(COLOURS) as Part[]).map((name) => ({ name: NAMES[name], colour: COLOURS[name] })),
  }
}

function noteOf(measure: Measure, print: (value: number) => string): string {
  return measure.words ?? ('value' in measure ? print(measure.value) : '')
}

const NAMES: Readonly<Record<Part, string>> = {
  weights: 'weights',
  cache: 'KV',
  other: 'engine',
  free: 'free',
  beyond: 'beyond',
}

// Of the tier that weights are read from: slower ones hold nothing.
function segments(row: MachineFit, from: number, to: number): Segment[] {
  if (row.status !== 'fits') return [{ from, to, colour: COLOURS.beyond }]
  const { memory, fastCapacity } = row
  const other = memory.activations + memory.reserve
  const free = Math.max(0, fastCapacity - memory.weights - memory.cache - other)
  const parts: Readonly<Record<Part, number>> = { weights: memory.weights, cache: memory.cache, other, free, beyond: 0 }
  const whole = parts.weights + parts.cache + parts.other + parts.free
  const held = (Object.keys(COLOURS) as Part[]).filter((name) => name !== 'beyond')
  let at = from
  return held.map((name) => {
    const end = at + ((to - from) * parts[name]) / whole
    const segment = { from: at, to: end, colour: COLOURS[name] }
    at = end
    return segment
  })
}
