import { type Chip, type Figure, type Known, isKnown } from '../catalog/index.ts'
import {
  HEAD_PHASES,
  type LayerWork,
  groupHops,
  hopTime,
  machineConstants,
  matrixPeak,
  storeTiers,
} from '../dataflow/index.ts'
import { PincerError } from '../issue/index.ts'
import { ACTIVATION_BYTES, type ModelArch, type ServingFormats } from '../model/index.ts'
import type { Bytes, BytesPerSecond } from '../units/index.ts'
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
    fast: { name: 'fast', capacity: fast.capacity, bandwidth: fast.bandwidth },
    ...slow,
    timing: 'rates',
    landing: fast.bandwidth,
    timer: (arch, load) =>
      rooflineTimer(arch, load, {
        bandwidth: fast.bandwidth,
        flops,
        layerLatency: () => layerLatency,
        tailLatency: 0,
        network: 0,
        isFetchedAhead: false,
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
  const isDataflow = chip.kind === 'sram'
  const together = isDataflow ? Math.min(chips, groupSize(chip)) : chips
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
    ...(isDataflow ? dataflowSide(chip, chips, together, fast) : kernelSide(chip, chips)),
  }
}

function kernelSide(chip: Chip, chips: number): Pick<TieredMachine, 'timing' | 'timer' | 'notes'> {
  return {
    timing: 'kernel',
    timer: (arch, load, formats) => kernelTimer(arch, load, chip, chips, formats),
    notes: ['the fast side is timed as `predict` times a decode step: kernels, collectives, engine overhead of vLLM'],
  }
}

function dataflowSide(
  chip: Chip,
  chips: number,
  together: number,
  fast: FastTier,
): Pick<TieredMachine, 'timing' | 'timer' | 'notes'> {
  const constants = machineConstants(chip.id)
  const phase = constants.phaseSeconds.value
  const hops = 2 * hopTime(constants, groupHops(constants, together))
  const link = isKnown(chip.scaleUp.bandwidth) ? chip.scaleUp.bandwidth.value : Number.POSITIVE_INFINITY
  const stages = Math.floor(chips / together)
  return {
    timing: 'dataflow',
    timer: (arch, load) =>
      rooflineTimer(arch, load, {
        bandwidth: fast.bandwidth * constants.movementShare.value,
        flops: together * matrixPeak(chip, load.work.format, false) * constants.computeShare.value,
        layerLatency: (layer: LayerWork) => layer.phases * phase,
        tailLatency: HEAD_PHASES * phase,
        // Two all-reduces per layer, each out and back.
        network: together === 1 ? 0 : 2 * (hops + (((2 * (together - 1)) / together) * exchanged(load)) / link),
        isFetchedAhead: constants.prefetch === true,
      }),
    notes: [
      `the fast side is timed by the constants of the dataflow room (${constants.tier}), a token at a time through ${stages} stage${stages === 1 ? '' : 's'} of ${together}`,
      ...(stages > 1 ? [`up to ${stages} such batches can be under way at once; tokens/s are those of one`] : []),
    ],
  }
}

function exchanged(load: ExpertLoad): Bytes {
  return load.users * load.work.hidden * ACTIVATION_BYTES
}

function groupSize(chip: Chip): number {
  const { scheme, groupSize: size } = machineConstants(chip.id)
  if (scheme === 'group') return size
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
    const share = chip.kind === 'sram' ? machineConstants(chip.id).software.spillShare.value : hostShare().value
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
