import { type Verdict, formatUnit } from '../../src/index.ts'
import { type Io, paletteOf } from '../io.ts'
import { NOT_KNOWN, rangeText } from './figure.ts'
import type { Page } from './page.ts'
import { padEnd, paragraph, printable } from './text.ts'

type Asserted = Verdict['asserted']
type Found = Verdict['quantity']
type Condition = Verdict['wouldHoldIf'][number]

const OUTCOME_COLORS: Readonly<Record<Verdict['verdict'], 'green' | 'yellow' | 'red' | 'dim'>> = {
  holds: 'green',
  'holds only if': 'yellow',
  'does not hold': 'red',
  unknown: 'dim',
}
const INDENT = 16

/**
 * Every claim in its words, below it a verdict per reading with its number and band and, where `isTold` says so, what would have to be
 * true.
 */
export function verdictList(
  list: readonly Verdict[],
  io: Io,
  isTold: (verdict: Verdict) => boolean = () => true,
): string {
  const { bold } = paletteOf(io)
  const texts = [...new Set(list.map(({ claim }) => claim.text))]
  return texts
    .map((text) => {
      const readings = list
        .filter(({ claim }) => claim.text === text)
        .map((verdict) => verdictLines(verdict, io, isTold(verdict)))
      return [paragraph('', bold(`“${printable(text)}”`), io.columns), ...readings].join('\n')
    })
    .join('\n\n')
}

function verdictLines(verdict: Verdict, io: Io, isTold: boolean): string {
  const { claim, asserted, quantity, wouldHoldIf } = verdict
  const outcome = `  ${padEnd(outcomeText(verdict, io), INDENT - 2)}`
  const found = 'unknown' in quantity ? quantityText(quantity) : `${valueText(quantity)}${bandText(quantity)}`
  const lines = [paragraph(outcome, `${claim.id}: asserted ${boundsText(asserted)}, found ${found}`, io.columns)]
  const condition = wouldHoldIf.find((each) => isOpen(each, verdict)) ?? wouldHoldIf[0]
  if (isTold && condition !== undefined)
    lines.push(paragraph(' '.repeat(INDENT), `if ${conditionText(condition)}`, io.columns))
  return lines.join('\n')
}

// Where the central value keeps the bounds already, what is open is whether the whole band does.
function isOpen({ condition }: Condition, { asserted, quantity }: Verdict): boolean {
  if ('unknown' in quantity) return true
  const { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = asserted
  const isKept = quantity.value >= atLeast && quantity.value <= atMost
  return isKept === condition.startsWith('for the whole band')
}

function outcomeText({ verdict }: Verdict, io: Io): string {
  return paletteOf(io)[OUTCOME_COLORS[verdict]](verdict)
}

/** One claim: its words, how they are read, the number and why, and all that would have to be true. */
export function verdictDetail(verdict: Verdict, page: Page, io: Io): Page {
  const { claim, asserted, quantity, reason, wouldHoldIf, command } = verdict
  const lead = (name: string): string => padEnd(name, INDENT)
  page
    .title(`${claim.id}: ${verdict.verdict}`)
    .text(`“${printable(claim.text)}”`)
    .block(
      [
        paragraph(lead('read as'), printable(claim.reading), io.columns),
        paragraph(lead('asserted'), `${asserted.quantity} ${boundsText(asserted)}`, io.columns),
        paragraph(lead('found'), quantityText(quantity), io.columns),
        paragraph(lead('because'), printable(reason), io.columns),
        paragraph(lead('shown by'), command, io.columns),
        paragraph(lead('evidence'), verdict.evidence.tier, io.columns),
      ].join('\n'),
    )
  const conditions = wouldHoldIf.map((condition) =>
    [paragraph('– ', conditionText(condition), io.columns), paragraph('  ', condition.command, io.columns)].join('\n'),
  )
  return page.section('It would hold if', conditions.join('\n'))
}

function conditionText({ condition, value, unit }: Condition): string {
  return `${printable(condition)} ${formatUnit(value, unit)}`
}

/** "≤ 15 %", "≥ ×10" or "235.5 … 236.5 B". */
export function boundsText({ atLeast, atMost, unit }: Asserted): string {
  if (atLeast !== undefined && atMost !== undefined) return `${formatUnit(atLeast, unit)} … ${formatUnit(atMost, unit)}`
  return atMost === undefined ? `≥ ${formatUnit(atLeast ?? Number.NaN, unit)}` : `≤ ${formatUnit(atMost, unit)}`
}

/** The number found with its name and band, or why there is none. */
export function quantityText(quantity: Found): string {
  if ('unknown' in quantity) return `${NOT_KNOWN} — ${quantity.unknown}`
  return `${quantity.name} ${valueText(quantity)}${bandText(quantity)}`
}

type KnownFound = Exclude<Found, { unknown: string }>

function valueText({ value, unit }: KnownFound): string {
  return formatUnit(value, unit)
}

function bandText({ lo, hi, unit }: KnownFound): string {
  return lo === hi ? '' : ` (${rangeText(lo, hi, (value) => formatUnit(value, unit))})`
}
