import {
  type ChipHourCost,
  type Known,
  type TcoName,
  CHIP_HOUR_PARTS,
  TCO_FIELDS,
  formatPercent,
  formatUsd,
  isKnown,
  tcoFlag,
} from '../../src/index.ts'
import { figureText } from '../view/chip.ts'
import type { Explanation } from '../view/explanation.ts'
import { hourlyText, rateText, sourceOf } from '../view/figure.ts'
import type { CostReport } from './cost.ts'

/** Formula, values and sources of the headline numbers of a cost report. */
export function costExplanations(report: CostReport): Explanation[] {
  const { cost } = report.bill
  return [
    ...('unknown' in cost ? [] : [hourExplanation(cost), capitalExplanation(cost), marginalExplanation(cost)]),
    ...(report.deployment === undefined ? [] : tokenExplanations(report.deployment, report.chipHour)),
  ]
}

function hourExplanation({ parts, total, figures }: ChipHourCost): Explanation {
  const shown = CHIP_HOUR_PARTS.filter((part) => parts[part].central > 0)
  return {
    quantity: '$ per chip-hour in use',
    formula: shown.join(' + '),
    values: `${shown.map((part) => formatUsd(parts[part].central)).join(' + ')} = ${hourlyText(total.central)}`,
    inputs: Object.entries(figures).map(([name, figure]) => inputText(name, figure)),
    sources: Object.values(figures).flatMap(sourceOf),
  }
}

function inputText(name: string, figure: Known): string {
  const meaning = TCO_FIELDS.get(name as TcoName)?.meaning ?? name
  if (!isKnown(figure)) return `${name}: ${figure.unknown}`
  const origin = [figure.basis, figure.date].filter((part) => part !== undefined).join(', ')
  return `${tcoFlag(name as TcoName)}: ${meaning}, ${figureText(figure.value, figure.unit)} (${origin})`
}

function capitalExplanation({ parts, figures }: ChipHourCost): Explanation {
  const capital = (['chip', 'server', 'network', 'spares'] as const).reduce((sum, part) => sum + parts[part].central, 0)
  const { life, interest, residual } = figures
  const rate = interest?.value ?? 0
  return {
    quantity: 'Capital and interest',
    formula:
      '(H − R / (1 + i)^n) · i / (1 − (1 + i)^−n) / 8760, H = (chip + server + network) · (1 + spares), R = residual · H',
    values: `${formatUsd(capital)} of hardware + ${formatUsd(parts.building.central)} of building + ${formatUsd(parts.interest.central)} of interest at ${formatPercent(rate)} over ${life?.value} years, residual ${formatPercent(residual?.value ?? 0)}`,
    inputs: [],
    sources: [life, interest, residual].flatMap((figure) => (figure === undefined ? [] : sourceOf(figure))),
  }
}

function marginalExplanation({ marginal, figures }: ChipHourCost): Explanation {
  const value = (name: TcoName): number => figures[name]?.value ?? 0
  return {
    quantity: '$ of one more hour of use',
    formula: 'kW at the server · PUE · $/kWh · (1 − idle share)',
    values:
      'unknown' in marginal
        ? marginal.unknown
        : `${rateText(value('power') / 1000)} · ${value('pue')} · ${value('powerPrice')} · (1 − ${value('idlePower')}) = ${hourlyText(marginal.central)}`,
    inputs: [],
    sources: ['power', 'pue', 'powerPrice', 'idlePower'].flatMap((name) => figures[name]?.source ?? []),
  }
}

function tokenExplanations(
  { prediction, tokens, utilisation }: NonNullable<CostReport['deployment']>,
  chipHour: Known,
): Explanation[] {
  const { seconds, kinds } = tokens
  const per = (kind: 'input' | 'cachedInput' | 'output'): string => {
    const { usd } = kinds[kind]
    return `${kind} ${(seconds[kind] * 1e6).toPrecision(3)} s → ${isKnown(usd) ? formatUsd(usd.value) : usd.unknown}`
  }
  return [
    {
      quantity: '$ per million tokens, by kind',
      formula: 'chips · $ per chip-hour / utilisation / 3600 · seconds of the machine per million tokens of the kind',
      values: (['input', 'cachedInput', 'output'] as const).map(per).join('; '),
      inputs: [
        `${prediction.chips} chips at ${isKnown(chipHour) ? hourlyText(chipHour.value) : chipHour.unknown}, utilisation ${utilisation}`,
        `prefill takes ${formatPercent(prediction.cost.split.inputShare)} of the time`,
      ],
      sources: sourceOf(chipHour),
    },
    {
      quantity: 'CO2 per token',
      formula: 'watts at the meter · seconds of the machine per token / 3.6e6 · gCO2 per kWh',
      values: isKnown(tokens.grid) ? `grid ${tokens.grid.value} gCO2/kWh` : tokens.grid.unknown,
      inputs: [],
      sources: sourceOf(tokens.grid),
    },
  ]
}
