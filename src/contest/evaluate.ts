import { type ChipHourInput, costPerMtok, givenFigure, paidChipHour, tokenRevenue } from '../economics/index.ts'
import { PincerError } from '../issue/index.ts'
import { type Prediction, type Scenario, meanLength, predictScenario } from '../predict/index.ts'
import type { Usd } from '../units/index.ts'
import { INPUTS, PREDICTION_INPUTS } from './input.ts'
import type { ApiSide, DeploymentSide } from './side.ts'

/** Inputs by name that differ from what a side says itself. */
export type Values = { [name: string]: number | undefined }

/** Tokens that a bill is divided by. */
export type Per = 'output' | 'total'

/**
 * Yearly fall of quoted prices when none is given: hardware of equal price did twice the work every 2.46 years from 2006 to 2021, 1 − 2^(−1/2.46)
 * (M. Hobbhahn and T. Besiroglu, "Trends in GPU price-performance", Epoch AI 2022). An assumption: prices of one given chip also rise,
 * as rents of the H100 did from 2025 to 2026.
 */
export const DEFAULT_DECLINE: number = 1 - 2 ** (-1 / 2.46)

/** A scenario with other lengths, clients or acceptance; its mapping stays. */
export function scenarioAt(scenario: Scenario, values: Values): Scenario {
  const { workload, speculation } = scenario
  const { context, output, concurrency, acceptance } = values
  return {
    ...scenario,
    workload: {
      ...workload,
      isl: context ?? workload.isl,
      osl: output ?? workload.osl,
      concurrency: concurrency ?? workload.concurrency,
    },
    ...(speculation === undefined || acceptance === undefined ? {} : { speculation: { ...speculation, acceptance } }),
  }
}

/** `predict` for a side, each setting asked once. */
export class Predictor {
  private readonly known = new Map<string, Prediction | PincerError>()
  private readonly side: DeploymentSide

  constructor(side: DeploymentSide) {
    this.side = side
  }

  /** Settings asked so far. */
  get count(): number {
    return this.known.size
  }

  /** @throws PincerError as `predict` does, `does_not_fit` among them */
  at(values: Values): Prediction {
    const key = PREDICTION_INPUTS.map((name) => values[name] ?? '').join(' ')
    let found = this.known.get(key)
    if (found === undefined) this.known.set(key, (found = this.ask(values)))
    if (found instanceof PincerError) throw found
    return found
  }

  private ask(values: Values): Prediction | PincerError {
    try {
      return predictScenario(scenarioAt(this.side.scenario, values))
    } catch (error) {
      if (error instanceof PincerError) return error
      throw error
    }
  }
}

/** USD per million tokens of a deployment that makes `tokensPerSecond` on `chips` chips, with some inputs replaced. */
export function deploymentCost(side: DeploymentSide, values: Values, chips: number, tokensPerSecond: number): Usd {
  return costAt(side, values, chipHourOf(side, values), chips, tokensPerSecond)
}

/** The same at a chip-hour (USD) that is known already. */
export function costAt(
  side: DeploymentSide,
  values: Values,
  hour: number,
  chips: number,
  tokensPerSecond: number,
): Usd {
  const utilisation = side.isOnDemand ? 1 : (values['utilisation'] ?? side.scenario.utilisation)
  return costPerMtok({ usdPerHour: (hour * chips) / utilisation, tokensPerSecond })
}

/** USD per chip-hour of a side with some inputs replaced. */
export function chipHourOf(side: DeploymentSide, values: Values): number {
  return chipHourMeter(side, Object.keys(values))(values)
}

/**
 * USD per chip-hour of a side, asked again and again with other values of the inputs in `names`. What only moves other inputs than those of the
 * chip-hour is not computed anew.
 */
export function chipHourMeter(side: DeploymentSide, names: readonly string[]): (values: Values) => number {
  const isOwned = side.hour.kind === 'owned'
  const changed: Record<string, unknown> = { ...side.hour }
  const slots: { readonly name: string; readonly figure: { value: number } }[] = []
  for (const name of names) {
    const field = isOwned ? ownedField(name) : name === 'chip-hour' ? 'perHour' : undefined
    if (field === undefined) continue
    const figure = { ...givenFigure(Number.NaN, INPUTS.get(name)!.unit) }
    const own = changed[field]
    changed[field] = figure
    // An input that is not set stays the side's own.
    slots.push({ name, figure: Object.assign(figure, own) })
  }
  let [last, isFresh] = [Number.NaN, true]
  return (values) => {
    for (let i = 0; i < slots.length; i++) {
      const { name, figure } = slots[i]!
      const value = values[name]
      if (value === undefined || value === figure.value) continue
      Object.assign(figure, { value, low: value, high: value })
      isFresh = true
    }
    if (isFresh) last = centralHour(changed as unknown as ChipHourInput)
    isFresh = false
    return isOwned ? last : last * priceFall(values)
  }
}

// A build-up pays for electricity as the chip is used.
function ownedField(name: string): string | undefined {
  return name === 'utilisation' ? name : INPUTS.get(name)?.owned
}

function centralHour(input: ChipHourInput): number {
  const cost = paidChipHour(input)
  // `parseSide` has seen to it that nothing is unknown.
  if (typeof cost !== 'number') throw new Error(cost.unknown)
  return cost
}

function priceFall({ year = 0, decline = DEFAULT_DECLINE }: Values): number {
  return year === 0 ? 1 : (1 - decline) ** year
}

/** USD per million tokens of an API: prompts and outputs at their prices, over the tokens of `per`. */
export function apiCost(side: ApiSide, values: Values, per: Per): Usd {
  const { workload } = side
  const inputTokens = meanLength(values['context'] ?? workload.isl, workload.spread)
  const outputTokens = meanLength(values['output'] ?? workload.osl, workload.spread)
  const factor = ((values['api-price'] ?? side.output) / side.output) * priceFall(values)
  const price = { input: side.input * factor, cachedInput: side.input * factor, output: side.output * factor }
  const bill = tokenRevenue({ inputTokens, cachedShare: 0, outputTokens, price })
  return (bill / (per === 'output' ? outputTokens : inputTokens + outputTokens)) * 1e6
}

/** Tokens per second that a bill of a deployment is divided by. */
export function rateOf({ throughput }: Prediction, per: Per): Prediction['throughput']['output'] {
  return per === 'output' ? throughput.output : throughput.total
}
