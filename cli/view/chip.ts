import { type Chip, type Known, formatBytes, formatCount, formatSi, isKnown, storeOf } from '../../src/index.ts'
import type { Io } from '../io.ts'
import { sourceText } from './explanation.ts'
import { knownCell, sourceOf } from './figure.ts'
import type { Page } from './page.ts'
import { tableText } from './table.ts'
import { printable } from './text.ts'

/** One line per chip: what it stores, how fast it reads it, what it computes, what it draws. */
export function chipTable(list: readonly Chip[], io: Io): string {
  const rows = list.map((chip) => {
    const store = storeOf(chip)
    return [
      chip.id,
      `${chip.vendor} ${chip.name}`,
      chip.year === undefined ? '' : String(chip.year),
      store === undefined ? 'n/a' : `${knownCell(store.capacity, formatBytes)} ${store.name}`,
      store === undefined ? 'n/a' : knownCell(store.bandwidth, perSecond('B')),
      chip.peak.fp8 === undefined || !isKnown(chip.peak.fp8) ? '—' : formatSi(chip.peak.fp8.value, 'FLOP/s'),
      chip.peak.bf16 === undefined ? '—' : knownCell(chip.peak.bf16, perSecond('FLOP')),
      knownCell(chip.power.tdp, (watts) => formatSi(watts, 'W')),
    ]
  })
  return tableText(
    { head: ['id', 'chip', 'year', 'memory', 'bandwidth', 'FP8 dense', 'BF16 dense', 'TDP'], rows, left: [0, 1] },
    io,
  )
}

function perSecond(unit: string): (value: number) => string {
  return (value) => formatSi(value, `${unit}/s`)
}

/** Every figure of a chip with its basis and source, unknown ones with the reason. */
export function chipDetail(chip: Chip, page: Page, io: Io, explain: boolean): Page {
  const figures = chipFigures(chip)
  const rows = figures.map(([name, figure]) => [name, ...figureCells(figure)])
  const used = figures.flatMap(([, figure]) => sourceOf(figure))
  return page
    .title(`${chip.vendor} ${printable(chip.name)} (${chip.id})${chip.year === undefined ? '' : `, ${chip.year}`}`)
    .text(
      `${chip.kind === 'sram' ? 'SRAM or dataflow machine' : 'HBM machine'}, ${chip.generation}; also called ${chip.aliases.join(', ') || 'nothing else'}`,
    )
    .block(tableText({ head: ['figure', 'value', 'basis', 'source', 'note'], rows, left: [0, 2, 3, 4] }, io))
    .notes('Remarks', chip.notes)
    .section('Sources', explain ? sourceText(used, io) : '')
}

/** Value, basis, source and note of a figure as table cells. */
export function figureCells(figure: Known): string[] {
  if (!isKnown(figure)) return ['n/a', '', '', figure.unknown]
  const { value, unit, basis, source, low, high, note, date } = figure
  const range =
    low === undefined && high === undefined
      ? ''
      : `${figureText(low ?? value, unit)} … ${figureText(high ?? value, unit)}`
  const remarks = [range, date ?? '', note ?? ''].filter((part) => part !== '')
  return [figureText(value, unit), basis, source, remarks.join('; ')]
}

const PREFIXED: ReadonlySet<string> = new Set(['B', 'B/s', 'FLOP/s', 'W', 'J', 's'])

/** A value in the unit it is filed under: prefixes where the unit takes them, digits elsewhere. */
export function figureText(value: number, unit: string): string {
  if (PREFIXED.has(unit)) return formatSi(value, unit)
  const digits =
    Math.abs(value) >= 1e6 ? formatCount(value) : value.toLocaleString('en-US', { maximumSignificantDigits: 6 })
  return unit === '' ? digits : `${digits} ${unit}`
}

function chipFigures(chip: Chip): (readonly [string, Known])[] {
  return [
    ...chip.memory.flatMap(({ name, capacity, bandwidth }) => [
      [`${name} capacity`, capacity] as const,
      [`${name} bandwidth`, bandwidth] as const,
    ]),
    ...Object.entries(chip.peak).map(([format, peak]) => [`${format} dense peak`, peak] as const),
    ['scale-up bandwidth', chip.scaleUp.bandwidth],
    ['scale-up domain', chip.scaleUp.domain],
    ['scale-out bandwidth', chip.scaleOut.bandwidth],
    ['TDP', chip.power.tdp],
    ['provisioned power', chip.power.allIn],
    ['chips per node', chip.node.chips],
    ['chips per rack', chip.rack.chips],
    ['rack power', chip.rack.power],
    ['die area, mm²', chip.dieMm2],
  ]
}
