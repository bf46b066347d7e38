/**
 * A small fast and a large slow memory under a mixture of experts: which experts live where, how often they are hit, and
 * what that does to decoding. In: a ModelArch, a chip or two tiers, how tokens are routed. Out: speed over the capacity of
 * the fast tier. Must not know: requests and queues, money, files.
 */
export { type TieredMachine, type Timing } from './build.ts'
export { tiersDocument } from './document.ts'
export type { HistogramRow } from './histogram.ts'
export { type HostMemory, findHost, hostMemories, hostShare } from './host.ts'
export type { GivenTier, TiersInput } from './input.ts'
export type { ExpertLayer, ExpertLoad } from './load.ts'
export { RESIDENCIES, type Residency } from './placement.ts'
export type { Limit, Point } from './point.ts'
export type { Routing } from './routing.ts'
export { PREFETCHES, type Prefetch } from './step.ts'
export { type HitSpeed, type Tiers, tiers } from './tiers.ts'
