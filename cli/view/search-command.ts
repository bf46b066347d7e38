import type { SearchPoint, SearchResult } from '../../src/index.ts'
import { DEGREES, flagName } from '../input/degree.ts'
import type { ScenarioOptions } from '../input/scenario.ts'
import type { SearchOptions } from '../input/search.ts'

/** A search as its options named it: what its points have in common. */
export interface Asked {
  readonly model: string
  readonly options: SearchOptions
  /** As they were named, in the order of the question. */
  readonly chips: readonly string[]
  readonly prices: Readonly<Record<string, number>>
}

const HARNESS_SPREAD = 0.8

/** The options of `pincer predict` that ask for one point. */
export function predictOptions(point: SearchPoint, asked: Asked, { workload }: SearchResult): ScenarioOptions {
  const { deployment, chip, load } = point
  const { cacheFormat, utilisation, calibration, specDraft, specAcceptance } = asked.options
  const { isl, osl, spread } = workload
  const degrees = DEGREES.map((degree) => [degree, text(deployment.mapping?.[degree])] as const)
  const lengths = { isl, osl, spread, concurrency: load.concurrency }
  const given: Readonly<Record<string, string | undefined>> = {
    model: asked.model,
    chip: asked.chips[deployment.chip],
    chips: text(deployment.machines),
    precision: deployment.precision,
    engine: deployment.engine,
    ...Object.fromEntries(degrees),
    workload: spread === HARNESS_SPREAD ? `${isl}/${osl}@${load.concurrency}` : JSON.stringify(lengths),
    cacheFormat,
    price: text(asked.prices[chip]),
    utilisation,
    calibration: deployment.engine === undefined ? undefined : calibration,
    specDraft,
    specAcceptance,
  }
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

/** The command that asks for one point, for a shell. */
export function predictLine(point: SearchPoint, asked: Asked, result: SearchResult): string {
  const options = Object.entries(predictOptions(point, asked, result))
  return ['pincer predict', ...options.map(([name, value]) => `--${flagName(name)} ${quoted(String(value))}`)].join(' ')
}

function text(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value)
}

// What a shell would take apart or act on stands in single quotes.
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
