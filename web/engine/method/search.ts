import {
  type Prediction,
  type SearchPart,
  type SearchPlan,
  type SearchPoint,
  type SearchQuestion,
  type SearchResult,
  type Source,
  isKnown,
  parseScenario,
  planSearch,
  predictScenario,
  searchPart,
  searchResult,
} from '../../../src/index.ts'
import { citedSources } from '../cited.ts'
import type { Call } from '../protocol.ts'
import { pointId } from '../search-point.ts'

/** What a search will try, in short. */
export interface SearchOutline extends Pick<SearchPlan, 'model' | 'workload' | 'concurrencies'> {
  /** By their place in the question, with the configurations of each. */
  readonly chips: readonly { readonly id: string; readonly configurations: number }[]
}

/** Every configuration of one machine that has numbers, as columns. */
export interface Cloud {
  /** Places in the plan. */
  readonly place: Int32Array
  /** Tokens per second of a user; output tokens per second of a chip. */
  readonly speed: Float64Array
  readonly perChip: Float64Array
  /** $ per million output tokens; NaN where no price is known. */
  readonly cost: Float64Array
}

/** What the configurations of one machine have come to. */
export interface MachineSearch {
  readonly part: SearchPart
  readonly cloud: Cloud
  /** Its deployments in the order of the plan, and the place of the first among all. */
  readonly deployments: readonly SearchPoint['deployment'][]
  readonly first: number
}

/** One configuration in full. */
export interface PointDetail {
  readonly id: string
  readonly chip: string
  readonly place: number
  readonly deployment: SearchPoint['deployment']
  readonly prediction: Omit<Prediction, 'decodeStep' | 'prefillStep'>
}

export interface Details {
  readonly points: readonly PointDetail[]
  /** Ids that name no configuration of the search. */
  readonly missing: readonly string[]
  readonly sources: Readonly<Record<string, Source>>
}

/** Deployments tried between two looks at the page's messages: about 20 ms. */
const PIECE = 16

async function machine(
  { question, chip }: { question: SearchQuestion; chip: number },
  call: Call,
): Promise<MachineSearch> {
  const plan = planOf(question)
  const [from, to] = stretchOf(plan, chip)
  const loads = plan.concurrencies.length
  const columns = new Columns((to - from) * loads)
  const parts: SearchPart[] = []
  for (let at = from; at < to; at += PIECE) {
    const end = Math.min(to, at + PIECE)
    parts.push(searchPart(plan, at, end, columns.add))
    call.progress((end - from) * loads, (to - from) * loads)
    await call.pause()
  }
  // What the plan itself refuses belongs to no machine.
  const { tried, refused, frontier, best, nearest } = searchResult({ ...plan, refused: [] }, parts)
  return {
    part: {
      tried,
      refused,
      frontier,
      ...(best === undefined ? {} : { best }),
      ...(nearest === undefined ? {} : { nearest }),
    },
    cloud: columns.cloud(),
    deployments: plan.candidates.slice(from, to),
    first: from,
  }
}

class Columns {
  private readonly place: Int32Array
  private readonly speed: Float64Array
  private readonly perChip: Float64Array
  private readonly cost: Float64Array
  private count = 0

  constructor(most: number) {
    this.place = new Int32Array(most)
    this.speed = new Float64Array(most)
    this.perChip = new Float64Array(most)
    this.cost = new Float64Array(most)
  }

  readonly add = ({ place, load: { throughput, perMtokOutput } }: SearchPoint): void => {
    const at = this.count++
    this.place[at] = place
    this.speed[at] = throughput.perUser.value
    this.perChip[at] = throughput.outputPerChip.value
    this.cost[at] = isKnown(perMtokOutput) ? perMtokOutput.value : Number.NaN
  }

  cloud(): Cloud {
    const { count } = this
    // `slice`: what is sent to the page is the whole buffer.
    return {
      place: this.place.slice(0, count),
      speed: this.speed.slice(0, count),
      perChip: this.perChip.slice(0, count),
      cost: this.cost.slice(0, count),
    }
  }
}

let known: { readonly key: string; readonly plan: SearchPlan } | undefined

// A page asks many things of one search: its plan is made once per worker.
function planOf(question: SearchQuestion): SearchPlan {
  const key = JSON.stringify(question)
  if (known?.key !== key) known = { key, plan: planSearch(question) }
  return known.plan
}

// Candidates are listed machine by machine.
function stretchOf({ candidates }: SearchPlan, chip: number): [number, number] {
  const from = candidates.findIndex((candidate) => candidate.chip === chip)
  if (from === -1) return [0, 0]
  return [from, candidates.findLastIndex((candidate) => candidate.chip === chip) + 1]
}

function outlineOf(question: SearchQuestion): SearchOutline {
  const { model, workload, concurrencies, chips, candidates } = planOf(question)
  return {
    model,
    workload,
    concurrencies,
    chips: chips.map(({ id }, chip) => ({
      id,
      configurations: candidates.filter((candidate) => candidate.chip === chip).length * concurrencies.length,
    })),
  }
}

function result({ question, parts }: { question: SearchQuestion; parts: readonly SearchPart[] }): SearchResult {
  return searchResult(planOf(question), parts)
}

interface DetailQuestion {
  readonly question: SearchQuestion
  readonly places: readonly number[]
  readonly ids: readonly string[]
}

function details({ question, places, ids }: DetailQuestion): Details {
  const searched = planOf(question)
  const named = placesOf(searched, ids)
  const wanted = [...new Set([...named.values(), ...places])]
  const points = wanted.flatMap((place) => detailOf(searched, place) ?? [])
  return {
    points,
    missing: ids.filter((id) => !points.some((point) => point.id === id)),
    sources: citedSources(
      points.flatMap(({ prediction: { evidence, cost } }) => [
        ...evidence.sources,
        ...(isKnown(cost.chipHour) ? [cost.chipHour.source] : []),
      ]),
    ),
  }
}

function placesOf({ candidates, chips, concurrencies }: SearchPlan, ids: readonly string[]): Map<string, number> {
  const wanted = new Set(ids)
  const found = new Map<string, number>()
  if (wanted.size === 0) return found
  for (const [at, candidate] of candidates.entries()) {
    for (const [load, clients] of concurrencies.entries()) {
      const id = pointId(chips[candidate.chip]!.id, candidate, clients)
      if (wanted.has(id)) found.set(id, at * concurrencies.length + load)
    }
  }
  return found
}

function detailOf(searched: SearchPlan, place: number): PointDetail | undefined {
  const { question, candidates, chips, concurrencies, workload } = searched
  const candidate = candidates[Math.floor(place / concurrencies.length)]
  const clients = concurrencies[place % concurrencies.length]
  if (candidate === undefined || clients === undefined) return undefined
  const { chip: at, ...replica } = candidate
  const { id: chip, given } = chips[at]!
  const chipHour = question.prices?.[chip]
  const scenario = parseScenario({
    model: question.model,
    chip: given,
    ...replica,
    workload: { ...workload, concurrency: clients },
    ...(chipHour === undefined ? {} : { chipHour }),
  })
  const { decodeStep: _decode, prefillStep: _prefill, ...prediction } = predictScenario(scenario)
  return { id: pointId(chip, candidate, clients), chip, place, deployment: candidate, prediction }
}

export const methods = { plan: outlineOf, machine, result, details }
