import { type Chip, type Figure, type Known, isKnown } from '../catalog/index.ts'
import { type Placement, machineFor, placement, storeTiers } from '../dataflow/index.ts'
import { PincerError } from '../issue/index.ts'
import type { ModelArch, ServingFormats } from '../model/index.ts'
import type { BytesPerSecond } from '../units/index.ts'
import { dataflowTimer } from './dataflow-timer.ts'
import { type HostMemory, findHost, hostShare, usualHost } from './host.ts'
import { DEFAULTS, type TiersInput } from './input.ts'
import { kernelTimer } from './kernel-timer.ts'
import type { ExpertLoad } from './load.ts'
import type { FastTier, FastTimer, SlowTier } from './machine.ts'
import { rooflineTimer } from './roofline-timer.ts'

/** How the fast side is timed: by kernels (GPUs), by the constants of dataflow machines, or by given rates. */
export type Timing = 'kernel' | 'dataflow' | 'rates'

/** A machine of two tiers. */
export interface TieredMachine {
  readonly name: string
  readonly chips: number
  /** Of a pipeline: each holds its share of the layers and works on a batch of its own; else 1. */
  readonly stages: number
  readonly fast: FastTier
  readonly slow: SlowTier
  readonly timing: Timing
  /** Rate at which what is fetched lands in the fast memory. */
  readonly landing: BytesPerSecond
  readonly timer: (arch: ModelArch, load: ExpertLoad, formats: ServingFormats) => FastTimer
  /** Where the bandwidths come from. */
  readonly sources: readonly string[]
  readonly notes: readonly string[]
}

/**
 * The machine of a question: a chip with the memory beside it, or two given tiers.
 * @throws PincerError `missing_field` for half a machine, `invalid_value` for tiers that contradict each other,
 * `unsupported` for wafers
 */
export function tieredMachine(input: TiersInput): TieredMachine {
  const machine = input.chip === undefined ? givenMachine(input) : chipMachine(input, input.chip)
  const { fast, slow } = machine
  if (slow.bandwidth < fast.bandwidth) return machine
  throw new PincerError({
    code: 'invalid_value',
    path: ['slow'],
    message: `the slow tier reads ${gigabytes(slow.bandwidth)}/s, no less than the fast one with ${gigabytes(fast.bandwidth)}/s`,
    suggestion: 'exchange them',
  })
}

function givenMachine(input: TiersInput): TieredMachine {
  const { fast, flops = Number.POSITIVE_INFINITY, layerLatency = 0 } = input
  if (fast === undefined) throw missing('fast', 'give --fast 80GB@3.35TB/s, or --chip')
  const slow = givenSlow(input)
  if (slow === undefined) throw missing('slow', 'give --slow 512GB@64GB/s, or --host')
  return {
    name: 'given tiers',
    chips: 1,
    stages: 1,
    fast: { name: 'fast', capacity: fast.capacity, bandwidth: fast.bandwidth },
    ...slow,
    timing: 'rates',
    landing: fast.bandwidth,
    timer: (arch, load) =>
      rooflineTimer(arch, load, {
        bandwidth: fast.bandwidth,
        flops,
        layerLatency,
      }),
    notes: [
      'the fast side is timed at the given rates as if they were reached: an upper bound',
      ...(input.flops === undefined ? ['no --flops given: arithmetic never limits'] : []),
    ],
  }
}

type SlowSide = Pick<TieredMachine, 'slow' | 'sources'>

/** The slow tier that the input names, by its figures or its id. */
function givenSlow({ slow, host }: TiersInput): SlowSide | undefined {
  if (slow !== undefined) return { slow: { name: 'slow', latency: 0, share: 1, ...slow }, sources: [] }
  return host === undefined ? undefined : hostSide(findHost(host))
}

function hostSide({ name, capacity, bandwidth, latency }: HostMemory): SlowSide {
  const figures: Figure[] = [capacity, bandwidth, ...(latency === undefined ? [] : [latency]), hostShare()]
  return {
    slow: {
      name,
      capacity: capacity.value,
      bandwidth: bandwidth.value,
      share: hostShare().value,
      latency: latency?.value ?? 0,
    },
    sources: figures.map(({ source }) => source),
  }
}

function chipMachine(input: TiersInput, chip: Chip): TieredMachine {
  const { chips = DEFAULTS.chips } = input
  const [store] = storeTiers(chip)
  // Machines of a group share every layer; a pipeline of groups holds more and is no faster for one user.
  const place = chip.kind === 'sram' ? roomyPlace(input, chip, chips) : undefined
  const together = place?.tp ?? chips
  const fast = { name: store!.name, capacity: chips * store!.capacity, bandwidth: together * store!.bandwidth }
  const side = slowSide(input, chip, { chips, together })
  const figures: Known[] = chip.memory.flatMap(({ capacity, bandwidth }) => [capacity, bandwidth])
  const sources = figures.flatMap((figure) => (isKnown(figure) ? [figure.source] : []))
  return {
    name: chip.name,
    chips,
    fast,
    slow: side.slow,
    sources: [...new Set([...sources, ...side.sources])],
    landing: fast.bandwidth,
    ...(place === undefined ? kernelSide(chip, chips) : dataflowSide(place)),
  }
}

type FastSide = Pick<TieredMachine, 'stages' | 'timing' | 'timer' | 'notes'>

function kernelSide(chip: Chip, chips: number): FastSide {
  return {
    stages: 1,
    timing: 'kernel',
    timer: (arch, load, formats) => kernelTimer(arch, load, chip, chips, formats),
    notes: ['the fast side is timed as `predict` times a decode step: kernels, collectives, engine overhead of vLLM'],
  }
}

/** The chips as they would be laid out had the first memory room for all: what is left in the slow one never changes the layout. */
function roomyPlace({ model, precision }: TiersInput, chip: Chip, chips: number): Placement {
  requireGroups(chip)
  const first = chip.memory.findIndex(({ role, capacity }) => role === 'store' && isKnown(capacity))
  const memory = chip.memory.map((level, i) =>
    i === first && isKnown(level.capacity) ? { ...level, capacity: { ...level.capacity, value: ALL_ROOM } } : level,
  )
  return placement(model, { ...chip, memory }, { chips, context: 1, ...(precision === undefined ? {} : { precision }) })
}

/** More bytes than any model has. */
const ALL_ROOM = 1e18

function dataflowSide(place: Placement): FastSide {
  const { tp, pp, machine } = place
  return {
    stages: pp,
    timing: 'dataflow',
    timer: (_, load) => dataflowTimer(place, load),
    notes: [
      `the fast side is timed as \`predict\` times a token (constants ${machine.tier}) through ${pp} stage${pp === 1 ? '' : 's'} of ${tp}`,
      ...(pp > 1 ? ['users are spread over the stages, and each stage works on the batch of its own'] : []),
    ],
  }
}

function requireGroups(chip: Chip): void {
  if (machineFor(chip).scheme === 'group') return
  throw new PincerError({
    code: 'unsupported',
    path: ['chip'],
    message: `${chip.name} lays each layer over a region of the wafer that grows with its bytes, so that no one bandwidth reads a layer`,
    suggestion: 'ask "pincer predict", or give --fast and --slow',
  })
}

/** How many chips hold the model, and how many of them share each layer and so its transfers. */
interface Count {
  readonly chips: number
  readonly together: number
}

// Tiers in figures are those of the whole machine; memories by name and a chip's own are per chip.
function slowSide(input: TiersInput, chip: Chip, count: Count): SlowSide {
  const given = givenSlow(input)
  if (given !== undefined) return input.slow === undefined ? ofChips(given, count) : given
  const second = storeTiers(chip)[1]
  if (second !== undefined) {
    const share = chip.kind === 'sram' ? machineFor(chip).software.spillShare.value : hostShare().value
    return ofChips({ slow: { ...second, share, latency: 0 }, sources: [] }, count)
  }
  const usual = usualHost(chip.id)
  if (usual !== undefined) return ofChips(hostSide(usual), count)
  const unread = chip.memory.filter(({ role, bandwidth }) => role === 'store' && !isKnown(bandwidth))
  const why = unread.map(({ name }) => `; the bandwidth of its ${name} is not published`).join('')
  const message = `no slow tier of ${chip.name} is known${why}`
  throw missing('slow', 'give --slow 512GB@64GB/s, or --host', message)
}

function ofChips({ slow, sources }: SlowSide, { chips, together }: Count): SlowSide {
  return { slow: { ...slow, capacity: chips * slow.capacity, bandwidth: together * slow.bandwidth }, sources }
}

function missing(field: string, suggestion: string, message = 'is required'): PincerError {
  return new PincerError({ code: 'missing_field', path: [field], message, suggestion })
}

function gigabytes(bytes: number): string {
  return `${Number((bytes / 1e9).toPrecision(3))} GB`
}
