import type { MarketValues, MarketYear, Revenue } from './types.ts'

/** Years that are long enough for every vintage of a fleet to have retired. */
const OLDEST = 60

/**
 * Share of the work that has moved `t` years after the base year: a logistic curve with its value at the base year taken off, so that
 * nothing has moved then and `ceiling` has in the end.
 */
export function adoption(
  t: number,
  curve: { readonly ceiling: number; readonly midpoint: number; readonly rate: number },
): number {
  const { ceiling, midpoint, rate } = curve
  const at = (x: number): number => 1 / (1 + Math.exp(-rate * (x - midpoint)))
  return (ceiling * (at(t) - at(0))) / (1 - at(0))
}

/** Part of a vintage that still works at an age: all of it up to its life, the last year in proportion. */
function survival(age: number, life: number): number {
  return Math.min(1, Math.max(0, life - age))
}

/** Work of the vintages in service in the base year over the work of its newest, when purchases grew by `growth` a year before. */
export function fleetDepth(life: number, growth: number): number {
  let depth = 0
  for (let age = 0; age < Math.min(OLDEST, life); age++) depth += survival(age, life) / (1 + growth) ** age
  return depth
}

/**
 * Purchases a year, in units of work, that keep a fleet at `work`: what it lacks, never less than nothing. `before(age)` is what was
 * bought `age` years before the base year.
 */
export function purchases(work: readonly number[], life: number, before: (age: number) => number): number[] {
  const bought: number[] = []
  for (const [t, needed] of work.entries()) {
    let working = 0
    for (let age = 1; age < Math.min(OLDEST, life); age++) {
      working += survival(age, life) * (age <= t ? bought[t - age]! : before(age - t))
    }
    bought.push(Math.max(0, needed - working))
  }
  return bought
}

interface Mix {
  readonly sparse: number
  readonly sram: number
  /** Cost of a token over the baseline's. */
  readonly cost: number
  /** Its part on GPUs and on SRAM machines. */
  readonly onGpu: number
  readonly onSram: number
  readonly price: number
  readonly trainingCost: number
}

/** Who serves what in a year, and what a token then costs relative to a baseline in which nothing has moved. */
function mixAt(t: number, v: MarketValues): Mix {
  const sparse = adoption(t, { ceiling: v.sparseCeiling, midpoint: v.sparseMidpoint, rate: v.sparseRate })
  const sram = adoption(t, { ceiling: v.sramCeiling, midpoint: v.sramMidpoint, rate: v.sramRate })
  const onGpu = (1 - sram) * (1 + sparse * (v.sparseCost - 1))
  const onSram = sram * (v.sramCost + sparse * (v.sramSparseCost - v.sramCost))
  const cost = onGpu + onSram
  return {
    sparse,
    sram,
    cost,
    onGpu,
    onSram,
    price: 1 + v.passThrough * (cost - 1),
    trainingCost: 1 + sparse * (v.sparseTrainingCost - 1),
  }
}

/** Sales of one path, year by year. */
interface Sales {
  readonly gpuInference: readonly number[]
  readonly training: readonly number[]
  readonly sram: readonly number[]
}

/**
 * One path of the market over `years` after the base year, for one value of each input, beside the baseline in which nothing moves. Tokens
 * answer the price with a constant elasticity, work is tokens times cost, fleets follow work by vintages, and compute gets cheaper every year.
 */
export function marketPath(
  v: MarketValues,
  { baseYear, years }: { readonly baseYear: number; readonly years: number },
): MarketYear[] {
  const times = Array.from({ length: years + 1 }, (_, t) => t)
  const mixes = times.map((t) => mixAt(t, v))
  const baseline = times.map((t) => (1 + v.tokenGrowth) ** t)
  const baselineTraining = times.map((t) => (1 + v.trainingGrowth) ** t)
  const tokens = times.map((t) => baseline[t]! * mixes[t]!.price ** -v.elasticity)
  const training = times.map((t) => {
    const cost = mixes[t]!.trainingCost
    return baselineTraining[t]! * (1 + v.passThrough * (cost - 1)) ** -v.trainingElasticity * cost
  })
  const gpuWork = times.map((t) => tokens[t]! * mixes[t]!.onGpu)
  const own = salesOf(v, {
    gpuInference: gpuWork,
    training,
    sram: times.map((t) => tokens[t]! * mixes[t]!.onSram),
  })
  const usual = salesOf(v, { gpuInference: baseline, training: baselineTraining, sram: times.map(() => 0) })
  const units = (v.accelerators * v.gpuShare) / v.acceleratorPrice
  const demand = (inference: number, work: number): number =>
    units * fleetDepth(v.life, v.pastGrowth) * (v.inferenceShare * inference + (1 - v.inferenceShare) * work)
  return times.map((t) => ({
    year: baseYear + t,
    sparseShare: mixes[t]!.sparse,
    sramShare: mixes[t]!.sram,
    price: mixes[t]!.price,
    tokens: tokens[t]!,
    baselineTokens: baseline[t]!,
    gpuDemand: demand(gpuWork[t]!, training[t]!),
    baselineGpuDemand: demand(baseline[t]!, baselineTraining[t]!),
    revenue: revenueAt(own, t, v.sramByGpuVendors),
    baselineRevenue: revenueAt(usual, t, v.sramByGpuVendors),
    sramRevenue: own.sram[t]! * (1 - v.sramByGpuVendors),
  }))
}

/** USD a year of the purchases that keep three fleets at their work; compute costs (1 − improvement)^t of what it did. */
function salesOf(v: MarketValues, work: Sales): Sales {
  const depth = fleetDepth(v.life, v.pastGrowth)
  const base = v.accelerators * v.gpuShare
  const money = (of: readonly number[], share: number, isNew: boolean): number[] => {
    const before = isNew ? () => 0 : (age: number) => 1 / depth / (1 + v.pastGrowth) ** age
    return purchases(of, v.life, before).map((bought, t) => bought * depth * base * share * (1 - v.improvement) ** t)
  }
  return {
    gpuInference: money(work.gpuInference, v.inferenceShare, false),
    training: money(work.training, 1 - v.inferenceShare, false),
    sram: money(work.sram, v.inferenceShare, true),
  }
}

function revenueAt(sales: Sales, t: number, byGpuVendors: number): Revenue {
  const [inference, training, sram] = [sales.gpuInference[t]!, sales.training[t]!, sales.sram[t]! * byGpuVendors]
  return { inference, training, sram, total: inference + training + sram }
}

/** Sales of GPU vendors after the base year over those of the baseline. */
export function revenueRatio(path: readonly MarketYear[]): number {
  let [own, usual] = [0, 0]
  for (const { revenue, baselineRevenue } of path.slice(1)) {
    own += revenue.total
    usual += baselineRevenue.total
  }
  return own / usual
}
