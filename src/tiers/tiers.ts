import { PincerError } from '../issue/index.ts'
import { type ServingFormats, formatsFor } from '../model/index.ts'
import { cacheFormat, machineFor, servedPrecision } from '../dataflow/index.ts'
import { type Bytes, type Format, type Seconds, formatBytes } from '../units/index.ts'
import { type TieredMachine, tieredMachine } from './build.ts'
import { DEFAULTS, type TiersInput, checkInput } from './input.ts'
import { type ExpertLoad, expertLoad } from './load.ts'
import { type HostProcessor, slowRate } from './machine.ts'
import { type Residency, evenResidence } from './placement.ts'
import { Ladder, type Point } from './point.ts'
import type { Routing } from './routing.ts'
import { type Prefetch, type Supply, stepTime } from './step.ts'

/** How fast a hit rate makes the machine. */
export interface HitSpeed {
  /** Share of the expert bytes read, in every layer, that the fast tier serves. */
  readonly hit: number
  readonly seconds: Seconds
  readonly tokensPerSecondPerUser: number
  readonly speed: number
}

/** How much fast memory a mixture of experts needs. */
export interface Tiers {
  readonly model: string
  readonly machine: TieredMachine
  readonly users: number
  readonly context: number
  readonly precision: Format
  readonly routing: Routing
  readonly residency: Residency
  readonly prefetch: Prefetch
  readonly accuracy: number
  readonly compute: 'fast' | 'host'
  readonly within: number
  readonly load: ExpertLoad
  /** Rate of the slow tier, as it is reached. */
  readonly slowRate: number
  readonly bytes: {
    readonly dense: Bytes
    readonly cache: Bytes
    readonly landing: Bytes
    readonly experts: Bytes
    readonly oneExpert: Bytes
    /** Expected bytes of experts that a step reads. */
    readonly readPerStep: Bytes
    /** Fast memory below which nothing runs, and above which all is fast. */
    readonly least: Bytes
    readonly all: Bytes
  }
  /** Expected number of distinct experts a step reads, mean over the layers. */
  readonly distinct: number
  /** No expert fast, and all. */
  readonly bounds: { readonly none: Point; readonly all: Point }
  /** The least fast memory with which the speed is within `within` of all-fast. */
  readonly answer: Point
  /** The hit rate from which it is, in closed form: every layer hitting alike. */
  readonly hitNeeded: number
  /** The machine with the memory it has. */
  readonly here: Point
  readonly curve: readonly Point[]
  readonly hits: readonly HitSpeed[]
  readonly notes: readonly string[]
}

/** Points of the curve. */
const POINTS = 32
const LAST_POINTS = 4
/** Counts of experts among which the best for two processors is looked for. */
const TRIALS = 128
const HITS = [0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1]

/**
 * How fast `input.model` decodes with its hottest experts in the fast tier and the rest in the slow one, over the capacity
 * of the fast tier, and from which capacity it behaves as if all were fast.
 * @throws PincerError `unsupported` for models without experts; `does_not_fit` with the least that is needed;
 * `invalid_value`, `missing_field` for the rest
 */
export function tiers(input: TiersInput): Tiers {
  checkInput(input)
  const { model, users = DEFAULTS.users, context = DEFAULTS.context, routing = { kind: 'balanced' } } = input
  const formats = formatsOf(input)
  const machine = tieredMachine(input)
  const { weights, cache } = formats
  // Stages work on one batch each: users spread over them.
  const together = Math.ceil(users / machine.stages)
  const load = expertLoad({ arch: model, weights, cache, users: together, served: users, context, routing })
  const supply = supplyOf(input, machine, load)
  const { residency = DEFAULTS.residency, within = DEFAULTS.within } = input
  const setting = { load, supply, slow: machine.slow, residency, timer: machine.timer(model, load, formats) }
  const ladder = new Ladder(setting)
  const isHosted = supply.host !== undefined
  const best = bestCount(ladder)
  const at = (experts: number): Point => ladder.point(Math.min(experts, best), ladder.capacityOf(experts))
  const held = ladder.expertsAt(machine.fast.capacity, [input.chip === undefined ? 'fast' : 'chips'])
  checkSlow(ladder, held)
  const hits = HITS.map((hit) => hitSpeed(ladder, hit))
  const answer = answerOf(ladder, at, within)
  return {
    model: model.id,
    machine,
    users,
    context,
    precision: formats.weights.ffn,
    routing,
    residency,
    prefetch: supply.prefetch,
    accuracy: supply.accuracy,
    compute: isHosted ? 'host' : 'fast',
    within,
    load,
    slowRate: supply.rate,
    bytes: bytesOf(ladder),
    distinct: load.layers.reduce((sum, { distinct }) => sum + distinct, 0) / load.layers.length,
    bounds: { none: ladder.point(0), all: ladder.point(ladder.order.count) },
    answer,
    hitNeeded: hitNeeded(ladder, within),
    here: { ...at(held), capacity: machine.fast.capacity },
    curve: curveOf(ladder, at),
    hits,
    notes: notesOf(input, machine, supply),
  }
}

function formatsOf({ model, precision: given, chip }: TiersInput): ServingFormats {
  const precision = given ?? (chip?.kind === 'sram' ? servedPrecision(model, machineFor(chip)) : undefined)
  const weights = precision === undefined ? model.checkpoint : formatsFor(model, precision)
  // Dataflow machines serve 16-bit checkpoints and keep caches as narrow as their operators do; `predict` does likewise.
  return { weights, cache: chip?.kind === 'sram' ? cacheFormat(weights.ffn) : 'bf16' }
}

function supplyOf(input: TiersInput, machine: TieredMachine, load: ExpertLoad): Supply {
  const { prefetch = DEFAULTS.prefetch, accuracy = DEFAULTS.accuracy, io = load.oneExpert, queue } = input
  const { landing, slow } = machine
  const flight = queue === undefined ? undefined : { ioBytes: io, depth: queue }
  const base = { rate: slowRate(slow, flight), latency: slow.latency, prefetch, accuracy, landing }
  return input.compute === 'host' ? { ...base, host: hostOf(input) } : base
}

function hostOf({ hostFlops, link }: TiersInput): HostProcessor {
  return { ...(hostFlops === undefined ? {} : { flops: hostFlops }), ...(link === undefined ? {} : { link }) }
}

function bytesOf(ladder: Ladder): Tiers['bytes'] {
  const { load } = ladder.setting
  return {
    dense: load.denseBytes,
    cache: load.cacheBytes,
    landing: ladder.landing,
    experts: load.expertBytes,
    oneExpert: load.oneExpert,
    readPerStep: load.readBytes,
    least: ladder.capacityOf(0),
    all: ladder.capacityOf(ladder.order.count),
  }
}

/**
 * Two processors at once can be faster than one with all experts: beyond some number of experts fast memory is better left
 * empty. That number, to a part in `TRIALS` of all experts; all of them where the fast processor computes alone.
 */
function bestCount(ladder: Ladder): number {
  const { count } = ladder.order
  if (ladder.setting.supply.host === undefined) return count
  let best = count
  for (let i = TRIALS - 1; i >= 0; i--) {
    const fewer = Math.round((count * i) / TRIALS)
    if (!ladder.fits(fewer)) break
    if (ladder.step(fewer).time.seconds < ladder.step(best).time.seconds) best = fewer
  }
  return best
}

function answerOf(ladder: Ladder, at: (experts: number) => Point, within: number): Point {
  const isEnough = (experts: number): boolean => {
    return ladder.fits(experts) && ladder.step(experts).time.seconds <= ladder.allFast / (1 - within)
  }
  if (isEnough(0)) return at(0)
  let [low, high] = [0, ladder.order.count]
  while (low + 1 < high) {
    const middle = (low + high) >> 1
    if (isEnough(middle)) high = middle
    else low = middle
  }
  return at(high)
}

/** Least hit rate, equal in all layers, with which a step takes no more than the time of all-fast / (1 − within). */
function hitNeeded(ladder: Ladder, within: number): number {
  let [low, high] = [0, 1]
  if (hitSpeed(ladder, 0).speed >= 1 - within) return 0
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2
    if (hitSpeed(ladder, middle).speed >= 1 - within) high = middle
    else low = middle
  }
  return high
}

function hitSpeed(ladder: Ladder, hit: number): HitSpeed {
  const { load, timer, supply } = ladder.setting
  const { seconds } = stepTime(load, evenResidence(load, hit), timer, supply)
  return { hit, seconds, tokensPerSecondPerUser: 1 / seconds, speed: ladder.allFast / seconds }
}

// Speed goes as one over what is missed: the last steps are halved, and halved again.
function curveOf(ladder: Ladder, at: (experts: number) => Point): Point[] {
  const even = Array.from({ length: POINTS }, (_, i) => i / POINTS)
  const last = Array.from({ length: LAST_POINTS }, (_, i) => 1 - 0.5 ** (i + 1) / POINTS)
  const counts = [...even, ...last, 1].map((share) => Math.round(ladder.order.count * share))
  const all = ladder.capacityOf(ladder.order.count)
  const reached = [...new Set(counts)].filter((n) => n === ladder.order.count || ladder.capacityOf(n) < all)
  return reached.map(at)
}

function checkSlow(ladder: Ladder, held: number): void {
  if (ladder.fits(held)) return
  const { slow, residency } = ladder.setting
  throw new PincerError({
    code: 'does_not_fit',
    path: ['slow'],
    message: `the slow tier of ${formatBytes(slow.capacity)} does not hold the ${formatBytes(ladder.slowBytes(held))} of experts that ${residency === 'lru' ? 'an LRU copies from it' : 'the fast one has no room for'}`,
    suggestion: 'give more of either, or a narrower --precision',
  })
}

function notesOf(input: TiersInput, machine: TieredMachine, supply: Supply): string[] {
  const { routing = { kind: 'balanced' } } = input
  const prefix =
    machine.chips > 1 && machine.timing === 'kernel'
      ? ['each chip reads its share of an expert from the memory beside it']
      : []
  return [
    ...machine.notes,
    ...prefix,
    ...(machine.slow.share < 1
      ? [`transfers from the slow tier reach ${100 * machine.slow.share} % of its bandwidth (estimate)`]
      : []),
    ...(routing.kind === 'balanced'
      ? [
          'balanced routing is the hardest for a fast tier: hits are just the share it holds; a measured histogram (--routing FILE.csv) can only help',
        ]
      : []),
    ...(supply.prefetch === 'next' && input.accuracy === undefined
      ? [`${100 * DEFAULTS.accuracy} % of guessed experts are taken to be right (assumption; --accuracy)`]
      : []),
    ...(supply.host !== undefined ? ['shared experts and attention are not overlapped with the host'] : []),
  ]
}
