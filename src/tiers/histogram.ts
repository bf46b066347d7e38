import { type Issue, PincerError } from '../issue/index.ts'
import type { ExpertCount } from './routing.ts'

/** One line of a measured histogram: how often an expert was chosen. */
export interface HistogramRow {
  /** Line of the file, for faults. */
  readonly line: number
  /** Absent where one histogram stands for all layers. */
  readonly layer?: number
  readonly expert: number
  /** Of any scale; where `isShare` is set the share of the layer's choices, and those of a layer sum to one. */
  readonly count: number
  readonly isShare?: boolean
}

/** Shares are printed with a few digits: their sum may be off by this. */
const SHARES_OFF = 1e-3

/** The k experts of a token are distinct; a count that is a rounded share may exceed that by this much. */
const TOLERANCE = 1e-6

/**
 * Popularity from counts: π_e = k · count / all counts, exact whatever the router, since each token chooses k distinct
 * experts. Layers are taken in ascending order of their numbers, whether these count the dense layers or not.
 * @throws PincerError `invalid_value` with the file, line and column: an expert twice or out of range, counts that are
 * negative or sum to nothing, shares that do not sum to one, an expert chosen more than once per token, the wrong number of layers; `unsupported` for
 * layers of different numbers of experts
 */
export function histogramPopularity(
  rows: readonly HistogramRow[],
  layers: readonly ExpertCount[],
  file: string,
): readonly Float64Array[] {
  const shape = layers[0]!
  if (layers.some(({ experts, topk }) => experts !== shape.experts || topk !== shape.topk)) {
    const message = 'a histogram needs layers with equal numbers of experts, and this model has several kinds'
    throw new PincerError({ code: 'unsupported', path: [file], message })
  }
  const byLayer = new Map<number | undefined, HistogramRow[]>()
  for (const row of rows) {
    const known = byLayer.get(row.layer)
    if (known === undefined) byLayer.set(row.layer, [row])
    else known.push(row)
  }
  if (byLayer.size === 0) throw invalid([file], 'the file has no line below its header')
  const isShared = byLayer.has(undefined)
  if (!isShared && byLayer.size !== layers.length) {
    const message = `the file has ${byLayer.size} layers where the model has ${layers.length} with experts`
    throw invalid([file, 'layer'], message, 'leave the column "layer" out to use one histogram for all')
  }
  const numbers = [...byLayer.keys()].toSorted((a, b) => (a ?? 0) - (b ?? 0))
  const measured = numbers.map((layer) => layerPopularity(byLayer.get(layer)!, shape, file))
  return isShared ? layers.map(() => measured[0]!) : measured
}

function layerPopularity(rows: readonly HistogramRow[], { experts, topk }: ExpertCount, file: string): Float64Array {
  const counts = countsOf(rows, experts, file)
  const first = rows[0]!
  const about = first.layer === undefined ? '' : ` of layer ${first.layer}`
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (!(total > 0 && Number.isFinite(total)))
    throw invalid([file, `line ${first.line}`, 'count'], `the counts${about} sum to ${total}`, 'some must be above 0')
  if (first.isShare === true && Math.abs(total - 1) > SHARES_OFF) {
    const message = `the shares${about} sum to ${Number(total.toPrecision(6))}, not to 1`
    throw invalid([file, 'share'], message, 'name the column "count" for counts of any scale')
  }
  const chances = counts.map((count) => (topk * count) / total)
  const beyond = chances.findIndex((chance) => chance > 1 + TOLERANCE)
  if (beyond >= 0) {
    const share = ((100 * counts[beyond]!) / total).toPrecision(3)
    const row = rows.find(({ expert }) => expert === beyond)!
    const message = `expert ${beyond}${about} has ${share} % of the choices, but no token chooses one of its ${topk} experts twice`
    throw invalid([file, `line ${row.line}`, 'count'], message, `at most ${(100 / topk).toPrecision(3)} % can be`)
  }
  return chances.map((chance) => Math.min(1, chance)).toSorted((a, b) => b - a)
}

function countsOf(rows: readonly HistogramRow[], experts: number, file: string): Float64Array {
  const counts = new Float64Array(experts).fill(Number.NaN)
  const issues: Issue[] = []
  for (const { line, expert, count, isShare } of rows) {
    const column = isShare === true ? 'share' : 'count'
    const at = (name: string): string[] => [file, `line ${line}`, name]
    if (!Number.isInteger(expert) || expert < 0 || expert >= experts)
      issues.push(issue(at('expert'), `must be a whole number from 0 to ${experts - 1}, not ${expert}`))
    else if (!Number.isNaN(counts[expert])) issues.push(issue(at('expert'), `expert ${expert} stands twice`))
    else if (!(Number.isFinite(count) && count >= 0))
      issues.push(issue(at(column), `must be a number from 0 on, not ${count}`))
    else counts[expert] = count
  }
  if (issues.length > 0) throw new PincerError(issues.slice(0, MOST_ISSUES))
  const missing = counts.findIndex(Number.isNaN)
  if (missing < 0) return counts
  const layer = rows[0]!.layer
  const about = layer === undefined ? '' : `layer ${layer}: `
  const message = `${about}${rows.length} experts are counted where the model has ${experts}; expert ${missing} is missing`
  throw invalid([file, 'expert'], message, 'count each from 0 on, with 0 for those never chosen')
}

/** Faults of a file that are told at once. */
const MOST_ISSUES = 5

function issue(path: readonly string[], message: string, suggestion?: string): Issue {
  return { code: 'invalid_value', path, message, ...(suggestion === undefined ? {} : { suggestion }) }
}

function invalid(path: readonly string[], message: string, suggestion?: string): PincerError {
  return new PincerError(issue(path, message, suggestion))
}
