import { isKnown } from '../catalog/index.ts'
import type { Fits, HeldFit } from '../fit/index.ts'
import { formatCount, formatSi } from '../units/index.ts'
import { logAxis } from './axis.ts'
import type { BarPanel, Figure, Segment } from './figure.ts'

const ROW_HEIGHT = 20
const COLOURS = { weights: 0, cache: 1, other: 3, free: 5 } as const
type Part = keyof typeof COLOURS

/**
 * Chips and kilowatts that hold the model on each machine, as bars on a logarithmic axis; the stretches of a bar are shares of its
 * length, not logarithms. Machines without a published power have no bar of it.
 */
export function fitFigure({ model, users, context, rows }: Fits): Figure {
  const held = rows.filter((row) => row.status === 'fits')
  const clients = `${formatCount(users)} user${users === 1 ? '' : 's'} of ${formatCount(context)} tokens`
  const powered = held.filter(({ power }) => isKnown(power))
  const panels = [
    panel('Chips (or wafers)', held, ({ chips }) => chips, formatCount),
    panel('Power at the meter', powered, wattsOf, (watts) => formatSi(watts, 'W')),
  ].flatMap((one) => (one === undefined ? [] : [one]))
  return {
    title: `What holds ${model.name} with ${clients}`,
    subtitle:
      'The smallest system of each machine; a bar is logarithmic in length, its colours are shares of that length',
    rows: panels.map((one) => ({ height: ROW_HEIGHT * one.bars.length, panels: [one] })),
  }
}

function wattsOf({ power }: HeldFit): number {
  return isKnown(power) ? power.value : 0
}

function panel(
  title: string,
  rows: readonly HeldFit[],
  of: (row: HeldFit) => number,
  print: (value: number) => string,
): BarPanel | undefined {
  if (rows.length === 0) return undefined
  const values = rows.map(of)
  // Half a decade below the least, so that the smallest system has a bar.
  const least = Math.min(...values) / 3
  const x = logAxis('', least, Math.max(...values) * 1.2)
  return {
    title,
    x: { ...x, ticks: x.ticks.map(({ at }) => ({ at, label: print(10 ** at) })) },
    bars: rows.map((row) => ({
      label: row.chip.name,
      note: print(of(row)),
      segments: segments(row, x.min, Math.log10(of(row))),
    })),
    legend: (Object.keys(COLOURS) as Part[]).map((name) => ({ name: NAMES[name], colour: COLOURS[name] })),
  }
}

const NAMES: Readonly<Record<Part, string>> = { weights: 'weights', cache: 'KV', other: 'engine', free: 'free' }

// Of the tier that weights are read from: slower ones hold nothing.
function segments({ memory, fastCapacity }: HeldFit, from: number, to: number): Segment[] {
  const other = memory.activations + memory.reserve
  const free = Math.max(0, fastCapacity - memory.weights - memory.cache - other)
  const parts: Readonly<Record<Part, number>> = { weights: memory.weights, cache: memory.cache, other, free }
  const whole = parts.weights + parts.cache + parts.other + parts.free
  let at = from
  return (Object.keys(COLOURS) as Part[]).map((name) => {
    const end = at + ((to - from) * parts[name]) / whole
    const segment = { from: at, to: end, colour: COLOURS[name] }
    at = end
    return segment
  })
}
