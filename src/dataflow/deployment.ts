import type { Chip } from '../catalog/index.ts'
import { type ModelArch, paramCounts } from '../model/index.ts'
import type { Chips, Format, Seconds, Tokens } from '../units/index.ts'
import { type DataflowStep, type DecodeOptions, type Speculation, decodeTime } from './decode.ts'
import type { Band, MachineConstants, Tier } from './machine.ts'
import { machineFor } from './relative.ts'
import { type Placement, type PlacementOptions, placement } from './placement.ts'

/** What is known of a published deployment; everything that is not said is assumed, and the assumption returned. */
export interface Deployment {
  readonly arch: ModelArch
  readonly chip: Chip
  readonly chips?: Chips
  readonly precision?: Format
  readonly kvFormat?: Format
  /** Users served at once. */
  readonly users?: number
  readonly context?: Tokens
  /** Whether tokens are drafted; `unknown` is answered between the two. */
  readonly speculation?: 'yes' | 'no' | 'unknown'
  /** ISO date of the measurement: before late 2024 nothing unstated is taken to be drafted; absent: today. */
  readonly date?: string
  /** Constants to use in place of the catalog's, for fitting. */
  readonly machine?: MachineConstants
}

export interface DeploymentSpeed {
  readonly tokensPerSecondPerUser: number
  /** 90 % band of the former. */
  readonly band: Band
  /** At the given users; else with as many users as the KV cache holds. */
  readonly tokensPerSecondSystem: number
  /** Users that `tokensPerSecondSystem` holds for. */
  readonly users: number
  readonly chips: Chips
  readonly place: Placement
  readonly step: DataflowStep
  readonly tier: Tier
  readonly reason: string
  readonly assumptions: readonly string[]
}

/**
 * Speed of a deployment described the way publications describe them.
 * @throws PincerError `does_not_fit`, `unknown_chip`, `invalid_value`
 */
export function deploymentSpeed(deployment: Deployment): DeploymentSpeed {
  const { arch, chip, users } = deployment
  const machine = deployment.machine ?? machineFor(chip)
  const place = placement(arch, chip, placementOptions(deployment, machine))
  const drafting = draftingOf(deployment, machine, users ?? 1)
  const single = mixedStep(place, users ?? 1, drafting)
  const crowd = users ?? Math.min(place.maxUsers, MOST_USERS)
  const crowded = draftingOf(deployment, machine, crowd)
  const full = users === undefined ? mixedStep(place, crowd, crowded) : single
  return {
    tokensPerSecondPerUser: 1 / single.tpot,
    band: speedBand(machine, arch, 1 / single.tpot),
    tokensPerSecondSystem: crowd / full.tpot,
    users: crowd,
    chips: place.chips,
    place,
    step: single.step,
    tier: machine.tier,
    reason: machine.reason,
    assumptions: assumptionsOf(deployment, place, drafting),
  }
}

/** Depth estimated from parameter counts is up to 50 % too small for sparse models, and the speed as much too high. */
const DECLARED_BAND = { low: 0.5, high: 1.25 }

function speedBand(machine: MachineConstants, arch: ModelArch, speed: number): Band {
  const { low, high } = arch.declared === undefined ? { low: 1, high: 1 } : DECLARED_BAND
  return { low: low * machine.band.low * speed, high: high * machine.band.high * speed }
}

/** More users than this are never asked for; models without a KV cache would take any number. */
const MOST_USERS = 4096

type Drafting = 'yes' | 'no' | 'between'

// Before late 2024 endpoints of these machines are taken not to draft; a draft for a small
// model costs too large a share of it to pay, and engines stop drafting for large batches.
function draftingOf(deployment: Deployment, machine: MachineConstants, users: number): Drafting {
  const { speculation = 'unknown', arch, date } = deployment
  if (speculation !== 'unknown') return speculation
  const { draftFloorParams, draftMostUsers, draftingSince } = machine.software
  const isEarly = date !== undefined && date.slice(0, 7) < draftingSince
  const isSmall = paramCounts(arch).total < draftFloorParams.value
  return isEarly || isSmall || users > draftMostUsers.value ? 'no' : 'between'
}

function placementOptions(deployment: Deployment, machine: MachineConstants): PlacementOptions {
  const { chips, precision, kvFormat, users, context } = deployment
  return {
    machine,
    ...(chips === undefined ? {} : { chips }),
    ...(precision === undefined ? {} : { precision }),
    ...(kvFormat === undefined ? {} : { kvFormat }),
    ...(users === undefined ? {} : { users }),
    ...(context === undefined ? {} : { context }),
  }
}

interface MixedStep {
  readonly tpot: Seconds
  readonly step: DataflowStep
}

/** With drafting unknown: between both speeds, where published speeds of the machine lie. */
function mixedStep(place: Placement, users: number, drafting: Drafting): MixedStep {
  const options: DecodeOptions = { users }
  const plain = decodeTime(place, options)
  if (drafting === 'no') return { tpot: plain.tpot, step: plain }
  const drafted = decodeTime(place, { ...options, speculation: typicalSpeculation(place.machine) })
  if (drafting === 'yes') return { tpot: drafted.tpot, step: drafted }
  const habit = place.machine.draftingHabit.value
  return { tpot: plain.tpot ** (1 - habit) * drafted.tpot ** habit, step: plain }
}

/** Drafting as published endpoints do it. */
export function typicalSpeculation(machine: MachineConstants): Speculation {
  const { draftTokens, draftAcceptance } = machine.software
  return { drafts: draftTokens.value, acceptance: draftAcceptance.value }
}

function assumptionsOf(deployment: Deployment, place: Placement, drafting: Drafting): readonly string[] {
  const assumed: string[] = []
  if (deployment.chips === undefined) {
    assumed.push(`${place.chips} × ${place.chip.name}, set by ${LIMITS[place.limit]}`)
  }
  if (deployment.precision === undefined) assumed.push(`FFN weights in ${place.work.format}`)
  if (deployment.context === undefined) assumed.push(`${place.context} tokens of KV cache per user`)
  if (deployment.users === undefined)
    assumed.push('speed of one user; throughput with as many users as the cache holds')
  if (drafting === 'between') {
    assumed.push('speculative decoding unknown: between the speeds with and without it, where published speeds lie')
  }
  if (place.arch.declared !== undefined) {
    assumed.push('no public architecture: depth, width and KV cache are typical of its parameter counts')
  }
  return assumed
}

const LIMITS: Readonly<Record<Placement['limit'], string>> = {
  weights: 'the weights',
  kv: 'the KV cache',
  stages: 'the stages that the users need',
  'weight-fill': 'the share of the store that published deployments fill with weights',
  given: 'the caller',
}
