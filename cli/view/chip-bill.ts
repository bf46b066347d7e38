import {
  type ChipBill,
  type ChipHourPart,
  type Interval,
  type Known,
  type TcoName,
  CHIP_HOUR_PARTS,
  TCO_FIELDS,
  formatCount,
  formatUsd,
  isKnown,
  tcoFlag,
} from '../../src/index.ts'
import type { Io } from '../io.ts'
import { figureText } from './chip.ts'
import { NOT_KNOWN, hourlyText, shareText } from './figure.ts'
import type { Page } from './page.ts'
import { tableText } from './table.ts'
import { paragraph, printable } from './text.ts'

/** A chip's bill with what `predict` would use instead of it. */
export interface BilledChip {
  readonly bill: ChipBill
  readonly chipHour: Known
  readonly isBuildUp: boolean
  readonly grid: Known
}

/** A chip-hour part by part, then larger sizes, other owners, published prices and the inputs. */
export function chipBillPage(billed: BilledChip, page: Page, io: Io): Page {
  const { bill } = billed
  return page
    .title(`${printable(bill.chip.name)}: what an hour costs its owner (${bill.owner}: ${bill.ownerName})`)
    .block(partTable(bill, io))
    .text(marginalText(bill))
    .text(usedText(billed))
    .section('Together', scaleTable(bill, io))
    .section('In other hands', ownerTable(bill, io))
    .section('Beside published prices', marketTable(bill, io))
    .section('Inputs, each to be changed by --set name=value', inputTable(billed, io))
}

const PART_NAMES: Readonly<Record<ChipHourPart, string>> = {
  quoted: 'quoted price',
  chip: 'chip',
  server: 'share of the server',
  network: 'share of the network',
  spares: 'spares',
  building: 'building',
  interest: 'interest',
  energy: 'electricity in use',
  hosting: 'rent of the hall',
  maintenance: 'repairs',
  staff: 'people',
  downtime: 'hours broken',
  idle: 'hours idle',
}

function partTable({ cost }: ChipBill, io: Io): string {
  if ('unknown' in cost) {
    return paragraph('', `${NOT_KNOWN} — ${printable(cost.unknown)}; give what is missing below by --set.`, io.columns)
  }
  const shown = CHIP_HOUR_PARTS.filter((part) => cost.parts[part].high > 0)
  const row = (name: string, part: Interval): string[] => [
    name,
    ...usdCells(part),
    shareText(cost.total.central === 0 ? 0 : part.central / cost.total.central),
  ]
  const rows = [
    ...shown.map((part) => row(PART_NAMES[part], cost.parts[part])),
    row('an hour in use', cost.total),
    ['an hour paid for', ...usdCells(cost.paid), ''],
  ]
  return tableText({ head: ['part', 'low', '$/h', 'high', 'share'], rows }, io)
}

function usdCells({ low, central, high }: Interval): string[] {
  return [low, central, high].map((usd) => (usd === 0 ? '—' : formatUsd(usd)))
}

function marginalText({ cost }: ChipBill): string {
  if ('unknown' in cost || 'unknown' in cost.marginal) return ''
  const { low, central, high } = cost.marginal
  return `One more hour of use costs ${hourlyText(central)} (${formatUsd(low)} … ${formatUsd(high)}): the electricity above that of an idle chip. Low and high take every input at its cheap and its dear end together.`
}

function usedText({ chipHour, isBuildUp }: BilledChip): string {
  if (!isKnown(chipHour)) return `predict has no price: ${printable(chipHour.unknown)}.`
  const { value, low = value, high = value, note, date } = chipHour
  const price = `${hourlyText(value)} (${formatUsd(low)} … ${formatUsd(high)}) per hour paid for`
  if (isBuildUp) return `predict with the same --owner, --set and --tco uses this build-up: ${price}.`
  const origin = [note, date].filter((part) => part !== undefined).join(', ')
  return `predict uses ${price}${origin === '' ? '' : `, ${origin}`}; with --owner, --set or --tco it uses the build-up.`
}

function scaleTable({ scales, cost }: ChipBill, io: Io): string {
  if ('unknown' in cost) return ''
  const entries = [
    ['chip', scales.chip],
    ['node', scales.node],
    ['rack', scales.rack],
    ['fleet', scales.fleet],
  ] as const
  const rows = entries.flatMap(([name, scale]) => {
    if (scale === undefined) return []
    if ('unknown' in scale) return [[name, NOT_KNOWN, '', '', printable(scale.unknown)]]
    const { chips, perHour, yearly, capital } = scale
    const range = `${formatUsd(yearly.low)} … ${formatUsd(yearly.high)} a year`
    return [
      [
        `${name} of ${formatCount(chips)}`,
        formatUsd(perHour.central),
        formatUsd(yearly.central),
        formatUsd(capital.central),
        range,
      ],
    ]
  })
  return tableText({ head: ['', '$/h in use', '$ a year', '$ to put up', 'range'], rows, left: [0, 4] }, io)
}

function ownerTable({ owners, owner }: ChipBill, io: Io): string {
  const known = owners.filter((row) => !('unknown' in row.perHour))
  if (known.length === 0) return ''
  const rows = known.map((row) => [
    row.owner === owner ? `${row.owner} (here)` : row.owner,
    ...usdCells(row.perHour as Interval),
    row.name,
  ])
  return tableText({ head: ['owner', 'low', '$/h', 'high', ''], rows, left: [0, 4] }, io)
}

function marketTable({ market, chip }: ChipBill, io: Io): string {
  if (market.length === 0) {
    return paragraph('', `No price per hour of ${printable(chip.name)} is in the catalog.`, io.columns)
  }
  const rows = market.map(({ kind, price, ratio }) => [
    kind,
    price.item,
    formatUsd(price.value),
    price.date,
    typeof ratio === 'number' ? ratio.toFixed(2) : NOT_KNOWN,
  ])
  return tableText({ head: ['kind', 'what', '$/h', 'as of', 'build-up over it'], rows, left: [0, 1] }, io)
}

function inputTable({ bill, grid }: BilledChip, io: Io): string {
  const figures: readonly (readonly [TcoName, Known])[] = [
    ...[...TCO_FIELDS.keys()].filter(isCostName).map((name) => [name, bill.inputs[name]] as const),
    ['grid', grid],
  ]
  const rows = figures.map(([name, figure]) => [tcoFlag(name), ...inputCells(figure)])
  return tableText({ head: ['name', 'value', 'range', 'basis', 'as of', 'source'], rows, left: [0, 3, 4, 5] }, io)
}

function inputCells(figure: Known): string[] {
  if (!isKnown(figure)) return [NOT_KNOWN, '', '', '', printable(figure.unknown)]
  const { value, low, high, unit, basis, date = '', source } = figure
  const range = low === undefined && high === undefined ? '' : `${bare(low ?? value)} … ${bare(high ?? value)}`
  return [`${bare(value)} ${unit}`, range, basis, printable(date), printable(source)]
}

// Without prefixes: as --set takes it.
function bare(value: number): string {
  return value >= 1e7 ? value.toExponential().replace('e+', 'e') : figureText(value, '')
}

function isCostName(name: TcoName): name is Exclude<TcoName, 'grid' | 'cacheLink'> {
  return name !== 'grid' && name !== 'cacheLink'
}
