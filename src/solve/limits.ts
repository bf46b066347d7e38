import silicon from '../../catalog/silicon.json' with { type: 'json' }
import { type Chip, type Figure, type Known, type MemoryTier, chips, isKnown, valueOf } from '../catalog/index.ts'
import { formatSi } from '../units/index.ts'

/** A range with the reason for its ends. */
export interface Limits {
  readonly from: number
  readonly to: number
  readonly reason: string
}

/** What lies beyond ten times the best of any machine known is not searched unless asked for. */
const HEADROOM = 10
/** Ranges begin at this share of the lowest known. */
const DEPTH = 1 / 10

/** Bounds of catalog/silicon.json: densest SRAM macro published, bit/mm², and largest die that a scanner exposes, mm². */
export const SILICON: { readonly sramDensity: Figure; readonly largestDie: Figure } = {
  // The file is ours and checked by its test; JSON widens literals to string, hence the casts.
  sramDensity: silicon.sramDensity as unknown as Figure,
  largestDie: silicon.largestDie as unknown as Figure,
}

/** The figures of all catalog chips that `of` picks, as a range. */
export function catalogLimits(of: (chip: Chip) => Known | undefined, unit: string): Limits {
  const known = chips().flatMap((chip) => {
    const figure = of(chip)
    return figure !== undefined && isKnown(figure) ? [{ value: figure.value, id: chip.id }] : []
  })
  const top = known.reduce((most, one) => (one.value > most.value ? one : most))
  const low = Math.min(...known.map(({ value }) => value))
  const reason = `ten times the highest in the catalog, ${formatSi(top.value, unit)} of ${top.id}`
  return { from: DEPTH * low, to: HEADROOM * top.value, reason }
}

/** As `catalogLimits`, by square millimetre of die where the area of `chip` is known. */
export function areaLimits(chip: Chip, of: (chip: Chip) => Known | undefined, unit: string): Limits {
  const plain = catalogLimits(of, unit)
  const area = valueOf(chip.dieMm2)
  const densest = chips()
    .flatMap((one) => {
      const [figure, size] = [of(one), valueOf(one.dieMm2)]
      return figure !== undefined && isKnown(figure) && size !== undefined
        ? [{ id: one.id, value: figure.value / size }]
        : []
    })
    .reduce<{ id: string; value: number } | undefined>(
      (most, one) => (most === undefined || one.value > most.value ? one : most),
      undefined,
    )
  if (area === undefined || densest === undefined) return plain
  const reason = `ten times the densest in the catalog, ${formatSi(densest.value, unit)} per mm² of ${densest.id}, over ${area} mm²`
  return { from: plain.from, to: HEADROOM * densest.value * area, reason }
}

/** Room for SRAM on the die. */
export function sramCapacityLimits(chip: Chip, given: number | undefined): Limits {
  const area = valueOf(chip.dieMm2)
  const size =
    area === undefined ? `the largest die a scanner exposes, ${SILICON.largestDie.value} mm²` : `a die of ${area} mm²`
  const { value: density } = SILICON.sramDensity
  const to = ((area ?? SILICON.largestDie.value) * density) / 8
  return {
    from: Math.min(to / 100, DEPTH * (given ?? to)),
    to,
    reason: `${size} with nothing but SRAM at ${density / 1e6} Mbit/mm², the densest macro published`,
  }
}

/** Tiers are listed fastest first: a tier is no faster than the one before it and no slower than the one behind. */
export function betweenTiers(limits: Limits, memory: readonly MemoryTier[], index: number): Limits {
  const before = bandwidthOf(memory[index - 1])
  const behind = bandwidthOf(memory[index + 1])
  const isCapped = before !== undefined && before < limits.to
  return {
    from: Math.max(limits.from, behind ?? limits.from),
    to: isCapped ? before : limits.to,
    reason: isCapped ? `the tier before it, ${formatSi(before, 'B/s')}` : limits.reason,
  }
}

function bandwidthOf(tier: MemoryTier | undefined): number | undefined {
  return tier === undefined ? undefined : valueOf(tier.bandwidth)
}
