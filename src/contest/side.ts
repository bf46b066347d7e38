import { type Figure, type Known, isKnown, prices } from '../catalog/index.ts'
import {
  type ChipHourInput,
  chipHourCost,
  defaultChipHour,
  givenFigure,
  isBuildUp,
  ownedChipHour,
} from '../economics/index.ts'
import { PincerError } from '../issue/index.ts'
import { type Scenario, type Workload, parseScenario, usedAt } from '../predict/index.ts'
import type { Usd } from '../units/index.ts'

/** A deployment with what its chip-hour is made of. */
export interface DeploymentSide {
  readonly kind: 'deployment'
  readonly label: string
  readonly scenario: Scenario
  readonly hour: ChipHourInput
  /** `hour`s that are paid only while they are used; utilisation has no effect. */
  readonly isOnDemand: boolean
}

/** Tokens bought at list prices, USD per million. */
export interface ApiSide {
  readonly kind: 'api'
  readonly label: string
  readonly input: Usd
  readonly output: Usd
  /** How long prompts and outputs are; both are paid for. */
  readonly workload: Workload
}

export type Side = DeploymentSide | ApiSide

/** What one pays for a chip-hour: as `predict` has it, built up from a purchase price, or rented by the hour. */
export type HourBasis = 'predict' | 'own' | 'rent'

/** One side of a contest as JSON: a deployment, or an API's prices. */
export type SideInput =
  | {
      /** A scenario as `predict` reads it. */
      readonly scenario: unknown
      readonly hour?: HourBasis
      readonly label?: string
    }
  | {
      /** USD per million tokens, for all alike or for input and output apart. */
      readonly api: number | { readonly input: number; readonly output: number }
      readonly workload: Workload
      readonly label?: string
    }

type Path = readonly (string | number)[]

/**
 * Everything looked up and checked.
 * @throws PincerError below `path`: of the scenario, `unknown_price` where no chip-hour is known, `invalid_value` for prices
 */
export function parseSide(input: SideInput, path: Path): Side {
  if ('api' in input) return apiSide(input, path)
  const scenario = below(path, () => parseScenario(input.scenario))
  const basis = input.hour ?? 'predict'
  const hour = hourOf(scenario, basis, path)
  const label = input.label ?? `${scenario.model.name} on ${scenario.chip.name}`
  return { kind: 'deployment', label, scenario, hour, isOnDemand: basis === 'rent' }
}

function apiSide(input: Extract<SideInput, { api: unknown }>, path: Path): ApiSide {
  const given = typeof input.api === 'number' ? { input: input.api, output: input.api } : input.api
  for (const side of ['input', 'output'] as const) {
    const isEnough = side === 'output' ? given[side] > 0 : given[side] >= 0
    if (isEnough && given[side] <= 1e9) continue
    const message = `must be ${side === 'output' ? 'above' : 'at least'} 0 $ per million tokens, got ${given[side]}`
    throw new PincerError({ code: 'invalid_value', path: [...path, 'api', side], message })
  }
  return {
    kind: 'api',
    label: input.label ?? 'API',
    input: given.input,
    output: given.output,
    workload: input.workload,
  }
}

// Both sides have fields of the same names.
function below<T>(path: Path, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof PincerError)) throw error
    throw new PincerError(error.issues.map((issue) => ({ ...issue, path: [...path, ...issue.path] })))
  }
}

function hourOf(scenario: Scenario, basis: HourBasis, path: Path): ChipHourInput {
  const { chipHour } = scenario
  if (basis === 'own' && chipHour !== undefined) {
    const message = 'an owned chip-hour is built up from a purchase price: a price per hour has no meaning beside it'
    throw new PincerError({ code: 'invalid_value', path: [...path, 'chipHour'], message })
  }
  const input = chosenHour(scenario, basis)
  const cost = 'unknown' in input ? input : chipHourCost(input)
  if (!('unknown' in input) && !('unknown' in cost)) return input
  const why = 'unknown' in input ? input.unknown : 'unknown' in cost ? cost.unknown : ''
  const suggestion = basis === 'own' ? 'give a price per chip-hour instead' : 'give a price'
  throw new PincerError({ code: 'unknown_price', path: [...path, 'chipHour'], message: why, suggestion })
}

function chosenHour(scenario: Scenario, basis: HourBasis): ReturnType<typeof defaultChipHour> {
  const { chip, chipHour, tco } = scenario
  if (chipHour !== undefined) return { kind: 'rental', perHour: givenFigure(chipHour, 'USD/h') }
  const built = (): ReturnType<typeof defaultChipHour> =>
    ownedChipHour(chip, usedAt(tco ?? { inputs: {} }, scenario.utilisation))
  if (basis === 'own' || (basis === 'predict' && tco !== undefined && isBuildUp(tco))) return catalogued(chip.id, built)
  if (basis === 'predict') {
    const quoted = catalogued(chip.id, () => defaultChipHour(chip.id))
    return 'unknown' in quoted || quoted.kind !== 'owned' ? quoted : built()
  }
  const perHour = rent(chip.id)
  return isKnown(perHour) ? { kind: 'rental', perHour } : perHour
}

// A chip that the user described is in no price list.
function catalogued<T>(chip: string, look: () => T): T | { unknown: string } {
  try {
    return look()
  } catch (error) {
    if (error instanceof PincerError) return { unknown: `no price is known for ${chip}` }
    throw error
  }
}

/** Published rents by the hour where there are any, else of reservations: the lowest, with all as its range. */
function rent(chip: string): Known {
  const all = prices().filter(
    ({ category, subject, unit }) => category === 'rental_per_chip_hour' && subject === chip && unit === 'USD/h',
  )
  const byHour = all.filter(({ item }) => /on.demand/i.test(item))
  const rows = (byHour.length > 0 ? byHour : all).toSorted((a, b) => a.value - b.value)
  const first = rows[0]
  if (first === undefined) return { unknown: `no rent of ${chip} is published` }
  const { value, unit, source, basis, date, item } = first
  const high = Math.max(...rows.map((row) => row.high ?? row.value))
  const note = byHour.length > 0 ? item : `${item}; taken as if it were paid by the hour used`
  const figure: Figure = { value, low: first.low ?? value, high, unit, source, basis, date, note }
  return figure
}

/** Whose money it is, as a remark: "A: chip-hour quoted, paid for used or not (published rental price)". */
export function moneyNotes(sides: readonly [Side, Side]): string[] {
  return sides.map(
    (side, i) => `${i === 0 ? 'A' : 'B'}: ${side.kind === 'api' ? 'tokens bought at list prices' : hourText(side)}`,
  )
}

function hourText(side: DeploymentSide): string {
  if (side.hour.kind === 'owned') return 'chip-hour built up from a purchase price, paid for used or not'
  const { perHour } = side.hour
  const paid = `chip-hour quoted, ${side.isOnDemand ? 'paid for the hours used' : 'paid for used or not'}`
  return isKnown(perHour) && perHour.note !== undefined ? `${paid} (${perHour.note})` : paid
}
