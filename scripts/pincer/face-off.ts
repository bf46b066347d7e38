import { findChip, isKnown } from '../../src/catalog/index.ts'
import type { Band, Prediction } from '../../src/predict/index.ts'
import { type Cell, type Comparison, compare } from '../../src/search/index.ts'
import { MACHINES, type Partner, type Trio } from './arm.ts'

/** What the sparse arm is held against across machines. */
export const YARDSTICK = 'b200-sxm'
/** Tokens/s of each user at the fast point. */
export const USER_SPEED = 100

export const CHIPS: readonly string[] = MACHINES.flatMap(({ chips }) => chips)

export type Point = 'cheapest' | 'fast'

/** A sparse model on one machine, held against its dense partners there and against itself on the yardstick. */
export interface FaceOff {
  readonly chip: string
  readonly cell: Cell
  /** Machine-hour, where one is published. */
  readonly hour: number | undefined
  /** Cost per output token over that of the partner on the same machine; absent where one of them is out of reach. */
  readonly overActive: Readonly<Record<Point, Band | undefined>>
  readonly overTotal: Readonly<Record<Point, Band | undefined>>
  /** The same over the sparse model on the yardstick; absent without a price. */
  readonly overYardstick: Readonly<Record<Point, Band | undefined>>
  /** Whether the partners reach the user speed there. */
  readonly reaches: { readonly active: boolean; readonly total: boolean }
}

export function faceOffs(trio: Trio, chips: readonly string[] = CHIPS): FaceOff[] {
  return chips.map((chip) => {
    const active = duel(trio.likeActive, trio.id, chip)
    const total = duel(trio.likeTotal, trio.id, chip)
    const across = compare({ models: [trio.id], chips: [YARDSTICK, chip] })
    // Not of the duels, which may have prices that nobody publishes.
    const cell = across.cells[1]!
    return {
      chip,
      cell,
      hour: hourOf(chip),
      overActive: ratiosOf(active, 1),
      overTotal: ratiosOf(total, 1),
      overYardstick: ratiosOf(across, 1),
      reaches: { active: isReached(active.cells[0]!), total: isReached(total.cells[0]!) },
    }
  })
}

// On one machine its price cancels, and any will do where none is published.
function duel(partner: Partner, sparse: string, chip: string): Comparison {
  const prices = hourOf(chip) === undefined ? { prices: new Map([[chip, 1]]) } : {}
  return compare({ models: [partner.model, sparse], chips: [chip], ...prices })
}

function ratiosOf({ relative, cells, baseline }: Comparison, at: number): Record<Point, Band | undefined> {
  const fast = isReached(cells[baseline]!) ? relative[at]!.fast.costPerToken : undefined
  return { cheapest: relative[at]!.cheapest.costPerToken, fast }
}

function isReached({ fast }: Cell): boolean {
  return !('unreachable' in fast)
}

const hours = new Map<string, number | undefined>()

/** $ of a machine-hour as `compare` takes it. */
export function hourOf(chip: string): number | undefined {
  if (!hours.has(chip)) {
    const point = compare({ models: ['llama-3.1-8b'], chips: [chip] }).cells[0]!.cheapest
    const hour = 'unreachable' in point ? undefined : point.cost.chipHour
    hours.set(chip, hour !== undefined && isKnown(hour) ? hour.value : undefined)
  }
  return hours.get(chip)
}

export function pointOf(cell: Cell, point: Point): Prediction | undefined {
  const found = cell[point]
  return 'unreachable' in found ? undefined : found
}

/** $ per million output tokens; undefined without a price or where the point is out of reach. */
export function costOf(cell: Cell, point: Point): number | undefined {
  const cost = pointOf(cell, point)?.cost.perMtokOutput
  return cost !== undefined && isKnown(cost) ? cost.value : undefined
}

/** Price per machine-hour at which it costs as much per token as the yardstick does; what `solve` gives, in one division. */
export function worth({ cell }: FaceOff, yardstickCost: number, point: Point): number | undefined {
  const found = pointOf(cell, point)
  return found === undefined ? undefined : (yardstickCost * found.throughput.outputPerChip.value * 3600) / 1e6
}

/** Names short enough for tables. */
const SHORT: ReadonlyMap<string, string> = new Map([
  ['h100-sxm', 'H100'],
  ['b200-sxm', 'B200'],
  ['gb200-nvl72', 'GB200'],
  ['mi300x', 'MI300X'],
  ['mi355x', 'MI355X'],
  ['tpu-v6e', 'TPU v6e'],
  ['tpu-v7-ironwood', 'TPU v7'],
  ['trainium2', 'Trainium2'],
  ['gaudi3', 'Gaudi 3'],
  ['cerebras-wse3', 'WSE-3'],
  ['groq-lpu-v1', 'LPU v1'],
  ['groq3-lp30', 'LPX'],
  ['sambanova-sn40l', 'SN40L'],
  ['sambanova-sn50', 'SN50'],
  ['dmatrix-corsair', 'Corsair'],
])

export function nameOf(chip: string): string {
  return SHORT.get(chip) ?? findChip(chip).name
}
