import {
  type Cell,
  type CellQuestion,
  type CompareOptions,
  type Comparison,
  type ComparisonPlan,
  type Source,
  type Verdict,
  comparisonCell,
  comparisonResult,
  findSource,
  isKnown,
  planComparison,
  verdicts,
} from '../../../src/index.ts'

/** The 2 × 2 with the verdicts on the claims, as `pincer compare --json` prints them, and the publications they cite. */
export interface PincerAnswer {
  readonly comparison: Comparison
  readonly verdicts: readonly Verdict[]
  readonly sources: Readonly<Record<string, Source>>
}

/** Everything at once, as while the app is built; a page asks plan, cells and result one by one. */
export function pincerAnswer(options: CompareOptions): PincerAnswer {
  const plan = planComparison(options)
  return result({ plan, cells: plan.cells.map(comparisonCell) })
}

function result({ plan, cells }: { plan: ComparisonPlan; cells: readonly Cell[] }): PincerAnswer {
  const comparison = comparisonResult(plan, cells)
  const judged = verdicts({ comparison })
  return { comparison, verdicts: judged, sources: sourcesOf(comparison, judged) }
}

function sourcesOf({ cells }: Comparison, judged: readonly Verdict[]): Record<string, Source> {
  const ids = new Set([
    ...cells.flatMap(citedBy),
    ...judged.flatMap(({ claim, evidence }) => [claim.source, ...evidence.sources]),
  ])
  return Object.fromEntries([...ids].flatMap((id) => known(id)))
}

function citedBy({ cheapest, fast }: Cell): string[] {
  return [cheapest, fast].flatMap((point) => {
    if ('unreachable' in point) return []
    const { chipHour } = point.cost
    const { power } = point.energy
    return [
      ...point.evidence.sources,
      ...(isKnown(chipHour) ? [chipHour.source] : []),
      ...(isKnown(power) ? [power.source] : []),
    ]
  })
}

// "given" and "derived" are no publications.
function known(id: string): [string, Source][] {
  try {
    return [[id, findSource(id)]]
  } catch {
    return []
  }
}

export const methods = {
  plan: (options: CompareOptions): ComparisonPlan => planComparison(options),
  cell: (question: CellQuestion): Cell => comparisonCell(question),
  result,
}
