import { type Chip, isKnown } from '../catalog/index.ts'
import { PincerError } from '../issue/index.ts'
import { flopsPerToken } from '../model/index.ts'
import type { Bytes, BytesPerSecond, Flop, FlopPerSecond, Format, Tokens } from '../units/index.ts'
import { cacheBytesPerUser } from './cache.ts'
import type { Placement } from './placement.ts'

/** What one machine of a deployment can do, at the shares of the headline that are reached. */
export interface Rates {
  /** Tiers, fastest first. */
  readonly streams: readonly BytesPerSecond[]
  readonly matrix: FlopPerSecond
  /** Links between the machines of a group, and from stage to stage. */
  readonly groupLink: BytesPerSecond
  readonly stageLink: BytesPerSecond
  /** KV bytes of one sequence, per caching layer. */
  readonly layerCache: Bytes
  /** Attention FLOPs of one token, per caching layer. */
  readonly layerAttention: Flop
}

/** Rates that a deployment runs at with `context` tokens of cache per sequence. */
export function placeRates(place: Placement, context: Tokens): Rates {
  const { arch, work, tiers, machine } = place
  const caching = work.layers.reduce((sum, layer) => sum + (layer.caches ? layer.count : 0), 0) || work.depth
  const attention = flopsPerToken(arch, context).attention
  return {
    streams: tiers.map(
      ({ bandwidth }, tier) => bandwidth * (tier === 0 ? machine.movementShare : machine.software.spillShare).value,
    ),
    matrix: matrixPeak(place.chip, work.format, machine.scheme === 'region') * machine.computeShare.value,
    groupLink: machine.groupLink?.value ?? linkBandwidth(place.chip),
    stageLink: linkBandwidth(place.chip),
    layerCache: cacheBytesPerUser(arch, context, place.kvFormat) / caching,
    layerAttention: attention / caching,
  }
}

// A machine multiplies narrow weights at the rate of the next wider format it has a path for.
const WIDENING: Readonly<Record<Format, readonly Format[]>> = {
  fp4: ['fp4', 'fp8', 'int8', 'bf16'],
  mxfp4: ['mxfp4', 'fp4', 'fp8', 'int8', 'bf16'],
  int4: ['int4', 'int8', 'fp8', 'bf16'],
  fp8: ['fp8', 'int8', 'bf16'],
  int8: ['int8', 'fp8', 'bf16'],
  bf16: ['bf16'],
  tf32: ['tf32'],
  fp32: ['fp32'],
}

/** A wafer reads one 16-bit weight per multiply-accumulate. */
const FLOP_PER_BYTE = 1

/**
 * Dense peak that applies to weights in `format`. A wafer whose peak is undisclosed multiplies as fast as its SRAM
 * feeds it: one 16-bit operand per multiply-accumulate is 1 FLOP per byte, which is what WSE-3 has. A chip with an
 * 8-bit path only runs 16-bit weights at half that rate.
 * @throws PincerError `missing_field` when no peak is known
 */
export function matrixPeak(chip: Chip, format: Format, wafer: boolean): FlopPerSecond {
  for (const wider of WIDENING[format]) {
    const peak = chip.peak[wider]
    if (peak !== undefined && isKnown(peak)) return peak.value
  }
  const narrow = chip.peak.fp8 ?? chip.peak.int8
  if (narrow !== undefined && isKnown(narrow)) return narrow.value / 2
  const sram = chip.memory.find((level) => level.name === 'sram')
  if (wafer && sram !== undefined && isKnown(sram.bandwidth)) return FLOP_PER_BYTE * sram.bandwidth.value
  throw new PincerError({
    code: 'missing_field',
    path: ['chip', 'peak', format],
    message: `no dense peak of ${chip.id} is published for ${format} or a wider format`,
  })
}

// Where no link of a fitted machine is published its time is part of the phase latency, as for the hops.
function linkBandwidth(chip: Chip): BytesPerSecond {
  for (const link of [chip.scaleUp.bandwidth, chip.scaleOut.bandwidth]) if (isKnown(link)) return link.value
  return Number.POSITIVE_INFINITY
}
