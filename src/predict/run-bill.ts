import { type Figure, type Known, type Unknown, isKnown } from '../catalog/index.ts'
import { mapFigure } from '../economics/index.ts'
import { type EnergyUse, IDLE_SHARE, type PowerRange, energyUse } from '../energy/index.ts'
import type { SimulationSummary } from '../serving/index.ts'
import { type Joules, SECONDS_PER_HOUR, type Usd, type UsdPerHour, type Watts } from '../units/index.ts'
import { chipHour, ownPowerShare, powerSource } from './money.ts'
import type { Scenario } from './types.ts'

/** What a run of a deployment cost and drew, from its first arrival to its last end. */
export interface RunBill {
  /** Chips × hours, whether busy or not. */
  readonly chipHours: number
  readonly cost: {
    readonly chipHour: Known<UsdPerHour>
    /** Chip-hours × price, over the share of its life in which the system is used at all. */
    readonly total: Known<Usd>
    /** All of it over output tokens; over input and output tokens. */
    readonly perMtokOutput: Known<Usd>
    readonly perMtokTotal: Known<Usd>
  }
  /** At the meter: full load during steps, idle between them. */
  readonly energy: {
    readonly power: Known<Watts>
    readonly total: Known<Joules>
    readonly perOutputToken: Known<Joules>
  }
}

/** Bill and energy of a run with this summary on so many chips. */
export function runBill(scenario: Scenario, summary: SimulationSummary, chips: number): RunBill {
  const chipHours = (chips * summary.span) / SECONDS_PER_HOUR
  return { chipHours, cost: costOf(scenario, summary, chipHours), energy: energyOf(scenario, summary, chips) }
}

const NOTHING_SERVED: Unknown = { unknown: 'no request was served' }

function costOf(scenario: Scenario, summary: SimulationSummary, chipHours: number): RunBill['cost'] {
  const hour = chipHour(scenario)
  const per = (unit: string, amount: number): Known => {
    if (!isKnown(hour)) return hour
    if (!(amount > 0)) return NOTHING_SERVED
    const at = (price: number): number => (price * chipHours) / scenario.utilisation / amount
    const { value, low, high } = hour
    return {
      ...hour,
      unit,
      basis: 'derived',
      value: at(value),
      ...(low === undefined ? {} : { low: at(low) }),
      ...(high === undefined ? {} : { high: at(high) }),
    }
  }
  return {
    chipHour: hour,
    total: per('USD', 1),
    perMtokOutput: per('USD/Mtok', (summary.outputRate * summary.span) / 1e6),
    perMtokTotal: per('USD/Mtok', (summary.tokenRate * summary.span) / 1e6),
  }
}

function energyOf(scenario: Scenario, summary: SimulationSummary, chips: number): RunBill['energy'] {
  const { span, outputRate, utilisation } = summary
  if (!(span > 0 && outputRate > 0)) {
    return { power: NOTHING_SERVED, total: NOTHING_SERVED, perOutputToken: NOTHING_SERVED }
  }
  const { chip } = scenario
  // Steps that outlast the last end of a request could leave a share above 1.
  const busy = Math.min(1, utilisation)
  const input = { chip, chips, busy, tokensPerSecond: outputRate, seconds: span }
  const use = energyUse(input)
  if ('unknown' in use) return { power: use, total: use, perOutputToken: use }
  const own = ownPowerShare(scenario)
  const figure = (range: PowerRange | Unknown, unit: string): Known =>
    'unknown' in range ? range : mapFigure(meterFigure(range, unit, use, powerSource(chip)), (value) => value * own)
  return {
    power: figure(use.meter, 'W'),
    total: figure(use.joules, 'J'),
    perOutputToken: figure(use.joulesPerToken, 'J'),
  }
}

function meterFigure(range: PowerRange, unit: string, use: EnergyUse, source: string): Figure {
  const { low, central, high } = range
  const note = `full load from ${use.fullLoad}; ${IDLE_NOTE}`
  return { value: central, low, high, unit, source, basis: 'estimate', note }
}

const percent = (share: number): string => `${Math.round(share * 100)}`
const IDLE_NOTE =
  `idle at ${percent(IDLE_SHARE.central)} % of it (${percent(IDLE_SHARE.low)} … ${percent(IDLE_SHARE.high)} %, an estimate: ` +
  'Patel et al., ASPLOS 2024; Jouppi et al., ISCA 2023)'
