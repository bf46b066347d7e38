import type { Chip } from '../catalog/index.ts'
import { PincerError } from '../issue/index.ts'
import { type ModelArch, formatsFor } from '../model/index.ts'
import type { Bytes, Chips, Flop, Format, Tokens } from '../units/index.ts'
import { cacheBytesPerUser, cacheFormat } from './cache.ts'
import type { MachineConstants } from './machine.ts'
import { machineFor } from './relative.ts'
import { requireLinks, requireScale } from './scale.ts'
import { type Item, type Place, type Tier, fillTiers, hitShares, storeTiers, tierShares } from './tier.ts'
import { type ModelWork, modelWork } from './work.ts'

export interface PlacementOptions {
  /** Format of the weights; absent: as the checkpoint stores them, or narrower where the machine serves it so. */
  readonly precision?: Format
  /** Format of the KV cache; absent: 8 bits where the weights have at most 8, else 16. */
  readonly kvFormat?: Format
  /** Tokens of KV cache reserved per user; absent: 2,048. */
  readonly context?: Tokens
  /** Users whose cache must fit; absent: 1. */
  readonly users?: number
  /** Machines of the deployment; absent: the smallest that serves. */
  readonly chips?: Chips
  /** Popularity of experts falls as rank^−skew; 0 = balanced. Matters only where experts spill out of the first tier. */
  readonly skew?: number
  /** Users that may share a stage; absent: as published deployments do. */
  readonly usersPerStage?: number
  /** Machines that share each layer; absent: as published deployments do. */
  readonly tp?: number
  /** Constants to use in place of the catalog's, for fitting. */
  readonly machine?: MachineConstants
}

/** A model laid out over machines. */
export interface Placement {
  readonly arch: ModelArch
  readonly chip: Chip
  readonly machine: MachineConstants
  readonly work: ModelWork
  readonly tiers: readonly Tier[]
  /** Machines of the deployment; `tp` × `pp` of them hold the model, the rest is spare. */
  readonly chips: Chips
  /** Machines that share each layer. */
  readonly tp: number
  /** Pipeline stages (`group`) or wafers in a row (`region`). */
  readonly pp: number
  /** Most layers of one stage or wafer. */
  readonly layersPerStage: number
  readonly weightBytes: Bytes
  readonly kvBytesPerUser: Bytes
  readonly context: Tokens
  readonly kvFormat: Format
  /** Users whose cache fits beside the weights, and whom the stages take. */
  readonly maxUsers: number
  /** What limits `maxUsers`. */
  readonly userLimit: 'kv' | 'stages'
  /** First-tier bytes left when the weights and `users` caches are in place. */
  readonly freeBytes: Bytes
  /** What set the number of machines: weights, KV cache, stages for the users, room that published deployments leave, the caller. */
  readonly limit: 'weights' | 'kv' | 'stages' | 'weight-fill' | 'given'
  /** Every byte of weights and of the caches of `users`, by tier. */
  readonly places: readonly Place[]
  /**
   * Share of each item's traffic by tier, summing to 1: of the bytes of dense weights and caches, and of the routed tokens
   * whose expert lies there.
   */
  readonly shares: Readonly<Record<Item, readonly number[]>>
}

const DEFAULT_CONTEXT = 2048

/**
 * Lays `arch` out over machines of `chip`. All weights are resident; stages hold equal bytes (a layer may straddle two
 * stages) and activations and program code take no room, which together hide a few percent of the store.
 * @throws PincerError `does_not_fit` when the given machines are too few, with the number that would do, or when more would be
 * needed than one system scales to; `invalid_value` for counts that are not positive and tiers that contradict one another;
 * `missing_field` where several machines of a chip without published links would have to talk
 */
export function placement(arch: ModelArch, chip: Chip, options: PlacementOptions = {}): Placement {
  const { users = 1, context = DEFAULT_CONTEXT, skew = 0 } = options
  checkCounts({ users, context, chips: options.chips, usersPerStage: options.usersPerStage, tp: options.tp })
  const machine = groupedBy(options.machine ?? machineFor(chip), options.tp)
  checkSkew(skew)
  const precision = options.precision ?? servedPrecision(arch, machine)
  const formats = precision === undefined ? arch.checkpoint : formatsFor(arch, precision)
  const work = modelWork(arch, formats)
  const tiers = storeTiers(chip)
  const kvFormat = options.kvFormat ?? cacheFormat(work.format)
  const kvBytesPerUser = cacheBytesPerUser(arch, context, kvFormat)
  const each = usersEach(machine, options.usersPerStage)
  const stages = Math.min(Math.ceil(users / each), work.depth + 1)
  const demand = { weights: work.totalBytes, kv: users * kvBytesPerUser, depth: work.depth, stages }
  const size =
    options.chips === undefined ? smallest(machine, tiers, demand) : { chips: options.chips, limit: 'given' as const }
  requireScale(machine, chip, size.chips, `${arch.name} with ${users} × ${context} tokens of KV cache`)
  const shape = shapeOf(machine, size.chips, work.depth)
  const held = shape.tp * shape.pp
  if (held > 1) requireLinks(machine, chip)
  const { places, homeless } = fillTiers(
    placeOrder(work, demand.kv),
    tiers.map((tier) => tier.capacity * held),
  )
  if (homeless > 0) throw doesNotFit(arch, chip, size.chips, smallest(machine, tiers, demand).chips)
  const experts = Math.max(...work.layers.map((layer) => layer.experts))
  const main = tiers[0]!.capacity * held
  const fits = work.totalBytes <= main
  const byCache = cacheUsers(main - work.totalBytes, kvBytesPerUser, users)
  const byStages = Math.floor(shape.pp * each)
  if (byStages < users) throw tooManyUsers(users, byStages)
  return {
    arch,
    chip,
    machine,
    work,
    tiers,
    chips: size.chips,
    ...shape,
    layersPerStage: Math.ceil(work.depth / shape.pp),
    weightBytes: work.totalBytes,
    kvBytesPerUser,
    context,
    kvFormat,
    maxUsers: Math.min(byCache, byStages),
    userLimit: byStages < byCache ? 'stages' : 'kv',
    freeBytes: fits ? Math.max(0, main - work.totalBytes - demand.kv) : 0,
    limit: size.limit,
    places,
    shares: {
      dense: tierShares(places, 'dense', tiers.length),
      kv: tierShares(places, 'kv', tiers.length),
      experts: hitShares(tierShares(places, 'experts', tiers.length), experts, skew),
    },
  }
}

// A layer of a wafer shares nothing with other wafers.
function groupedBy(machine: MachineConstants, tp: number | undefined): MachineConstants {
  if (tp === undefined) return machine
  if (machine.scheme === 'group' && Number.isInteger(tp)) return { ...machine, groupSize: tp }
  throw new PincerError({
    code: 'invalid_value',
    path: ['tp'],
    message: `tp must be a whole number of machines that share a layer, got ${tp} × ${machine.chip}`,
    suggestion: machine.scheme === 'region' ? 'leave it out: wafers share no layer' : `${machine.groupSize} is usual`,
  })
}

/** Fewest machines whose first tier holds `weights` and `kv` bytes, with nothing else in it. */
export function fewestMachines(chip: Chip, weights: Bytes, kv: Bytes = 0): Chips {
  return Math.ceil((weights + kv) / storeTiers(chip)[0]!.capacity)
}

/**
 * Format in which `machine` serves `arch` when nobody says: machines without a 16-bit path worth its room serve 16-bit
 * checkpoints in 8 bits. Undefined: as the checkpoint stores it.
 */
export function servedPrecision(arch: ModelArch, machine: MachineConstants): Format | undefined {
  return arch.checkpoint.ffn === 'bf16' ? machine.servedFormat : undefined
}

// What every token reads claims the fast tier first: dense weights (head and embedding included), caches, experts.
function placeOrder(work: ModelWork, kv: Bytes): readonly (readonly [Item, Bytes])[] {
  const experts = work.layers.reduce((sum, layer) => sum + layer.count * layer.experts * layer.expertBytes, 0)
  return [
    ['dense', work.totalBytes - experts],
    ['kv', kv],
    ['experts', experts],
  ]
}

// When weights spill, the caches keep the room that was reserved for them and no more users are let in.
function cacheUsers(room: Bytes, kvBytesPerUser: Bytes, users: number): number {
  if (kvBytesPerUser === 0) return Number.MAX_SAFE_INTEGER
  return Math.max(users, Math.floor(room / kvBytesPerUser))
}

// No published limit: the caches alone decide.
function usersEach(machine: MachineConstants, given: number | undefined): number {
  return given ?? machine.usersPerStage?.value ?? Number.POSITIVE_INFINITY
}

interface Demand {
  readonly weights: Bytes
  readonly kv: Bytes
  readonly depth: number
  /** Stages that the users need. */
  readonly stages: number
}

function smallest(
  machine: MachineConstants,
  tiers: readonly Tier[],
  { weights, kv, depth, stages }: Demand,
): { readonly chips: Chips; readonly limit: Placement['limit'] } {
  const capacity = tiers[0]!.capacity
  const byWeights = Math.ceil(weights / capacity)
  const byCache = Math.ceil((weights + kv) / capacity)
  const byFill = Math.ceil(weights / (capacity * machine.weightFill.value))
  const byStages = stages * machine.groupSize
  const machines = Math.max(byCache, byFill, byStages)
  const limit =
    machines === byFill ? 'weight-fill' : machines === byStages ? 'stages' : byCache > byWeights ? 'kv' : 'weights'
  return { chips: wholeGroups(machine, machines, depth), limit }
}

/** Rounds up to whole groups and allotments; a group grows beyond its usual size when there are no layers left to part. */
function wholeGroups(machine: MachineConstants, machines: number, depth: number): Chips {
  const most = depth + 1
  const tp = Math.ceil(machines / most)
  const group = machine.groupSize
  const held = machine.scheme === 'region' ? machines : tp > group ? tp * most : group * Math.ceil(machines / group)
  return Math.ceil(held / machine.allotment) * machine.allotment
}

function shapeOf(machine: MachineConstants, chips: Chips, depth: number): { readonly tp: number; readonly pp: number } {
  const most = depth + 1 // one stage per layer and one for the head
  if (machine.scheme === 'region') return { tp: 1, pp: chips }
  // Groups widen only when every layer has its own stage; up to one machine per stage stays spare.
  const tp = Math.max(Math.min(machine.groupSize, chips), Math.floor(chips / most))
  return { tp, pp: Math.min(most, Math.floor(chips / tp)) }
}

/**
 * Machines whose bandwidth and arithmetic a layer (or the head) commands. A group gives each of its layers everything.
 * On wafers a layer has the area that its bytes fill, and of the area that no weights fill the share of its work.
 */
export function layerMachines(place: Placement, bytes: Bytes, flops: Flop): number {
  if (place.machine.scheme === 'group') return place.tp
  const filled = bytes / place.tiers[0]!.capacity
  const rest = Math.max(0, place.pp - place.weightBytes / place.tiers[0]!.capacity)
  return filled + (rest * flops) / place.work.tokenFlops
}

function checkCounts(counts: Readonly<Record<string, number | undefined>>): void {
  for (const [name, value] of Object.entries(counts)) {
    if (value === undefined || (Number.isFinite(value) && value > 0)) continue
    throw new PincerError({
      code: 'invalid_value',
      path: [name],
      message: `${name} must be a positive number, got ${value}`,
    })
  }
}

function tooManyUsers(users: number, most: number): PincerError {
  return new PincerError({
    code: 'does_not_fit',
    path: ['users'],
    message: `${users} users are more than the pipeline takes: ${most} in published deployments of its depth`,
    suggestion: 'use several deployments side by side, or set usersPerStage',
  })
}

function checkSkew(skew: number): void {
  if (Number.isFinite(skew) && skew >= 0) return
  throw new PincerError({ code: 'invalid_value', path: ['skew'], message: `skew must be at least 0, got ${skew}` })
}

function doesNotFit(arch: ModelArch, chip: Chip, given: Chips, needed: Chips): PincerError {
  return new PincerError({
    code: 'does_not_fit',
    path: ['chips'],
    message: `${arch.name} and the KV cache asked for do not fit ${given} × ${chip.name}`,
    suggestion: `${needed} would hold them`,
  })
}
