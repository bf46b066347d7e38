import type { Collective } from '../parallel/index.ts'
import type { BytesPerSecond, Seconds } from '../units/index.ts'
import type { KernelConstants } from './constants.ts'
import { MOST_AXES, interpolate } from './lattice.ts'
import type { Machine } from './machine.ts'
import { surfaceOf } from './surfaces.ts'

/** What the kernel room needs to know of a collective. */
export type Transfer = Pick<Collective, 'kind' | 'ranks' | 'bytes' | 'span'>

export interface CollectiveTime {
  readonly seconds: Seconds
  readonly bound: 'network' | 'latency'
}

/**
 * Bytes each rank must send, over the tensor's bytes, for n ranks: 2(n−1)/n for an all-reduce (reduce-scatter +
 * all-gather, the bandwidth optimum of Patarasuk & Yuan 2009), (n−1)/n for its halves and for an all-to-all.
 */
const VOLUME: Readonly<Record<Transfer['kind'], (ranks: number) => number>> = {
  'all-reduce': (n) => (2 * (n - 1)) / n,
  'all-gather': (n) => (n - 1) / n,
  'reduce-scatter': (n) => (n - 1) / n,
  'all-to-all': (n) => (n - 1) / n,
  send: () => 1,
}

/** Speed of light: the bytes a rank must send over the links it has, none of them idle. */
export function collectiveLightTime(transfer: Transfer, machine: Machine): Seconds {
  const { inside, outside } = traffic(transfer, machine)
  return Math.max(inside / insideRate(transfer, machine), outside / machine.scaleOutRate)
}

/**
 * Seconds of one collective. Inside a scale-up domain: what benchmarks found on this chip or its kin, at the pace it keeps inside a
 * serving engine. Beyond, or for what no table holds: latency that grows with the doublings of ranks and of domains, then
 * bytes over links at their efficiency; ranks beyond the scale-up domain exchange over scale-out links, both phases one after
 * the other.
 */
export function collectiveTime(transfer: Transfer, machine: Machine, k: KernelConstants): CollectiveTime {
  if (transfer.ranks <= 1) return { seconds: 0, bound: 'latency' }
  const light = collectiveLightTime(transfer, machine)
  const seconds = Math.max(benchmarkTime(transfer, machine, k, light) ?? formTime(transfer, machine, k), light)
  return { seconds, bound: light > seconds / 3 ? 'network' : 'latency' }
}

const POINT = new Float64Array(MOST_AXES)

function benchmarkTime(
  { kind, ranks, bytes }: Transfer,
  machine: Machine,
  k: KernelConstants,
  light: Seconds,
): Seconds | undefined {
  if (kind !== 'all-reduce' || ranks > machine.scaleUpDomain) return undefined
  const surface = surfaceOf(machine, kind, 'bf16', k.library)
  if (surface === undefined) return undefined
  placeTransfer(ranks, bytes, POINT)
  return (
    transferBase(ranks, light / (k.linkPace * k.reducePace), k.launch / k.launchPace) *
    Math.exp(interpolate(surface, POINT))
  )
}

/** Writes a collective's coordinates into `point`: ranks and bytes, as logarithms. */
export function placeTransfer(ranks: number, bytes: number, point: Float64Array): void {
  point[0] = Math.log(ranks)
  point[1] = Math.log(Math.max(bytes, 1))
}

/** What the surface of a collective is relative to: a kernel's launch per doubling of ranks, and light. */
export function transferBase(ranks: number, light: Seconds, launch: Seconds): Seconds {
  return launch * Math.max(Math.log2(ranks), 1) + light
}

function formTime(transfer: Transfer, machine: Machine, k: KernelConstants): Seconds {
  const { inside, outside } = traffic(transfer, machine)
  const domains = Math.ceil(
    (transfer.kind === 'send' ? 2 * (transfer.span ?? 1) : transfer.ranks) / machine.scaleUpDomain,
  )
  const inner = Math.log2(Math.min(transfer.ranks, machine.scaleUpDomain))
  const latency = k.collectiveLatency * Math.max(inner, 1) + SCALE_OUT_LATENCY * Math.ceil(Math.log2(domains))
  return (
    latency +
    (inside / insideRate(transfer, machine) + outside / machine.scaleOutRate) / (k.linkEfficiency * k.linkPace)
  )
}

/**
 * Latency of one exchange over the scale-out network per doubling of domains: NIC, switch, NIC and the kernels around them.
 * AIConfigurator charges a point-to-point message 10 µs; none of the fitted deployments leaves its scale-up domain.
 */
const SCALE_OUT_LATENCY: Seconds = 10e-6

// In a mesh only the links between the chips that take part carry anything.
function insideRate({ ranks, kind }: Transfer, { scaleUpRate, scaleUpDomain, isMesh }: Machine): BytesPerSecond {
  const peers = kind === 'send' ? 1 : ranks - 1
  return isMesh && scaleUpDomain > 1 ? scaleUpRate * Math.min(1, peers / (scaleUpDomain - 1)) : scaleUpRate
}

// Hierarchical: inside a domain everything but the domain's own share, between domains 1/domain of it per chip.
function traffic(transfer: Transfer, machine: Machine): { inside: number; outside: number } {
  const { ranks, bytes, kind } = transfer
  if (kind === 'send' && (transfer.span ?? 1) * 2 > machine.scaleUpDomain) return { inside: 0, outside: bytes }
  const domain = Math.max(1, Math.min(ranks, machine.scaleUpDomain))
  const domains = ranks / domain
  if (domains <= 1) return { inside: bytes * VOLUME[kind](ranks), outside: 0 }
  if (kind === 'all-to-all') {
    const leaving = (ranks - domain) / ranks
    return { inside: bytes * ((domain - 1) / ranks), outside: bytes * leaving }
  }
  const inside = domain > 1 ? bytes * VOLUME[kind](domain) : 0
  return { inside, outside: (bytes / domain) * VOLUME[kind](domains) }
}
