import type { Chip } from '../catalog/index.ts'
import type { ModelArch } from '../model/index.ts'
import type { Chips, Format, Seconds, Tokens } from '../units/index.ts'
import { type DataflowStep, decodeTime } from './decode.ts'
import { type Drafting, typicalSpeculation, usualDrafting } from './drafting.ts'
import { type Band, type MachineConstants, type Tier, machineAt } from './machine.ts'
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
  /** Whether tokens are drafted; `unknown`, the default, is answered by the practice of the machine's operators. */
  readonly speculation?: Drafting
  /** Machines that share each layer, where the deployment says; absent: as published deployments do. */
  readonly tp?: number
  /** ISO date of the measurement, which decides kernels and practice; a bare year says too little and counts as its end. */
  readonly date?: string
  /** Constants to use in place of the catalog's, for fitting. */
  readonly machine?: MachineConstants
}

export interface DeploymentSpeed {
  readonly tokensPerSecondPerUser: number
  /** 90 % band of the former; it holds both alternatives where the publication does not say whether tokens are drafted. */
  readonly band: Band
  /** Tokens per second of one user without and with drafting, where `speculation` is unknown and either is possible. */
  readonly alternatives?: { readonly plain: number; readonly drafted: number }
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
  const machine = machineAt(deployment.machine ?? machineFor(chip), deployment.date)
  const place = placement(arch, chip, placementOptions(deployment, machine))
  const drafting = draftingOf(deployment, machine, users ?? 1)
  const single = mixedStep(place, users ?? 1, drafting)
  const crowd = users ?? Math.min(place.maxUsers, MOST_USERS)
  const crowded = draftingOf(deployment, machine, crowd)
  const full = users === undefined ? mixedStep(place, crowd, crowded) : single
  const either = alternativesOf(deployment, drafting, single)
  return {
    tokensPerSecondPerUser: 1 / single.tpot,
    band: speedBand(machine, arch, 1 / single.tpot, either),
    ...(either === undefined ? {} : { alternatives: either }),
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

function speedBand(machine: MachineConstants, arch: ModelArch, speed: number, either?: Alternatives): Band {
  const { low, high } = arch.declared === undefined ? { low: 1, high: 1 } : DECLARED_BAND
  const { plain = speed, drafted = speed } = either ?? {}
  return {
    low: Math.min(low * machine.band.low * speed, plain, drafted),
    high: Math.max(high * machine.band.high * speed, plain, drafted),
  }
}

type Alternatives = NonNullable<DeploymentSpeed['alternatives']>

/** Both speeds, where the publication does not say which it is and the practice may be wrong about it. */
function alternativesOf(deployment: Deployment, drafting: Drafting, step: MixedStep): Alternatives | undefined {
  const isStated = deployment.speculation === 'yes' || deployment.speculation === 'no'
  if (isStated || drafting === 'no' || step.drafted === undefined) return undefined
  return { plain: step.plain.tokensPerSecondPerUser, drafted: step.drafted.tokensPerSecondPerUser }
}

/** More users than this are never asked for; models without a KV cache would take any number. */
const MOST_USERS = 4096

function draftingOf(deployment: Deployment, machine: MachineConstants, users: number): Drafting {
  const { speculation = 'unknown', arch, date } = deployment
  return speculation === 'unknown' ? usualDrafting(machine, arch, users, date) : speculation
}

function placementOptions(deployment: Deployment, machine: MachineConstants): PlacementOptions {
  const { chips, precision, kvFormat, users, context, tp } = deployment
  return {
    machine,
    ...(chips === undefined ? {} : { chips }),
    ...(precision === undefined ? {} : { precision }),
    ...(kvFormat === undefined ? {} : { kvFormat }),
    ...(users === undefined ? {} : { users }),
    ...(context === undefined ? {} : { context }),
    ...(tp === undefined ? {} : { tp }),
  }
}

interface MixedStep {
  readonly tpot: Seconds
  readonly step: DataflowStep
  readonly plain: DataflowStep
  readonly drafted?: DataflowStep
}

/** Where nothing is known of drafting: the geometric middle of both speeds, as neither is likelier. */
function mixedStep(place: Placement, users: number, drafting: Drafting): MixedStep {
  const plain = decodeTime(place, { users })
  if (drafting === 'no') return { tpot: plain.tpot, step: plain, plain }
  const drafted = decodeTime(place, { users, speculation: typicalSpeculation(place, users) })
  const tpot = drafting === 'yes' ? drafted.tpot : Math.sqrt(plain.tpot * drafted.tpot)
  return { tpot, step: drafting === 'yes' ? drafted : plain, plain, drafted }
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
  if (deployment.speculation === undefined || deployment.speculation === 'unknown') {
    assumed.push(`speculative decoding not stated: ${DRAFTING_WORDS[drafting]} (${place.machine.drafting.source})`)
  }
  if (place.arch.declared !== undefined) {
    assumed.push('no public architecture: depth, width and KV cache are typical of its parameter counts')
  }
  return assumed
}

const DRAFTING_WORDS: Readonly<Record<Drafting, string>> = {
  yes: 'taken to be used',
  no: 'taken not to be used',
  unknown: 'between the speeds with and without it',
}

const LIMITS: Readonly<Record<Placement['limit'], string>> = {
  weights: 'the weights',
  kv: 'the KV cache',
  stages: 'the stages that the users need',
  'weight-fill': 'the share of the store that published deployments fill with weights',
  given: 'the caller',
}
