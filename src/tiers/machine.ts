import type { Bytes, BytesPerSecond, FlopPerSecond, Seconds } from '../units/index.ts'

/** Causes of time on the side of the fast memory. */
export type FastCause = 'memory' | 'compute' | 'latency' | 'network' | 'host'

/** Seconds by cause. */
export type FastParts = Readonly<Record<FastCause, Seconds>>

/** One layer of some kind, as the fast processor runs it. */
export interface LayerTimer {
  /** Everything but the routed experts. */
  readonly rest: FastParts
  /** Routed experts: `bytes` read from the fast memory, for the share `tokens` of the routed tokens. */
  readonly experts: (bytes: Bytes, tokens: number) => FastParts
}

/** A processor with fast memory, timed for one load. */
export interface FastTimer {
  /** By kind of layer, as in `ModelWork.layers`. */
  readonly layers: readonly LayerTimer[]
  /** Once per step: output head, engine. */
  readonly tail: FastParts
}

/** A memory as its datasheet has it, over all chips, and the rate a layer is read at. */
export interface FastTier {
  readonly name: string
  readonly capacity: Bytes
  readonly bandwidth: BytesPerSecond
}

/** The slow tier over all chips. */
export interface SlowTier extends FastTier {
  /** Share of `bandwidth` that transfers reach. */
  readonly share: number
  /** From asking to the first byte, once per layer that misses. */
  readonly latency: Seconds
}

/** Transfers as the slow tier takes them: with a latency, what is in flight bounds the bandwidth. */
export interface Flight {
  readonly ioBytes: Bytes
  readonly depth: number
}

/** The processor beside the slow tier, where it computes the experts that live there. */
export interface HostProcessor {
  readonly flops?: FlopPerSecond
  /** Between the processors, for activations. */
  readonly link?: BytesPerSecond
}

/** Rate of transfers from the slow tier; by Little's law no more than what is in flight per latency. */
export function slowRate(slow: SlowTier, flight: Flight | undefined): BytesPerSecond {
  const streamed = slow.bandwidth * slow.share
  if (flight === undefined || slow.latency === 0) return streamed
  return Math.min(streamed, (flight.depth * flight.ioBytes) / slow.latency)
}

export const NO_TIME: FastParts = { memory: 0, compute: 0, latency: 0, network: 0, host: 0 }

const CAUSES = Object.keys(NO_TIME) as FastCause[]

export function addParts(a: FastParts, b: FastParts, times = 1): FastParts {
  return Object.fromEntries(CAUSES.map((cause) => [cause, a[cause] + times * b[cause]])) as unknown as FastParts
}

export function totalOf(parts: FastParts): Seconds {
  return parts.memory + parts.compute + parts.latency + parts.network + parts.host
}

/** The longer of reading `bytes` and computing `flops`, which overlap, put down to it. */
export function roofline(bytes: Bytes, rate: BytesPerSecond, flops: number, peak: FlopPerSecond): FastParts {
  const [memory, compute] = [bytes / rate, flops / peak]
  return compute > memory ? { ...NO_TIME, compute } : { ...NO_TIME, memory }
}
