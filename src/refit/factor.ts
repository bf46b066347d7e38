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
 * boards (clocks, ECC), kernels by version, links by fabric and topology, launches by clocks and driver, host code by CPU, version
 * and tokenizer.
 */
const DOUBTS = {
  bandwidth: 0.15,
  compute: 0.2,
  links: 0.3,
  launch: 0.3,
  hostOverhead: 0.5,
  requestOverhead: 0.7,
} as const

const CHIP_FACTORS = ['bandwidth', 'compute', 'links'] as const
const HOST_FACTORS = ['hostOverhead', 'requestOverhead'] as const

/** Factors of kernels timed alone: of the chip and its links, and of launches, which runs cannot tell from the host's overhead. */
export function kernelFactors(): Factor[] {
  return [...CHIP_FACTORS, 'launch' as const].map((name) => ({ name, doubt: DOUBTS[name] }))
}

/** The factors of a set of engines: those of the chip (as told, else three), two of each engine. */
export function factorsOf(
  engines: readonly Engine[],
  chip: readonly Factor[] = CHIP_FACTORS.map((name) => ({ name, doubt: DOUBTS[name] })),
): Factor[] {
  const own = engines.flatMap((engine) =>
    HOST_FACTORS.map((name) => ({ name: `${engine}.${name}`, doubt: DOUBTS[name], engine })),
  )
  return [...chip, ...own]
}

/** Factors by their logarithms as an adjustment; what no factor is for stays as shipped. */
export function adjustmentOf(factors: readonly Factor[], logs: readonly number[]): Adjustment {
  const value = (name: string): number => {
    const at = factors.findIndex((factor) => factor.name === name)
    return at < 0 ? 1 : Number(Math.exp(logs[at]!).toPrecision(6))
  }
  const engines = [...new Set(factors.flatMap(({ engine }) => engine ?? []))]
  return {
    bandwidth: value('bandwidth'),
    compute: value('compute'),
    links: value('links'),
    ...(factors.some(({ name }) => name === 'launch') ? { launch: value('launch') } : {}),
    engines: Object.fromEntries(
      engines.map((engine) => [
        engine,
        { hostOverhead: value(`${engine}.hostOverhead`), requestOverhead: value(`${engine}.requestOverhead`) },
      ]),
    ),
  }
}
