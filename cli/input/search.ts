import { PincerError, type SearchQuestion, type ServiceGoal, WORKLOADS, chips, nearest } from '../../src/index.ts'
import { calibrationInput } from './calibration.ts'
import { type ChipInput, chipInput } from './chip.ts'
import { modelInput } from './model.ts'
import { parseNumber, parseNumberIn } from './number.ts'
import { priceInput } from './price.ts'
import { workloadInput } from './workload.ts'

/** The options of a search, as the command line holds them. */
export interface SearchOptions {
  readonly chips?: string
  readonly precisions?: string
  readonly engines?: string
  readonly concurrencies?: string
  readonly workload?: string
  readonly isl?: string
  readonly osl?: string
  readonly cacheFormat?: string
  readonly prices?: string
  readonly utilisation?: string
  readonly calibration?: string
  readonly specDraft?: string
  readonly specAcceptance?: string
  readonly by?: string
  readonly sloTtft?: string
  readonly sloTpot?: string
  readonly userSpeed?: string
  readonly csv?: boolean
  readonly out?: string
  readonly json?: boolean
  readonly explain?: boolean
}

const MEASURES = ['chip', 'cost'] as const
const ALL = 'all'
const MOST_MS = 1e9

/**
 * What to search, as options say it; ids, formats and engines are checked by the engine.
 * @throws PincerError for files and numbers that cannot be read, and an unknown measure
 */
export async function searchInput(model: string, options: SearchOptions, cwd: string): Promise<SearchQuestion> {
  const specs = chipSpecs(options)
  const machines = specs?.map((spec) => chipInput(spec, cwd))
  const { cacheFormat, prices, utilisation, calibration, precisions, engines, concurrencies } = options
  const given = {
    model: await modelInput(model, cwd),
    chips: machines,
    precisions: listed(precisions)?.map((format) => format.toLowerCase()),
    engines: listed(engines)?.map((engine) => engine.toLowerCase()),
    concurrencies: listed(concurrencies)?.map((text, i) => parseNumber(text, ['concurrencies', i])),
    workload: workload(options, cwd),
    cacheFormat: cacheFormat?.toLowerCase(),
    speculation: speculation(options),
    prices: prices === undefined ? undefined : Object.fromEntries(priceInput(prices, cwd, ownIds(machines ?? []))),
    utilisation: utilisation === undefined ? undefined : parseNumber(utilisation, ['utilisation']),
    calibration: calibration === undefined ? undefined : calibrationInput(calibration, cwd),
    goal: goalOf(options),
    by: options.by === undefined ? undefined : measure(options.by),
  }
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as unknown as SearchQuestion
}

/** The chips as they were named, in the order of the question; undefined for the default ones. */
export function chipSpecs({ chips: text }: SearchOptions): string[] | undefined {
  if (text?.trim() !== ALL) return listed(text)
  return chips()
    .filter(({ kind }) => kind === 'hbm')
    .map(({ id }) => id)
}

function listed(text: string | undefined): string[] | undefined {
  return text
    ?.split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

function ownIds(machines: readonly ChipInput[]): string[] {
  return machines.flatMap((chip) =>
    typeof chip === 'object' && 'id' in chip && typeof chip.id === 'string' ? [chip.id] : [],
  )
}

function workload(options: SearchOptions, cwd: string): unknown {
  const { isl, osl } = options
  const whole = options.workload === undefined ? undefined : workloadInput(options.workload, cwd)
  if (isl === undefined && osl === undefined) return whole
  const fields = typeof whole === 'string' ? WORKLOADS.get(whole) : whole
  return {
    ...(fields as object | undefined),
    ...(isl === undefined ? {} : { isl: parseNumber(isl, ['workload', 'isl']) }),
    ...(osl === undefined ? {} : { osl: parseNumber(osl, ['workload', 'osl']) }),
  }
}

function speculation({ specDraft, specAcceptance }: SearchOptions): object | undefined {
  if (specDraft === undefined && specAcceptance === undefined) return undefined
  return {
    ...(specDraft === undefined ? {} : { draft: parseNumber(specDraft, ['speculation', 'draft']) }),
    ...(specAcceptance === undefined ? {} : { acceptance: parseNumber(specAcceptance, ['speculation', 'acceptance']) }),
  }
}

function goalOf({ sloTtft, sloTpot, userSpeed }: SearchOptions): ServiceGoal | undefined {
  const seconds = (text: string, name: string): number => parseNumberIn(text, [name], { above: 0, to: MOST_MS }) / 1000
  const goal = {
    ...(sloTtft === undefined ? {} : { ttft: seconds(sloTtft, 'slo-ttft') }),
    ...(sloTpot === undefined ? {} : { tpot: seconds(sloTpot, 'slo-tpot') }),
    ...(userSpeed === undefined ? {} : { userSpeed: parseNumberIn(userSpeed, ['userSpeed'], { above: 0, to: 1e6 }) }),
  }
  return Object.keys(goal).length === 0 ? undefined : goal
}

function measure(text: string): (typeof MEASURES)[number] {
  const found = MEASURES.find((one) => one === text.toLowerCase())
  if (found !== undefined) return found
  const near = nearest(text, MEASURES)
  throw new PincerError({
    code: 'invalid_value',
    path: ['by'],
    message: `unknown measure "${text.slice(0, 40)}"`,
    suggestion: near === undefined ? `use ${MEASURES.join(' or ')}` : `did you mean "${near}"?`,
  })
}
