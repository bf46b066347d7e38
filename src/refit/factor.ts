import type { Adjustment } from '../predict/index.ts'
import type { Engine } from '../step/index.ts'

/** A factor that a site's rows may move, on a log scale around 1. */
export interface Factor {
  readonly name: string
  /** Standard deviation of the prior of its logarithm. */
  readonly doubt: number
  /** The engine whose rows alone it moves. */
  readonly engine?: Engine
}

/**
 * How far a site may be from the shipped constants before its rows are asked. Estimates: memory systems differ little between
 * boards (clocks, ECC), kernels by version, links by fabric and topology, host code by CPU, version and tokenizer.
 */
const DOUBTS = { bandwidth: 0.15, compute: 0.2, links: 0.3, hostOverhead: 0.5, requestOverhead: 0.7 } as const

/** The factors of a set of engines: three of the cluster, two of each engine. */
export function factorsOf(engines: readonly Engine[]): Factor[] {
  const shared = (['bandwidth', 'compute', 'links'] as const).map((name) => ({ name, doubt: DOUBTS[name] }))
  const own = engines.flatMap((engine) =>
    (['hostOverhead', 'requestOverhead'] as const).map((name) => ({
      name: `${engine}.${name}`,
      doubt: DOUBTS[name],
      engine,
    })),
  )
  return [...shared, ...own]
}

/** Logarithms of the factors, in the order of `factorsOf`, as an adjustment. */
export function adjustmentOf(engines: readonly Engine[], logs: readonly number[]): Adjustment {
  const value = (i: number): number => Number(Math.exp(logs[i] ?? 0).toPrecision(6))
  return {
    bandwidth: value(0),
    compute: value(1),
    links: value(2),
    engines: Object.fromEntries(
      engines.map((engine, e) => [engine, { hostOverhead: value(3 + 2 * e), requestOverhead: value(4 + 2 * e) }]),
    ),
  }
}
