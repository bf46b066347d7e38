import {
  type SolvedCrossing,
  QUANTITIES,
  type Quantity,
  type Sample,
  type Scenario,
  type Solution,
  formatCount,
  formatPercent,
  formatSeconds,
  formatSi,
  formatUsd,
} from '../../src/index.ts'
import type { Io } from '../io.ts'
import { rateText } from './figure.ts'
import type { Page } from './page.ts'
import { sparkline } from './sparkline.ts'
import { tableText } from './table.ts'
import { paragraph, printable } from './text.ts'

/** What would make a target true: the values, what is there today, and what limits where nothing does. */
export function solutionPage(solution: Solution, scenario: Scenario, page: Page, io: Io): Page {
  const { title, subtitle } = solutionTexts(solution, scenario)
  return page
    .title(title)
    .text(subtitle)
    .section('Answer', paragraph('', answerText(solution), io.columns))
    .section('Both sides of it', crossingTable(solution, io))
    .section(curveHeading(solution), curveTable(solution, io))
    .section('Over the range', rangeText(solution, io))
}

/** Title and subtitle of the page and of its picture. */
export function solutionTexts(
  { target, parameter, curve }: Solution,
  { model, chip, workload }: Scenario,
): {
  readonly title: string
  readonly subtitle: string
} {
  const moved = curve === undefined ? parameter.path : `${parameter.path} over ${curve.parameter.path}`
  const sign = QUANTITIES[target.quantity].isFloor ? 'at least' : 'at most'
  const relative =
    target.against === undefined
      ? ''
      : `, against ${printable(target.against.model)} on ${printable(target.against.chip)} at ${formatUsd(target.against.costPerMtok)} per Mtok`
  const speed = target.userSpeed === undefined ? '' : `, at ${rateText(target.userSpeed)} tokens/s per user`
  const load = target.userSpeed === undefined ? `, ${formatCount(workload.concurrency)} clients` : ''
  return {
    title: `What ${moved} makes ${quantityText(target.quantity)} ${sign} ${targetText(target)}?`,
    subtitle: `${printable(model.name)} on ${printable(chip.name)}, ${formatCount(workload.isl)}/${formatCount(workload.osl)} tokens${load}${relative}${speed}`,
  }
}

const NAMES: Readonly<Record<Quantity, string>> = {
  speed: 'the speed of one user',
  cost: 'the cost of a million output tokens',
  ttft: 'the time to first token',
  energy: 'the energy of an output token',
  ratio: 'the cost of an output token',
}

export function quantityText(quantity: Quantity): string {
  return NAMES[quantity]
}

type Aim = Solution['target']

function targetText({ quantity, bound }: Aim): string {
  return printed(quantity, bound)
}

function printed(quantity: Quantity, value: number): string {
  switch (quantity) {
    case 'speed':
      return `${rateText(value)} tokens/s`
    case 'cost':
      return formatUsd(value)
    case 'ttft':
      return formatSeconds(value)
    case 'energy':
      return formatSi(value, 'J')
    case 'ratio':
      return formatPercent(value)
  }
}

/** A sample as its quantity is printed, or why there is none. */
export function sampleText(sample: Sample | SolvedCrossing['reached'], { quantity }: Aim): string {
  return 'fault' in sample ? `none (${printable(sample.fault)})` : printed(quantity, sample.value)
}

/** A value of a parameter in its unit. */
export function valueText(value: number, unit: string): string {
  if (unit === 'USD/h') return `${formatUsd(value)}/h`
  if (unit === '1') return formatPercent(value)
  return ['clients', 'tokens', 'chips'].includes(unit)
    ? `${value.toLocaleString('en-US')} ${unit}`
    : formatSi(value, unit)
}

function answerText({ status, crossings, parameter, target, now, best, limit, isMonotone }: Solution): string {
  const { path, unit, given } = parameter
  const today =
    given === undefined
      ? `As it stands: ${sampleText(now, target)}.`
      : `Today ${valueText(given, unit)}: ${sampleText(now, target)}.`
  const turns = isMonotone ? '' : ' The quantity turns back on the way, so that all crossings of the range are listed.'
  if (status === 'crosses') {
    const ways = crossings.map(({ reached, side }) => `${side} ${valueText(reached.at, unit)}`).join(', and ')
    return `${path} ${ways}. ${today}${turns}`
  }
  if (status === 'always') {
    return `Any: the target is met from ${valueText(parameter.from, unit)} to ${valueText(parameter.to, unit)}. ${today}`
  }
  const what =
    limit === undefined
      ? ''
      : ` There ${limit.part} limits: ${formatPercent(limit.share)} of a step, bound by ${limit.bound}.`
  return `None from ${valueText(parameter.from, unit)} to ${valueText(parameter.to, unit)} (${parameter.reason}). The best is ${sampleText(best, target)} at ${valueText(best.at, unit)}.${what} ${today}`
}

function crossingTable({ crossings, parameter, target }: Solution, io: Io): string {
  if (crossings.length === 0) return ''
  const exact = (at: number): string => String(Number(at.toPrecision(9)))
  const rows = crossings.flatMap(({ reached, missed }) => [
    ['met', exact(reached.at), exact(reached.value)],
    ['missed', exact(missed.at), 'fault' in missed ? printable(missed.fault) : exact(missed.value)],
  ])
  return tableText(
    {
      head: ['', `${parameter.path}, ${parameter.unit}`, `${target.quantity}, ${QUANTITIES[target.quantity].unit}`],
      rows,
    },
    io,
  )
}

function curveHeading({ parameter, curve }: Solution): string {
  return curve === undefined ? '' : `${parameter.path} that meets the target, by ${curve.parameter.path}`
}

function curveTable({ parameter, curve }: Solution, io: Io): string {
  if (curve === undefined) return ''
  const rows = curve.points.map(({ at, status, crossings }) => [
    valueText(at, curve.parameter.unit),
    status === 'crosses'
      ? crossings.map(({ side, reached }) => `${side} ${valueText(reached.at, parameter.unit)}`).join(', ')
      : status === 'always'
        ? 'any'
        : 'none',
  ])
  return tableText({ head: [curve.parameter.path, parameter.path], rows, left: [] }, io)
}

function rangeText({ samples, parameter, isMonotone }: Solution, io: Io): string {
  const known = samples.flatMap((sample) => ('value' in sample ? [sample.value] : []))
  if (known.length < 2) return ''
  const [from, to] = [valueText(parameter.from, parameter.unit), valueText(parameter.to, parameter.unit)]
  const shape = isMonotone ? 'one way' : 'not one way'
  const line = `${from} ${sparkline(known, Math.min(48, io.columns - 40), Math.max(...known))} ${to}`
  const remark = `${formatCount(samples.length)} values tried, ${shape}. The upper end: ${printable(parameter.reason)}.`
  return `${line}\n${paragraph('', remark, io.columns)}`
}
