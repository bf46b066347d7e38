import { type Chip, type Known, chipIds, isKnown } from '../catalog/index.ts'
import { chipHourCost, costPerMtok, defaultChipHour, givenFigure, tokenCost } from '../economics/index.ts'
import { type PowerRange, energyUse } from '../energy/index.ts'
import type { Joules, UsdPerHour } from '../units/index.ts'
import type { Timing } from './timing.ts'
import type { Prediction, Scenario } from './types.ts'
import { meanLength } from './workload.ts'

/** Tokens per second of a deployment. */
export interface TokenRates {
  readonly input: number
  readonly output: number
}

export function tokenRates(scenario: Scenario, timing: Timing): TokenRates {
  const { workload } = scenario
  const rate = timing.serving.requestRate
  return {
    input: rate * meanLength(workload.isl, workload.spread),
    output: rate * meanLength(workload.osl, workload.spread),
  }
}

/** $ per chip-hour: the caller's, or the catalog's central value with its range. */
export function chipHour({ chip, chipHour: given }: Pick<Scenario, 'chip' | 'chipHour'>): Known<UsdPerHour> {
  if (given !== undefined) return givenFigure(given, 'USD/h')
  if (!chipIds().includes(chip.id)) return { unknown: `no price is known for ${chip.id}; give one` }
  let hour = CATALOG_HOURS.get(chip.id)
  if (hour === undefined) CATALOG_HOURS.set(chip.id, (hour = catalogHour(chip.id)))
  return hour
}

/** The build-up depends on the chip alone, and a search asks for it at every operating point. */
const CATALOG_HOURS = new Map<string, Known<UsdPerHour>>()

function catalogHour(chip: string): Known<UsdPerHour> {
  const input = defaultChipHour(chip)
  if ('unknown' in input) return input
  const cost = chipHourCost(input)
  if ('unknown' in cost) return cost
  const { central, low, high } = cost.total
  const [figure] = Object.values(cost.figures)
  return {
    value: central,
    low,
    high,
    unit: 'USD/h',
    source: figure?.source ?? 'derived',
    basis: input.kind === 'owned' ? 'derived' : (figure?.basis ?? 'analyst'),
    note: NOTES[input.kind],
    ...(figure?.date === undefined ? {} : { date: figure.date }),
  }
}

const NOTES: Readonly<Record<'tco' | 'rental' | 'owned', string>> = {
  tco: 'what an owner pays, by an analyst',
  rental: 'published rental price',
  owned: 'built up from a purchase price and stated assumptions',
}

/** Cost per token; the system is paid for all hours and used in `utilisation` of them. */
export function costOf(scenario: Scenario, timing: Timing, rates: TokenRates): Prediction['cost'] {
  const hour = chipHour(scenario)
  const inputShare = timing.serving.prefillShare
  if (!isKnown(hour))
    return { chipHour: hour, perMtokOutput: hour, perMtokTotal: hour, split: { input: hour, output: hour, inputShare } }
  const at = (perHour: number): number => (perHour * timing.chips) / scenario.utilisation
  const figure = (cost: (usdPerHour: number) => number): Known => ({
    ...hour,
    value: cost(at(hour.value)),
    ...(hour.low === undefined ? {} : { low: cost(at(hour.low)) }),
    ...(hour.high === undefined ? {} : { high: cost(at(hour.high)) }),
    unit: 'USD/Mtok',
    basis: 'derived',
  })
  const split =
    (side: 'input' | 'output') =>
    (usdPerHour: number): number =>
      tokenCost({
        usdPerHour,
        inputTokensPerSecond: rates.input,
        outputTokensPerSecond: rates.output,
        prefillShare: inputShare,
      })[side]
  return {
    chipHour: hour,
    perMtokOutput: figure((usdPerHour) => costPerMtok({ usdPerHour, tokensPerSecond: rates.output })),
    perMtokTotal: figure((usdPerHour) => costPerMtok({ usdPerHour, tokensPerSecond: rates.input + rates.output })),
    split: { input: figure(split('input')), output: figure(split('output')), inputShare },
  }
}

/** Power at the meter while serving, and what of it falls on one output token. */
export function energyOf(scenario: Scenario, timing: Timing, rates: TokenRates): Prediction['energy'] {
  const use = energyUse({ chip: scenario.chip, chips: timing.chips, busy: 1, tokensPerSecond: rates.output })
  if ('unknown' in use) return { power: use, perOutputToken: use }
  const source = powerSource(scenario.chip)
  const { meter, joulesPerToken } = use
  return {
    power: {
      value: meter.central,
      low: meter.low,
      high: meter.high,
      unit: 'W',
      source,
      basis: 'derived',
      note: use.fullLoad,
    },
    perOutputToken: 'unknown' in joulesPerToken ? joulesPerToken : joules(joulesPerToken, source),
  }
}

// The publication behind the power figure that the energy room starts from.
export function powerSource({ power, rack }: Chip): string {
  const figure = [power.tdp, power.allIn, rack.power].find(isKnown)
  return figure === undefined || !isKnown(figure) ? 'derived' : figure.source
}

// Watts over tokens per second are joules per token; the energy room keeps one range type for both.
function joules(range: PowerRange, source: string): Known<Joules> {
  const [value, low, high]: readonly number[] = [range.central, range.low, range.high]
  return { value: value!, low: low!, high: high!, unit: 'J', source, basis: 'derived' }
}
