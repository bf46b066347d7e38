import { type Chip, isKnown, type Known, type Unknown } from '../catalog/index.ts'
import { PincerError } from '../issue/index.ts'
import type { Watts } from '../units/index.ts'

/** Chips at work. Give a rate for energy per token, a duration for energy in all. */
export interface EnergyInput {
  readonly chip: Chip
  readonly chips: number
  /** Share of the time that the chips compute or move data, [0, 1]; not MFU: a memory-bound chip is busy. */
  readonly busy: number
  readonly tokensPerSecond?: number
  readonly seconds?: number
  /** Watts at the meter per watt at the server. Default 1.15 (1.09 … 1.56). */
  readonly pue?: number
}

/** A power with the range the method leaves it. */
export interface PowerRange {
  readonly low: Watts
  readonly central: Watts
  readonly high: Watts
}

export interface EnergyUse {
  /** All chips with their share of the hosts, at the wall of the server. */
  readonly server: PowerRange
  /** The same with cooling and distribution, at the utility meter. */
  readonly meter: PowerRange
  /** Which figure set the full-load power. */
  readonly fullLoad: 'system power' | 'tdp and host share' | 'provisioned power'
  readonly joulesPerToken: PowerRange | Unknown
  readonly joules: PowerRange | Unknown
}

/**
 * Wall power of a server over the sum of its chips' TDP at full load: 8 × B200 drew 9.0–10.4 kW for 8 × 1,000 W
 * (MLPerf Inference v5.1, closed division, power). V100 servers 330 W per 300 W chip (arXiv 2104.10350, Table 4) lie just below.
 */
const HOST_SHARE: PowerRange = { low: 1.125, central: 1.21, high: 1.3 }
/**
 * Share of the full-load power drawn when idle. TPU v3 123 of 262 W and v4 90 of 192 W are upper cases (Jouppi et al.,
 * ISCA 2023); GPUs idle at about a fifth of TDP (Patel et al., POLCA, ASPLOS 2024).
 */
export const IDLE_SHARE: PowerRange = { low: 0.15, central: 0.25, high: 0.47 }
const PUE: PowerRange = { low: 1.09, central: 1.15, high: 1.56 }

/**
 * Power and energy of `chips` chips: P = P_full · (i + (1 − i) · busy). P_full is the published system power where there is one
 * (SRAM machines, racks), else TDP with the host share, and never above the provisioned power. Affine in `busy` is
 * good to about 10 % for GPUs between idle and full load. Unknown, with the reason, when no power is published.
 * @throws PincerError for a value out of range
 */
export function energyUse(input: EnergyInput): EnergyUse | Unknown {
  checkInput(input)
  const full = fullLoadPower(input.chip)
  if ('unknown' in full) return full
  const server = mapRange((level) => input.chips * full.power[level] * activity(IDLE_SHARE[level], input.busy))
  const meter = meterPower(input, server)
  return {
    server,
    meter,
    fullLoad: full.from,
    joulesPerToken:
      input.tokensPerSecond === undefined
        ? { unknown: 'no token rate given' }
        : times(meter, 1 / input.tokensPerSecond),
    joules: input.seconds === undefined ? { unknown: 'no duration given' } : times(meter, input.seconds),
  }
}

function activity(idle: number, busy: number): number {
  return idle + (1 - idle) * busy
}

interface FullLoad {
  readonly power: PowerRange
  readonly from: EnergyUse['fullLoad']
}

/** Power of one chip with its share of the host when all engines work, at the server. */
function fullLoadPower(chip: Chip): FullLoad | Unknown {
  const system = systemPower(chip)
  if (system !== undefined) return { power: { low: system * 0.8, central: system, high: system }, from: 'system power' }
  const { tdp, allIn } = chip.power
  if (isKnown(tdp)) {
    const power = times(HOST_SHARE, tdp.value)
    // The provisioned power is at the meter, so at the server it is less by the PUE.
    const bound = ceiling(allIn)
    const isBounded = power.central > bound
    return {
      power: mapRange((level) => Math.min(power[level], bound)),
      from: isBounded ? 'provisioned power' : 'tdp and host share',
    }
  }
  if (!isKnown(allIn)) return { unknown: `the power of ${chip.name} is not published: ${tdp.unknown}` }
  const bound = ceiling(allIn)
  return { power: { low: bound * 0.5, central: bound * 0.75, high: bound }, from: 'provisioned power' }
}

function ceiling(allIn: Known<Watts>): Watts {
  return isKnown(allIn) ? allIn.value / PUE.central : Number.POSITIVE_INFINITY
}

/** Published power of a rack or system per chip; SRAM machines publish no other. */
function systemPower(chip: Chip): Watts | undefined {
  const { power, chips } = chip.rack
  if (isKnown(power) && isKnown(chips)) return power.value / chips.value
  return chip.kind === 'sram' && isKnown(chip.power.allIn) ? chip.power.allIn.value : undefined
}

/** Server power times PUE; a provisioned figure at the meter (HBM chips) bounds it, unless the caller states a PUE. */
function meterPower(input: EnergyInput, server: PowerRange): PowerRange {
  const { pue, chip, chips } = input
  if (pue !== undefined) return times(server, pue)
  const { allIn } = chip.power
  const bound = chip.kind === 'hbm' && isKnown(allIn) ? chips * allIn.value : Number.POSITIVE_INFINITY
  return mapRange((level) => Math.min(server[level] * PUE[level], bound))
}

function times(range: PowerRange, factor: number): PowerRange {
  return mapRange((level) => range[level] * factor)
}

function mapRange(at: (level: keyof PowerRange) => number): PowerRange {
  return { low: at('low'), central: at('central'), high: at('high') }
}

function checkInput(input: EnergyInput): void {
  const { chips, busy, tokensPerSecond, seconds, pue } = input
  require('chips', chips, chips > 0 && Number.isFinite(chips), 'a positive number')
  require('busy', busy, busy >= 0 && busy <= 1, 'between 0 and 1')
  if (tokensPerSecond !== undefined) {
    require('tokensPerSecond', tokensPerSecond, tokensPerSecond > 0 &&
      Number.isFinite(tokensPerSecond), 'a positive number')
  }
  if (seconds !== undefined) require('seconds', seconds, seconds >= 0 && Number.isFinite(seconds), 'at least 0')
  if (pue !== undefined) require('pue', pue, pue >= 1 && pue <= 10, 'between 1 and 10')
}

function require(field: string, value: number, isGood: boolean, wanted: string): void {
  if (isGood) return
  throw new PincerError({ code: 'invalid_value', path: [field], message: `must be ${wanted}, got ${value}` })
}
