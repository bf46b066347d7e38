import { PincerError } from '../issue/index.ts'
import { type LoadPrediction, type Scenario, prepareScenario } from '../predict/index.ts'
import { Frontier, isEarlier, miss, worth } from './ranking.ts'
import { Tally } from './refusal.ts'
import { planSearch } from './search-plan.ts'
import { scenarioReader } from './search-scenario.ts'
import type { SearchPart, SearchPlan, SearchPoint, SearchQuestion, SearchResult } from './search-types.ts'

const CACHE_FULL = 'more clients than the KV cache holds'
const NO_PRICE = 'no price is known for the chip'

/**
 * The deployments of a model worth having: the frontier of tokens per second of a user against tokens per second of a chip (or $ per
 * token), and the best that meets a goal. Every number is that of `predict`.
 * @throws PincerError as `planSearch` does
 */
export function search(question: SearchQuestion): SearchResult {
  const plan = planSearch(question)
  return searchResult(plan, [searchPart(plan, 0, plan.candidates.length)])
}

/**
 * Tries the candidates `from` to `to` (exclusive) of a plan under all its loads. Parts need nothing of each other: a plan may be
 * divided among workers, or among the pauses of a page.
 * @param see is told of every configuration that has numbers, in the order of the plan
 */
export function searchPart(plan: SearchPlan, from: number, to: number, see?: (point: SearchPoint) => void): SearchPart {
  const chosen = new Choice(plan.question)
  const refused = new Tally()
  const read = scenarioReader(plan)
  const loads = plan.concurrencies.length
  let tried = 0
  for (let place = from; place < Math.min(to, plan.candidates.length); place++) {
    const deployment = plan.candidates[place]!
    const scenario = read(deployment)
    const served = loadsOf(scenario, plan.concurrencies, refused)
    for (const [i, load] of served.entries()) {
      const { precision } = scenario
      const point = { chip: scenario.chip.id, precision, deployment, place: place * loads + i, load }
      see?.(point)
      chosen.offer(point, refused)
    }
    tried += served.length
  }
  return { tried, refused: refused.list(), ...chosen.result() }
}

/** What a whole plan has come to, from the parts into which it was divided, in any order. */
export function searchResult(plan: SearchPlan, parts: readonly SearchPart[]): SearchResult {
  const { question, model, workload, chips, candidates } = plan
  const chosen = new Choice(question)
  const refused = new Tally()
  refused.addAll(plan.refused)
  for (const part of parts) {
    refused.addAll(part.refused)
    for (const point of [...part.frontier, part.best, part.nearest]) if (point !== undefined) chosen.offer(point)
  }
  return {
    schema: 'pincer.search.v1',
    model,
    workload,
    by: question.by ?? 'chip',
    goal: question.goal ?? {},
    chips: chips.map(({ id }) => id),
    deployments: candidates.length,
    tried: parts.reduce((sum, part) => sum + part.tried, 0),
    refused: refused.list(),
    ...chosen.result(),
  }
}

// Up to what the cache holds; more clients would only wait.
function loadsOf(scenario: Scenario, loads: readonly number[], refused: Tally): LoadPrediction[] {
  const served: LoadPrediction[] = []
  try {
    const prepared = prepareScenario(scenario)
    for (const concurrency of loads) {
      const load = prepared.load(concurrency)
      if (load.batch.capacity < concurrency) {
        refused.add(CACHE_FULL, loads.length - served.length)
        break
      }
      served.push(load)
    }
  } catch (error) {
    if (!(error instanceof PincerError)) throw error
    refused.add(error.issues[0]?.message ?? error.message, loads.length - served.length)
  }
  return served
}

/** The frontier and the best of the points offered. */
class Choice {
  private readonly by: NonNullable<SearchQuestion['by']>
  private readonly goal: NonNullable<SearchQuestion['goal']>
  private readonly frontier = new Frontier()
  private best: SearchPoint | undefined
  private nearest: SearchPoint | undefined

  constructor({ by = 'chip', goal = {} }: SearchQuestion) {
    this.by = by
    this.goal = goal
  }

  offer(point: SearchPoint, refused?: Tally): void {
    const its = worth(point, this.by)
    if (its === undefined) {
      refused?.add(NO_PRICE, 1)
      return
    }
    this.frontier.offer(point, its)
    if (miss(point, this.goal) > 1) this.nearest = this.closer(point)
    else if (this.best === undefined || this.isBetter(point, its, this.best)) this.best = point
  }

  result(): Pick<SearchPart, 'frontier' | 'best' | 'nearest'> {
    return {
      frontier: this.frontier.list(),
      ...(this.best === undefined ? {} : { best: this.best }),
      ...(this.best !== undefined || this.nearest === undefined ? {} : { nearest: this.nearest }),
    }
  }

  private isBetter(point: SearchPoint, its: number, best: SearchPoint): boolean {
    const before = worth(best, this.by) ?? Number.NEGATIVE_INFINITY
    return its === before ? isEarlier(point, best) : its > before
  }

  private closer(point: SearchPoint): SearchPoint {
    if (this.nearest === undefined) return point
    const [its, least] = [miss(point, this.goal), miss(this.nearest, this.goal)]
    return its < least || (its === least && isEarlier(point, this.nearest)) ? point : this.nearest
  }
}
