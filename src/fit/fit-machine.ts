import { type Chip, type Known, chipIds, isKnown, storeOf, valueOf } from '../catalog/index.ts'
import { PincerError } from '../issue/index.ts'
import { paramCounts } from '../model/index.ts'
import { type MemoryMap, type Prediction, type Scenario, parseScenario, predictScenario } from '../predict/index.ts'
import type { Bound, StepBreakdown } from '../step/index.ts'
import type { Tokens } from '../units/index.ts'
import { type Load, type System, allotment, holdingLoad, replicaOf, smallestSystem } from './hold.ts'
import { LEAST_CONTEXT, remedies } from './remedy.ts'
import { scalingLimit } from './scaling-limit.ts'
import type { BeyondFit, FitQuestion, Fits, HeldFit, HoldLimit, MachineFit, ScalingLimit } from './types.ts'

export const DEFAULT_CONTEXT: Tokens = 4096
const MOST_CONTEXT = 1e8
const MOST_USERS = 1e6

/**
 * What it takes to hold a model and its users on each machine, and how the smallest system that does serves them: requests whose
 * prompt takes three quarters of the context and whose answer the rest, at the speed `predict` gives them.
 * @throws PincerError for an unknown model, chip or format and for counts out of range; a machine that is too small or that
 * cannot be timed is a row
 */
export function fitModel(question: FitQuestion): Fits {
  const context = counted(question.context ?? DEFAULT_CONTEXT, 'context', LEAST_CONTEXT, MOST_CONTEXT)
  const users = counted(question.users ?? 1, 'users', 1, MOST_USERS)
  const chips = question.chips ?? chipIds()
  if (chips.length === 0) throw fault('chips', 'name at least one')
  const rows = chips.map((chip) => machineFit(question, chip, { context, users }))
  // Any machine reads the model alike; this one is timed by all means.
  const { model, cache } = scenarioOf(question, 'h100-sxm')
  const counts = paramCounts(model)
  return {
    schema: 'pincer.fit.v1',
    model: { id: model.id, name: model.name, totalParams: counts.total, activeParams: counts.active },
    context,
    users,
    cacheFormat: cache,
    rows,
  }
}

function counted(value: number, field: string, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value
  const range = `from ${least} to ${most.toLocaleString('en-US')}`
  throw fault(field, `must be a whole number ${range}, not ${value}`)
}

function fault(field: string, message: string): PincerError {
  return new PincerError({ code: 'invalid_value', path: [field], message })
}

function scenarioOf(question: FitQuestion, chip: string | Readonly<Record<string, unknown>>): Scenario {
  const { model, precision, cacheFormat, prices } = question
  const given = { model, chip, workload: { isl: 1, osl: 1 }, ...optional({ precision, cacheFormat }) }
  // Only the kind of machine says whether a mapping may be named; one that is named is not checked for room.
  const scenario = onAnyKind(given)
  const chipHour = prices?.get(scenario.chip.id)
  return chipHour === undefined ? scenario : { ...scenario, chipHour }
}

function onAnyKind(given: object): Scenario {
  try {
    return parseScenario({ ...given, mapping: {} })
  } catch (error) {
    if (isFault(error, ({ path }) => path[0] === 'mapping')) return parseScenario(given)
    throw error
  }
}

function optional(fields: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

type Fault = PincerError['issues'][number]

function isFault(error: unknown, test: (issue: Fault) => boolean): error is PincerError {
  return error instanceof PincerError && error.issues[0] !== undefined && test(error.issues[0])
}

function machineFit(question: FitQuestion, chip: string | Readonly<Record<string, unknown>>, load: Load): MachineFit {
  const scenario = scenarioOf(question, chip)
  try {
    return fitScenario(scenario, load)
  } catch (error) {
    const isUnpublished = isFault(error, ({ code }) => code === 'unsupported' || code === 'missing_field')
    if (!isUnpublished) throw error
    return { status: 'untimed', ...rowOf(scenario), reason: error.issues[0]!.message }
  }
}

function rowOf({ chip, precision }: Scenario): Pick<MachineFit, 'chip' | 'precision'> {
  return { chip: { id: chip.id, name: chip.name, kind: chip.kind }, precision }
}

/**
 * The smallest system of one machine that holds the model and its users. Its mapping, machines and workload are replaced.
 * @throws PincerError `unsupported`, `missing_field` for a machine without published memory, bandwidth or peak
 */
export function fitScenario(scenario: Scenario, load: Load): MachineFit {
  const limit = scalingLimit(scenario)
  const system = smallestSystem(scenario, load, limit.chips)
  return system === undefined ? beyond(scenario, load, limit) : held(scenario, load, system)
}

/** How far beyond the limit the chips that would do are looked for. */
const BEYOND = 16

function beyond(scenario: Scenario, load: Load, limit: ScalingLimit): BeyondFit {
  const system = smallestSystem(scenario, load, BEYOND * limit.chips)
  const needed: Known =
    system === undefined
      ? { unknown: `no layout over up to ${BEYOND} times as many chips holds it` }
      : { value: system.chips, unit: 'chips', source: 'derived', basis: 'derived' }
  return { status: 'beyond', ...rowOf(scenario), limit, needed, remedies: remedies(scenario, load, limit) }
}

function held(scenario: Scenario, load: Load, system: System): HeldFit {
  const { replica, replicas, chips } = system
  const groups = shares(load.users, replicas)
  const serving = groups.map(({ users, count }) => {
    return { count, prediction: predictScenario(onSystem(scenario, system, servingLoad(load.context, users))) }
  })
  const memory = sumMemory(
    groups.map(({ users, count }) => {
      const full = onSystem(scenario, system, holdingLoad(scenario, load.context, users))
      return { map: predictScenario(full).memory, chips: count * replica.chips }
    }),
  )
  const { prediction } = serving[0]!
  const fastCapacity = chips * (valueOf(storeOf(scenario.chip)?.capacity ?? { unknown: '' }) ?? Number.NaN)
  const hour = scaled(prediction.cost.chipHour, chips)
  const output = serving.reduce((sum, { count, prediction: one }) => sum + count * one.throughput.output.value, 0)
  return {
    status: 'fits',
    ...rowOf(scenario),
    chips,
    replicas,
    layout: prediction.layout,
    stages: replica.stages,
    ...units(scenario.chip, chips),
    usersHeld: Math.min(Number.MAX_SAFE_INTEGER, replicas * replica.users),
    memory,
    kvBytesPerUser: replica.kvBytesPerUser,
    limit: holdLimit(scenario, load, system),
    bound: boundOf(prediction.decodeStep),
    fastCapacity,
    overProvision: fastCapacity / (memory.weights + memory.cache),
    power: totalPower(serving),
    usdPerHour: hour,
    usdPerMtokOutput: isKnown(hour) ? perMtok(hour, output * scenario.utilisation) : hour,
    perUser: prediction.throughput.perUser.value,
    output,
    prediction,
  }
}

/** Users per replica as even as whole users go, the fullest first. */
function shares(users: number, replicas: number): { readonly users: number; readonly count: number }[] {
  const each = Math.floor(users / replicas)
  const more = users - each * replicas
  const groups = [
    { users: each + 1, count: more },
    { users: each, count: replicas - more },
  ]
  return groups.filter(({ count }) => count > 0)
}

function onSystem(scenario: Scenario, { replica }: System, workload: Scenario['workload']): Scenario {
  return replica.mapping === undefined
    ? { ...scenario, machines: replica.chips, workload }
    : { ...scenario, mapping: replica.mapping, workload }
}

function servingLoad(context: Tokens, users: number): Scenario['workload'] {
  const osl = Math.max(1, Math.round(context / 4))
  return { isl: context - osl, osl, concurrency: users, spread: 1 }
}

function sumMemory(parts: readonly { readonly map: MemoryMap; readonly chips: number }[]): MemoryMap {
  const sum = (of: keyof MemoryMap): number => parts.reduce((total, { map, chips }) => total + chips * map[of], 0)
  return {
    capacity: sum('capacity'),
    weights: sum('weights'),
    cache: sum('cache'),
    activations: sum('activations'),
    reserve: sum('reserve'),
    free: sum('free'),
  }
}

function holdLimit(scenario: Scenario, { context }: Load, system: System): HoldLimit {
  const { replica, replicas } = system
  const alone = smallestSystem(scenario, { context: LEAST_CONTEXT, users: 1 }, replica.chips)
  if (alone !== undefined && alone.chips === system.chips) return 'weights'
  const fewer = replicas > 1 ? replica : replicaOf(scenario, context, replica.chips - allotment(scenario))
  return fewer?.userLimit === 'stages' ? 'stages' : 'kv'
}

function boundOf({ parts }: StepBreakdown): Bound {
  const seconds = new Map<Bound, number>()
  for (const part of parts) seconds.set(part.bound, (seconds.get(part.bound) ?? 0) + part.seconds)
  return [...seconds].reduce((most, entry) => (entry[1] > most[1] ? entry : most))[0]
}

function units(chip: Chip, chips: number): Pick<HeldFit, 'nodes' | 'racks'> {
  const whole = (size: Known): Known =>
    isKnown(size) ? { ...size, value: Math.ceil(chips / size.value), unit: '1', basis: 'derived' } : size
  return { nodes: whole(chip.node.chips), racks: whole(chip.rack.chips) }
}

function totalPower(serving: readonly { readonly count: number; readonly prediction: Prediction }[]): Known {
  let total: Known | undefined
  for (const { count, prediction } of serving) {
    const { power } = prediction.energy
    if (!isKnown(power)) return power
    const more = scaled(power, count)
    total = total === undefined || !isKnown(total) || !isKnown(more) ? more : addFigures(total, more)
  }
  return total ?? { unknown: 'nothing is served' }
}

type Figure = Extract<Known, { value: number }>

function addFigures(a: Figure, b: Figure): Figure {
  return {
    ...a,
    value: a.value + b.value,
    ...(a.low === undefined || b.low === undefined ? {} : { low: a.low + b.low }),
    ...(a.high === undefined || b.high === undefined ? {} : { high: a.high + b.high }),
  }
}

function scaled(figure: Known, factor: number): Known {
  if (!isKnown(figure)) return figure
  return {
    ...figure,
    value: figure.value * factor,
    ...(figure.low === undefined ? {} : { low: figure.low * factor }),
    ...(figure.high === undefined ? {} : { high: figure.high * factor }),
    basis: 'derived',
  }
}

function perMtok(hour: Figure, tokensPerSecond: number): Known {
  const known = scaled(hour, 1e6 / (3600 * tokensPerSecond))
  return isKnown(known) ? { ...known, unit: 'USD/Mtok' } : known
}
