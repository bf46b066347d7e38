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

export function tokenRates({ workload }: Scenario, timing: Timing): TokenRates {
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

/** What a deployment is paid for: $ per chip-hour, and the share of its life it is in use. */
export interface Bill {
  readonly hour: Known<UsdPerHour>
  readonly utilisation: number
}

/** The bill of a scenario's chips. */
export function billOf(scenario: Scenario): Bill {
  return { hour: chipHour(scenario), utilisation: scenario.utilisation }
}

/** All cost over output tokens. */
export function outputCost(bill: Bill, timing: Pick<Timing, 'chips'>, rates: TokenRates): Known {
  return costFigure(bill, timing, (usdPerHour) => costPerMtok({ usdPerHour, tokensPerSecond: rates.output }))
}

/** Cost per token; the system is paid for all hours and used in `utilisation` of them. */
export function costOf(bill: Bill, timing: Timing, rates: TokenRates): Prediction['cost'] {
  const inputShare = timing.serving.prefillShare
  const split = (side: 'input' | 'output'): Known =>
    costFigure(
      bill,
      timing,
      (usdPerHour) =>
        tokenCost({
          usdPerHour,
          inputTokensPerSecond: rates.input,
          outputTokensPerSecond: rates.output,
          prefillShare: inputShare,
        })[side],
    )
  const tokensPerSecond = rates.input + rates.output
  return {
    chipHour: bill.hour,
    perMtokOutput: outputCost(bill, timing, rates),
    perMtokTotal: costFigure(bill, timing, (usdPerHour) => costPerMtok({ usdPerHour, tokensPerSecond })),
    split: { input: split('input'), output: split('output'), inputShare },
  }
}

// An unknown price leaves every cost unknown, for the same reason.
function costFigure(
  { hour, utilisation }: Bill,
  { chips }: Pick<Timing, 'chips'>,
  cost: (usdPerHour: number) => number,
): Known {
  if (!isKnown(hour)) return hour
  const at = (perHour: number): number => cost((perHour * chips) / utilisation)
  return {
    ...hour,
    value: at(hour.value),
    ...(hour.low === undefined ? {} : { low: at(hour.low) }),
    ...(hour.high === undefined ? {} : { high: at(hour.high) }),
    unit: 'USD/Mtok',
    basis: 'derived',
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
