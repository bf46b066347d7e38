import { type Chip, type Figure, type Known, type Unknown, chipIds, isKnown } from '../catalog/index.ts'
import {
  type ChipHourInput,
  type TcoQuestion,
  chipHourCost,
  costPerMtok,
  defaultChipHour,
  givenFigure,
  isBuildUp,
  mapFigure,
  ownedChipHour,
  ownedInputs,
  product,
  tokenCost,
} from '../economics/index.ts'
import { energyUse } from '../energy/index.ts'
import type { Joules, UsdPerHour, Watts } from '../units/index.ts'
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

/** Of a scenario, what its chip-hour depends on. */
export type PricedScenario = Pick<Scenario, 'chip' | 'chipHour' | 'tco'> & Partial<Pick<Scenario, 'utilisation'>>

/**
 * $ per chip-hour that is paid for: the caller's, a build-up from the caller's inputs, or the catalog's central value with its
 * range. A build-up knows how much of the hour the chip is used, and charges electricity accordingly.
 */
export function chipHour(scenario: PricedScenario): Known<UsdPerHour> {
  const { chip, chipHour: given, tco, utilisation = 1 } = scenario
  if (given !== undefined) return givenFigure(given, 'USD/h')
  if (tco !== undefined && isBuildUp(tco)) return figureOf(ownedChipHour(chip, usedAt(tco, utilisation)))
  if (!chipIds().includes(chip.id)) return { unknown: `no price is known for ${chip.id}; give one` }
  if (utilisation !== 1) return catalogHour(chip, utilisation)
  let hour = CATALOG_HOURS.get(chip.id)
  if (hour === undefined) CATALOG_HOURS.set(chip.id, (hour = catalogHour(chip, 1)))
  return hour
}

/** The inputs of a build-up with the share of the hours that the chip is used in, unless they say it themselves. */
export function usedAt(question: TcoQuestion, utilisation: number): TcoQuestion {
  const used = question.inputs.utilisation ?? givenFigure(utilisation, 'ratio')
  return { ...question, inputs: { ...question.inputs, utilisation: used } }
}

/** Of chips in full use, which depends on the chip alone, and which a search asks for at every operating point. */
const CATALOG_HOURS = new Map<string, Known<UsdPerHour>>()

function catalogHour(chip: Chip, utilisation: number): Known<UsdPerHour> {
  const input = defaultChipHour(chip.id)
  if ('unknown' in input || input.kind !== 'owned') return figureOf(input)
  return figureOf(ownedChipHour(chip, usedAt({ inputs: {} }, utilisation)))
}

function figureOf(input: ChipHourInput | Unknown): Known<UsdPerHour> {
  if ('unknown' in input) return input
  const cost = chipHourCost(input)
  if ('unknown' in cost) return cost
  const { central, low, high } = cost.paid
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
  const power = meterPower(scenario, timing.chips)
  return { power, perOutputToken: isKnown(power) ? perToken(power, rates.output) : power }
}

/** Watts of `chips` chips at full load, at the meter; the caller's draw and PUE where the caller says them. */
function meterPower({ chip, tco }: Scenario, chips: number): Known<Watts> {
  const { power, pue } = tco?.inputs ?? {}
  if (power === undefined && pue === undefined) return catalogPower(chip, chips)
  const input = ownedInputs(chip, tco)
  const perChip = product(input.power, input.pue, {
    unit: 'W',
    basis: 'derived',
    note: 'draw at the server, times PUE',
  })
  return isKnown(perChip) ? mapFigure(perChip, (watts) => watts * chips) : perChip
}

/** Full-load power by the caller's draw and PUE over that of the catalog; 1 where the caller says neither. */
export function ownPowerShare(scenario: Scenario): number {
  const [own, usual] = [meterPower(scenario, 1), catalogPower(scenario.chip, 1)]
  return isKnown(own) && isKnown(usual) ? own.value / usual.value : 1
}

function catalogPower(chip: Chip, chips: number): Known<Watts> {
  const use = energyUse({ chip, chips, busy: 1 })
  if ('unknown' in use) return use
  const { central, low, high } = use.meter
  return { value: central, low, high, unit: 'W', source: powerSource(chip), basis: 'derived', note: use.fullLoad }
}

function perToken(power: Figure<Watts>, tokensPerSecond: number): Figure<Joules> {
  const { value, low, high, source } = mapFigure(power, (watts) => watts * (1 / tokensPerSecond))
  return { value, low: low ?? value, high: high ?? value, unit: 'J', source, basis: 'derived' }
}

// The publication behind the power figure that the energy room starts from.
export function powerSource({ power, rack }: Chip): string {
  const figure = [power.tdp, power.allIn, rack.power].find(isKnown)
  return figure === undefined || !isKnown(figure) ? 'derived' : figure.source
}
