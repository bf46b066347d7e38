import legacy from '../../catalog/legacy-chips.json' with { type: 'json' }
import {
  chipIds,
  findChip,
  findSource,
  storeOf,
  valueOf,
  type Chip,
  type Figure,
  type Known,
  type Unknown,
} from '../catalog/index.ts'
import { PincerError, nearest } from '../issue/index.ts'
import type { Bytes, BytesPerSecond, Chips, FlopPerSecond } from '../units/index.ts'

/** Number formats of the matrix products in training; everything else runs in BF16 or FP32. */
export type TrainingPrecision = 'bf16' | 'fp8'

/** How chips inside one scale-up domain are joined. A torus carries all-to-all traffic over several hops. */
export type Network = 'switched' | 'torus2d' | 'torus3d'

/** The figures of a chip that training depends on; bandwidths one direction, per chip. */
export interface TrainingChip {
  readonly id: string
  readonly name: string
  readonly network: Network
  readonly peak: Readonly<Partial<Record<TrainingPrecision, FlopPerSecond>>>
  readonly memory: Bytes
  readonly memoryBandwidth: BytesPerSecond
  readonly scaleUp: BytesPerSecond
  /** Chips joined by `scaleUp`. */
  readonly domain: Chips
  readonly scaleOut: BytesPerSecond
  /** Runs on it date from before FlashAttention and selective recomputation, and computed all activations twice. */
  readonly isRetired: boolean
  readonly notes: readonly string[]
}

const LEGACY: ReadonlyMap<string, TrainingChip> = new Map(
  legacy.chips.flatMap((chip) => [chip.id, ...chip.aliases].map((id) => [plain(id), legacyChip(chip)] as const)),
)

interface Interconnect {
  readonly scaleUp?: Figure
  readonly scaleOut: Figure
}

// The file is checked by a test; its literals only widen on import.
const INTERCONNECT: ReadonlyMap<string, Interconnect> = new Map(
  Object.entries(legacy.interconnect as unknown as Record<string, Interconnect>),
)

/**
 * The training figures of a chip named by id or alias: the catalog first, then the retired chips of published runs.
 * A remark in brackets is dropped: `h100 (not stated)` is an H100. Unknown when a figure that training needs is not
 * published.
 * @throws PincerError `unknown_chip` for a name nobody knows
 */
export function trainingChip(name: string): TrainingChip | Unknown {
  const bare = name.replace(/\s*\(.*\)\s*$/, '').trim()
  const retired = LEGACY.get(plain(bare))
  if (retired !== undefined) return retired
  return catalogTrainingChip(catalogChip(bare))
}

function catalogChip(name: string): Chip {
  try {
    return findChip(name)
  } catch (error) {
    if (!(error instanceof PincerError)) throw error
    const hit = nearest(name, [...LEGACY.keys(), ...chipIds()])
    throw new PincerError({
      code: 'unknown_chip',
      path: ['chip'],
      message: `unknown chip "${name.slice(0, 80)}"`,
      ...(hit === undefined ? {} : { suggestion: `did you mean ${hit}?` }),
    })
  }
}

/** The training figures of a catalog chip; unknown, with the reason, when one of them is not published. */
export function catalogTrainingChip(chip: Chip): TrainingChip | Unknown {
  if (chip.kind === 'sram') {
    return {
      unknown: `${chip.name} is an SRAM machine: training on it streams weights from outside, which is not modelled`,
    }
  }
  const store = storeOf(chip)
  const extra = INTERCONNECT.get(chip.id)
  const memory = store === undefined ? undefined : valueOf(store.capacity)
  const memoryBandwidth = store === undefined ? undefined : valueOf(store.bandwidth)
  const bf16 = peakOf(chip.peak.bf16)
  const fp8 = peakOf(chip.peak.fp8)
  const scaleUp = valueOf(chip.scaleUp.bandwidth) ?? extra?.scaleUp?.value
  const domain = valueOf(chip.scaleUp.domain)
  const scaleOut = valueOf(chip.scaleOut.bandwidth) ?? extra?.scaleOut.value
  if (memory === undefined) return missing(chip, 'memory capacity')
  if (memoryBandwidth === undefined) return missing(chip, 'memory bandwidth')
  if (bf16 === undefined) return missing(chip, 'dense BF16 peak')
  if (scaleUp === undefined || domain === undefined) return missing(chip, 'scale-up bandwidth')
  if (scaleOut === undefined) return missing(chip, 'scale-out bandwidth')
  return {
    id: chip.id,
    name: chip.name,
    network: networkOf(chip),
    peak: { bf16, ...(fp8 === undefined ? {} : { fp8 }) },
    memory,
    memoryBandwidth,
    scaleUp,
    domain,
    scaleOut,
    isRetired: false,
    notes: extra === undefined ? [] : [`interconnect: ${citation(Object.values(extra))}`],
  }
}

function peakOf(figure: Known<FlopPerSecond> | undefined): FlopPerSecond | undefined {
  return figure === undefined ? undefined : valueOf(figure)
}

function missing(chip: Chip, what: string): Unknown {
  return { unknown: `training time on ${chip.name} needs its ${what}, which is not published` }
}

// TPU generations v5e and v6e are two-dimensional tori, v5p and Ironwood three-dimensional (Google Cloud TPU documentation).
function networkOf(chip: Chip): Network {
  if (!chip.id.startsWith('tpu')) return 'switched'
  return chip.id.endsWith('e') ? 'torus2d' : 'torus3d'
}

function legacyChip(chip: (typeof legacy.chips)[number]): TrainingChip {
  const { bf16, memory, memoryBandwidth, scaleUp, domain, scaleOut } = chip
  return {
    id: chip.id,
    name: chip.name,
    network: chip.network as Network,
    peak: { bf16: bf16.value },
    memory: memory.value,
    memoryBandwidth: memoryBandwidth.value,
    scaleUp: scaleUp.value,
    domain: domain.value,
    scaleOut: scaleOut.value,
    isRetired: true,
    notes: [`figures of ${chip.name}: ${citation([bf16, memory, memoryBandwidth, scaleUp, domain, scaleOut])}`],
  }
}

/** The publications that figures come from, with the remarks on how. */
function citation(figures: readonly { readonly source: string; readonly note?: string }[]): string {
  const texts = [...new Set(figures.map(({ source }) => source))].map((source) => {
    const notes = figures.flatMap((figure) =>
      figure.source === source && figure.note !== undefined ? [figure.note] : [],
    )
    return `${findSource(source).title}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}`
  })
  return texts.join('; ')
}

function plain(id: string): string {
  return id.toLowerCase().replaceAll(/[\s_]/g, '-')
}

/**
 * Bytes per second one chip sustains in an all-to-all over `group` chips of one domain. Switched: its link rate.
 * Torus of side s with links of rate r: half of all traffic crosses the middle, so a chip gets 8·r/s
 * (bisection bound, Dally and Towles, Principles and Practices of Interconnection Networks, chapter 3), at most its link rate.
 */
export function allToAllBandwidth(chip: TrainingChip, group: number): BytesPerSecond {
  if (chip.network === 'switched') return chip.scaleUp
  const dimensions = chip.network === 'torus2d' ? 2 : 3
  const link = chip.scaleUp / (2 * dimensions)
  return Math.min(chip.scaleUp, (8 * link) / group ** (1 / dimensions))
}
