import { type Chip, type Unknown, findChip, isKnown } from '../catalog/index.ts'
import { PincerError } from '../issue/index.ts'
import { type ModelArch, findModel, flopsPerToken } from '../model/index.ts'
import { type Prediction, meanLength } from '../predict/index.ts'
import type { Cell, Comparison } from '../search/index.ts'
import type { FlopPerSecond, Format } from '../units/index.ts'
import { type Span, chipTimeSpan, priceSpan, product } from './band.ts'
import type { Corner, PointName, VerdictEvidence } from './types.ts'

/** A cell at an operating point that it reaches. */
export interface Stand {
  readonly cell: Cell
  readonly point: Prediction
  /** Output tokens per second and machine at the point. */
  readonly rate: Span
}

/**
 * Where `corner` stands at `point`: on HBM the machine of the baseline, on SRAM machines every one that reaches the
 * point, cheapest per token first. Never empty.
 */
export function stands(comparison: Comparison, corner: Corner, point: PointName): readonly Stand[] | Unknown {
  const gpu = comparison.cells[comparison.baseline]?.chip
  const cells = comparison.cells.filter(
    ({ arm, machine, chip }) =>
      arm === corner.arm && machine === corner.machine && (machine === 'sram' || chip === gpu),
  )
  const [first] = cells
  const kind = corner.machine === 'sram' ? 'SRAM machine' : 'GPU'
  if (first === undefined) return { unknown: `the comparison has no ${corner.arm} model on a ${kind}` }
  const reached = cells.flatMap((cell) => {
    const at = cell[point]
    return 'unreachable' in at ? [] : [{ cell, point: at, rate: cell.rate[point] ?? at.throughput.outputPerChip }]
  })
  if (reached.length === 0) {
    const at = first[point]
    return { unknown: 'unreachable' in at ? at.unreachable : `no ${kind} reaches the point` }
  }
  return reached.toSorted((a, b) => dearness(a) - dearness(b))
}

// A machine whose price nobody knows comes last.
function dearness({ point }: Stand): number {
  const { perMtokOutput } = point.cost
  return isKnown(perMtokOutput) ? perMtokOutput.value : Number.POSITIVE_INFINITY
}

/** $ per output token (up to a constant factor) with its band; unknown without a price. */
export function costSpan({ cell, point, rate }: Stand): Span | Unknown {
  const price = priceSpan(point)
  if (price !== undefined) return product(price, chipTimeSpan(rate))
  const { chipHour } = point.cost
  return { unknown: 'unknown' in chipHour ? chipHour.unknown : `${cell.chip} has no price` }
}

const TIERS: readonly VerdictEvidence['tier'][] = [
  'counted',
  'measured-like',
  'interpolated',
  'transferred',
  'first-principles',
]

/** The weakest tier of the predictions used, and all publications behind speeds and, where money counts, prices. */
export function standEvidence(used: readonly Stand[], hasPrices: boolean): VerdictEvidence {
  const tier = TIERS[Math.max(...used.map(({ point }) => TIERS.indexOf(point.evidence.tier)))] ?? 'first-principles'
  const sources = used.flatMap(({ point }) => {
    const { chipHour } = point.cost
    return [...point.evidence.sources, ...(hasPrices && isKnown(chipHour) ? [chipHour.source] : [])]
  })
  return { tier, sources: [...new Set(sources)] }
}

const WIDE_FORMATS: readonly Format[] = ['fp8', 'int8', 'bf16']

/**
 * Share of the largest published dense peak (8 bits or wider) that `perMachine` output tokens per second take, prompts
 * included; undefined for models and chips outside the catalog, and without a published peak.
 */
export function peakShare({ cell, point }: Stand, perMachine: number): number | undefined {
  const known = inCatalog(cell)
  if (known === undefined) return undefined
  const peak = largestPeak(known.chip)
  return peak === undefined ? undefined : (perMachine * flopsPerOutputToken(known.arch, point)) / peak
}

// Every output token carries its share of a prompt; attention at the mean length it sees.
function flopsPerOutputToken(arch: ModelArch, { workload }: Prediction): number {
  const prompt = meanLength(workload.isl, workload.spread)
  const output = meanLength(workload.osl, workload.spread)
  const reading = flopsPerToken(arch, prompt / 2).total * (prompt / output)
  return reading + flopsPerToken(arch, prompt + output / 2).total
}

function largestPeak(chip: Chip): FlopPerSecond | undefined {
  let largest: FlopPerSecond | undefined
  for (const format of WIDE_FORMATS) {
    const peak = chip.peak[format]
    if (peak !== undefined && isKnown(peak) && peak.value > (largest ?? 0)) largest = peak.value
  }
  return largest
}

/** Model and chip of a cell, when both are the catalog's; a comparison names them by id only. */
export function inCatalog({ model, chip }: Cell): { readonly arch: ModelArch; readonly chip: Chip } | undefined {
  try {
    return { arch: findModel(model), chip: findChip(chip) }
  } catch (error) {
    if (error instanceof PincerError) return undefined
    throw error
  }
}
