import type { Constant, MachineConstants, SoftwareConstants } from '../../src/dataflow/index.ts'
import type { Free } from '../descent.ts'
import { MACHINE_BASES, type MachineBase } from './base.ts'

/** A constant to be fitted, with what is believed before the data: a log-normal of `spread` around `belief`. */
export interface Fitted extends Free {
  readonly spread: number
  /** Belief is a ratio to this other constant. */
  readonly relativeTo?: string
}

const DRAFT_TOKENS: Constant = {
  value: 8,
  unit: 'tokens',
  basis: 'assumed',
  source: 'drafts per pass of published speculative decoders: 3–8; as many as pay',
}
const HEAD_TOKENS: Constant = {
  value: 1,
  unit: 'tokens',
  basis: 'published',
  source: 'DeepSeek-V3 technical report, §5.4.3: one multi-token-prediction layer',
}
const HEAD_ACCEPTANCE: Constant = {
  value: 0.85,
  unit: 'probability',
  basis: 'published',
  source: 'DeepSeek-V3 technical report, §5.4.3: 85 to 90 %',
}
const DRAFT_FLOOR: Constant = {
  value: 20e9,
  unit: 'parameters',
  basis: 'assumed',
  source: 'published speeds of 8B models have hardly moved since launch while those of 70B models have multiplied',
}
const DRAFT_MOST_USERS: Constant = {
  value: 64,
  unit: 'users',
  basis: 'assumed',
  source: 'serving engines offer a switch that stops drafting for large batches; 32–64 is usual',
}
const SPILL_SHARE: Constant = {
  value: 0.8,
  unit: 'share',
  basis: 'assumed',
  source: 'share of DRAM bandwidth that long streams reach: 0.7–0.9',
}

/** Constants that are fitted, those of relatives first. `withData` names the chips with at least one row. */
export function fittedConstants(withData: ReadonlySet<string>): readonly Fitted[] {
  const software: Fitted[] = [
    // Fitted as the odds of acceptance, a/(1 − a), which have no upper limit.
    { name: 'acceptanceOdds', start: 4, low: 0.5, high: 30, spread: 0.5 },
  ]
  const machines = MACHINE_BASES.filter((base) => withData.has(base.chip)).flatMap((base) => fittedOf(base))
  return [...software, ...machines]
}

function fittedOf(base: MachineBase): readonly Fitted[] {
  const phase: Fitted = {
    name: `phase ${base.chip}`,
    start: base.phaseStart,
    low: 50e-9,
    high: 100e-6,
    // A relative halves the ignorance; without one nothing is believed.
    spread: base.relative === undefined ? 10 : 0.7,
    ...(base.relative === undefined ? {} : { relativeTo: `phase ${base.relative}` }),
  }
  if (base.relative !== undefined) return [phase]
  if (base.movementShare !== 'fitted') return [phase]
  const compute: Fitted = { name: `compute ${base.chip}`, start: 0.3, low: 0.02, high: 1, spread: 0.7 }
  const isWafer = base.scheme === 'region'
  // Before the data: wafers as the LPU's published share, widely; DRAM streams 0.7–0.9.
  const share: Fitted = isWafer
    ? { name: `share ${base.chip}`, start: 0.23, low: 0.01, high: 1, spread: 1 }
    : { name: `share ${base.chip}`, start: 0.8, low: 0.3, high: 1, spread: 0.12 }
  if (base.fasterSince === undefined) return [phase, share, compute]
  return [phase, share, compute, { name: `slowdown ${base.chip}`, start: 1, low: 0.5, high: 4, spread: 0.5 }]
}

/** Sum of squared distances from the beliefs, in spreads. */
export function beliefPenalty(fitted: readonly Fitted[], values: readonly number[]): number {
  const named = new Map(fitted.map((constant, i) => [constant.name, values[i]!]))
  let sum = 0
  for (const [i, constant] of fitted.entries()) {
    const belief =
      constant.relativeTo === undefined ? constant.start : (named.get(constant.relativeTo) ?? constant.start)
    sum += (Math.log(values[i]! / belief) / constant.spread) ** 2
  }
  return sum
}

/** Constants of all machines from the fitted values; those without data take their relative's. */
export function machinesFrom(
  fitted: readonly Fitted[],
  values: readonly number[],
): ReadonlyMap<string, MachineConstants> {
  const named = new Map(fitted.map((constant, i) => [constant.name, values[i]!]))
  const software = softwareFrom(named)
  const machines = new Map<string, MachineConstants>()
  for (const base of MACHINE_BASES) {
    const { movementShare, computeShare, phaseStart: _, relative, clockRatio = 1, fasterSince, ...rest } = base
    const parent = relative === undefined ? undefined : machines.get(relative)
    machines.set(base.chip, {
      ...rest,
      phaseSeconds: phaseOf(base, named.get(`phase ${base.chip}`), parent, clockRatio),
      movementShare:
        movementShare === 'fitted'
          ? shareOf(base, named.get(`share ${base.chip}`), parent?.movementShare)
          : movementShare,
      computeShare:
        computeShare === 'fitted'
          ? shareOf(base, named.get(`compute ${base.chip}`), parent?.computeShare)
          : computeShare,
      ...earlierOf(base.chip, fasterSince, named.get(`slowdown ${base.chip}`)),
      software,
      tier: 'fitted',
      reason: '',
      band: { low: 1, high: 1 },
    })
  }
  return machines
}

function softwareFrom(named: ReadonlyMap<string, number>): SoftwareConstants {
  const odds = named.get('acceptanceOdds')!
  const source = 'fit to published speeds of this room’s machines'
  return {
    draftAcceptance: { value: odds / (1 + odds), unit: 'probability', basis: 'fitted', source },
    draftTokens: DRAFT_TOKENS,
    headAcceptance: HEAD_ACCEPTANCE,
    headTokens: HEAD_TOKENS,
    draftFloorParams: DRAFT_FLOOR,
    draftMostUsers: DRAFT_MOST_USERS,
    spillShare: SPILL_SHARE,
  }
}

function phaseOf(
  base: MachineBase,
  fittedValue: number | undefined,
  parent: MachineConstants | undefined,
  clockRatio: number,
): Constant {
  if (fittedValue !== undefined) {
    return { value: fittedValue, unit: 's', basis: 'fitted', source: `published speeds of ${base.chip}` }
  }
  if (parent === undefined) throw new Error(`no data and no relative for ${base.chip}`)
  const value = parent.phaseSeconds.value * clockRatio
  return {
    value,
    unit: 's',
    basis: 'transferred',
    source: parent.chip,
    ...(clockRatio === 1 ? {} : { note: `times the ratio of the clocks, ${clockRatio.toFixed(2)}` }),
  }
}

function earlierOf(
  chip: string,
  before: string | undefined,
  value: number | undefined,
): Pick<MachineConstants, 'earlier'> {
  if (before === undefined || value === undefined) return {}
  const source = `published speeds of ${chip} before and after the release that announced faster kernels`
  return { earlier: { before, slowdown: { value, unit: 'factor', basis: 'fitted', source } } }
}

function shareOf(base: MachineBase, fittedValue: number | undefined, inherited: Constant | undefined): Constant {
  if (fittedValue !== undefined) {
    return { value: fittedValue, unit: 'share', basis: 'fitted', source: `published speeds of ${base.chip}` }
  }
  if (inherited === undefined) throw new Error(`no data and no relative for ${base.chip}`)
  return { ...inherited, basis: 'transferred', source: `${base.relative}` }
}
