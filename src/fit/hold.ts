import { storeOf, valueOf } from '../catalog/index.ts'
import { type Placement, machineFor, placement } from '../dataflow/index.ts'
import { possible } from '../issue/index.ts'
import { machineOf } from '../kernel/index.ts'
import { hasExperts, weightBytes } from '../model/index.ts'
import { type Mapping, chipsOf, parseMapping, residentBytes } from '../parallel/index.ts'
import { type Scenario, mappingForChips, memoryRoom } from '../predict/index.ts'
import { engineProfile } from '../step/index.ts'
import type { Bytes, Chips, Tokens } from '../units/index.ts'

/** A replica of `chips` chips, and the users it holds. */
export interface Replica {
  readonly chips: Chips
  /** Whole users whose cache of the full context fits beside the weights. */
  readonly users: number
  /** KV bytes of one user over the whole replica, copies included. */
  readonly kvBytesPerUser: Bytes
  /** Pipeline stages that its chips are parted into. */
  readonly stages: number
  readonly mapping?: Mapping
  /** SRAM machines: what bounds the users. */
  readonly userLimit?: Placement['userLimit']
}

/** What must be held: each user with `context` tokens. */
export interface Load {
  readonly context: Tokens
  readonly users: number
}

/** A system of equal replicas. */
export interface System {
  readonly chips: Chips
  readonly replicas: number
  readonly replica: Replica
}

/**
 * The system of the fewest chips, at most `most` per replica, that holds the weights and `users` caches: replicas of
 * every size are tried, since a larger one has more room left beside its weights. Of systems of equal size the one
 * with the most users. Undefined when no replica holds one user.
 */
export function smallestSystem(scenario: Scenario, load: Load, most: Chips): System | undefined {
  const step = allotment(scenario)
  let best: System | undefined
  for (
    let chips = step * Math.max(1, Math.floor(leastChips(scenario) / step));
    chips <= Math.min(most, best?.chips ?? most);
    chips += step
  ) {
    const replica = replicaOf(scenario, load.context, chips)
    if (replica === undefined) continue
    const replicas = Math.ceil(load.users / replica.users)
    const system = { chips: replicas * chips, replicas, replica }
    if (best === undefined || isSmaller(system, best)) best = system
  }
  return best
}

/** Machines come in multiples of this: SRAM machines in published allotments, others one by one. */
export function allotment({ chip }: Pick<Scenario, 'chip'>): Chips {
  return chip.kind === 'sram' ? machineFor(chip).allotment : 1
}

/** No system of fewer chips holds the weights alone. */
function leastChips({ model, chip, weights }: Scenario): number {
  const capacity = valueOf(storeOf(chip)?.capacity ?? { unknown: '' })
  return capacity === undefined ? 1 : weightBytes(model, weights) / capacity
}

function isSmaller(a: System, b: System): boolean {
  if (a.chips !== b.chips) return a.chips < b.chips
  return a.replicas * a.replica.users > b.replicas * b.replica.users
}

/** The replica of exactly so many chips that holds the most users; undefined when none holds one. */
export function replicaOf(scenario: Scenario, context: Tokens, chips: Chips): Replica | undefined {
  return scenario.chip.kind === 'sram' ? sramReplica(scenario, context, chips) : gpuReplica(scenario, context, chips)
}

// All in the first tier: what spills into a slower one is another machine, whose speed nobody buys SRAM for.
function sramReplica(scenario: Scenario, context: Tokens, chips: Chips): Replica | undefined {
  const { model, chip, precision, cache } = scenario
  const [place] = possible(() => placement(model, chip, { chips, users: 1, context, precision, kvFormat: cache }))
  if (place === undefined || place.places.some(({ tier }) => tier > 0)) return undefined
  const { maxUsers: users, kvBytesPerUser, userLimit, pp: stages } = place
  return { chips, users, kvBytesPerUser, userLimit, stages }
}

function gpuReplica(scenario: Scenario, context: Tokens, chips: Chips): Replica | undefined {
  let best: Replica | undefined
  for (const mapping of mappings(scenario, chips)) {
    const replica = mappedReplica(scenario, context, mapping)
    if (replica.users >= 1 && (best === undefined || replica.users > best.users)) best = replica
  }
  return best
}

/** Tensor and pipeline parallel; with experts, also attention data parallel, which keeps latent caches from being copied. */
function mappings(scenario: Scenario, chips: Chips): Mapping[] {
  const { model, chip } = scenario
  const plain = possible(() => mappingForChips(chips, scenario))
  if (!hasExperts(model) || chips === 1 || chips > machineOf(chip).scaleUpDomain) return plain
  return [...plain, ...possible(() => parseMapping({ dp: chips, moeEp: chips }, model))]
}

function mappedReplica(scenario: Scenario, context: Tokens, mapping: Mapping): Replica {
  const { model, chip, weights, cache, engine } = scenario
  const formats = { weights, cache }
  const room = memoryRoom(
    model,
    machineOf(chip),
    mapping,
    formats,
    engineProfile(engine),
    holdingLoad(scenario, context, 1),
  )
  const perChip = residentBytes(model, mapping, formats, context).cacheBytesPerSequence
  return {
    chips: chipsOf(mapping),
    // Each attention rank holds whole users.
    users: mapping.dp * Math.floor(room.capacity / mapping.dp),
    kvBytesPerUser: perChip * mapping.tp * mapping.pp,
    stages: mapping.pp,
    mapping,
  }
}

/**
 * A load under which every user's cache is reserved in full: the whole context is prompt. SRAM machines reserve the answer
 * beside the prompt, engines on others the mean.
 */
export function holdingLoad({ chip }: Pick<Scenario, 'chip'>, context: Tokens, users: number): Scenario['workload'] {
  return { isl: chip.kind === 'sram' ? context - 1 : context, osl: 1, concurrency: users, spread: 1 }
}
