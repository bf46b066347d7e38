import { type Chip, isKnown } from '../catalog/index.ts'
import { type IssueCode, PincerError, nearest } from '../issue/index.ts'
import { type MappingInput, parseMapping } from '../parallel/index.ts'
import { MEASURED_CHIPS, type Scenario, holdsModel, predictScenario } from '../predict/index.ts'
import { ENGINES, type Engine, isEngine } from '../step/index.ts'
import { type Format, OPERAND_BITS } from '../units/index.ts'
import { nodeMappings, widerMappings } from './candidate-mapping.ts'
import { Tally } from './refusal.ts'
import { scenarioOn } from './search-scenario.ts'
import type { Candidate, SearchPlan, SearchQuestion, ServiceGoal } from './search-types.ts'

/** Two loads per doubling: 1, 2, 3, 4, 6, 8, 12 … 4096. */
const USUAL_LOADS: readonly number[] = Array.from({ length: 13 }, (_, i) => 2 ** i).flatMap((n) =>
  n < 2 || n >= 4096 ? [n] : [n, n * 1.5],
)
const MOST_CLIENTS = 1e6
const MOST_TOKENS = 1e8
/** SRAM systems tried, over the smallest that holds the model. */
const SYSTEM_SIZES = [1, 1.25, 1.5, 2, 3, 4]
const NOT_DIVIDED = 'the mapping does not divide the model'
const NOT_HELD = 'weights and one sequence exceed the memory'

/**
 * All configurations that a question is about, checked as far as they can be without timing one.
 * @throws PincerError for unknown models, chips and formats, numbers out of range, and lists without entries
 */
export function planSearch(question: SearchQuestion): SearchPlan {
  checkGoal(question.goal ?? {})
  for (const [i, engine] of (question.engines ?? []).entries()) checkEngine(engine, i)
  for (const [i, budget] of (question.tokenBudgets ?? []).entries())
    checkWhole(budget, ['tokenBudgets', i], MOST_TOKENS)
  const concurrencies = loadsOf(question)
  const given = nonEmpty(question.chips ?? MEASURED_CHIPS, 'chips')
  for (const field of ['precisions', 'engines', 'mappings', 'tokenBudgets'] as const) nonEmpty(question[field], field)
  const refused = new Tally()
  const bases = given.map((chip) => baseScenario(question, chip))
  const candidates = bases.flatMap((base, chip) =>
    (question.precisions ?? usualPrecisions(base)).flatMap((precision) => {
      const scenario = precision === undefined ? base : scenarioOn(question, given[chip]!, precision)
      const replicas = base.chip.kind === 'sram' ? systems : deployments
      const common = { chip, ...(precision === undefined ? {} : { precision }) }
      return replicas(question, scenario, { refused, loads: concurrencies.length }).map((one) => ({
        ...common,
        ...one,
      }))
    }),
  )
  const [{ model, workload }] = bases as [Scenario]
  const { isl, osl, spread } = workload
  return {
    question,
    model: { id: model.id, name: model.name },
    chips: bases.map(({ chip }, i) => ({ id: chip.id, given: given[i]! })),
    workload: { isl, osl, spread },
    concurrencies,
    candidates,
    refused: refused.list(),
  }
}

function baseScenario(question: SearchQuestion, chip: SearchQuestion['model']): Scenario {
  const scenario = scenarioOn(question, chip, undefined)
  if (scenario.workload.rounds === undefined) return scenario
  throw fault(['workload', 'rounds'], 'has no meaning in a search, which asks for the steady state', 'leave it out')
}

/** Where refusals are counted, and for how many configurations each stands. */
interface Count {
  readonly refused: Tally
  readonly loads: number
}

type Replica = Omit<Candidate, 'chip' | 'precision'>

function deployments(question: SearchQuestion, scenario: Scenario, { refused, loads }: Count): Replica[] {
  const { model, chip } = scenario
  const engines = question.engines ?? usualEngines(chip)
  const budgets = question.tokenBudgets?.map((tokenBudget) => ({ tokenBudget })) ?? [{}]
  const copies = engines.length * budgets.length * loads
  const held = (mappings: readonly MappingInput[]): MappingInput[] =>
    mappings.filter((mapping) => isHeld(scenario, mapping, refused, copies))
  const asked = held(question.mappings ?? nodeMappings(model, chip))
  const isTooLarge = asked.length === 0 && question.mappings === undefined
  const usable = isTooLarge ? held(widerMappings(model, chip)) : asked
  return usable.flatMap((mapping) =>
    budgets.flatMap((budget) => engines.map((engine) => ({ engine, mapping, ...budget }))),
  )
}

// Engines leave different shares of memory, but all raise them for a model that just fits.
function isHeld(scenario: Scenario, input: MappingInput, refused: Tally, count: number): boolean {
  try {
    if (holdsModel({ ...scenario, mapping: parseMapping(input, scenario.model) })) return true
    refused.add(NOT_HELD, count)
  } catch (error) {
    refused.add(reasonOf(error), count)
  }
  return false
}

const REASONS: Readonly<Partial<Record<IssueCode, string>>> = { invalid_mapping: NOT_DIVIDED, does_not_fit: NOT_HELD }

// What is no fault of an input is one of the program.
function reasonOf(error: unknown): string {
  if (!(error instanceof PincerError)) throw error
  const [issue] = error.issues
  return issue === undefined ? error.message : (REASONS[issue.code] ?? issue.message)
}

// Systems of the fewest machines that hold the weights, and of more, whose spare memory holds more users.
function systems(_: SearchQuestion, scenario: Scenario, { refused, loads }: Count): Replica[] {
  try {
    const { chips } = predictScenario({ ...scenario, workload: { ...scenario.workload, concurrency: 1 } })
    return [...new Set(SYSTEM_SIZES.map((size) => Math.ceil(chips * size)))].map((machines) => ({ machines }))
  } catch (error) {
    refused.add(reasonOf(error), loads)
    return []
  }
}

/**
 * The checkpoint's format and, since models are customarily quantised for serving, the 8- and 4-bit formats narrower than it that
 * the chip multiplies in. What quantising does to a model's answers is not looked at.
 */
function usualPrecisions({ model, chip }: Scenario): (Format | undefined)[] {
  if (chip.kind === 'sram') return [undefined]
  const own = model.checkpoint.ffn
  const narrower = (['fp8', 'fp4'] as const).filter((format) => {
    const peak = chip.peak[format]
    return peak !== undefined && isKnown(peak) && OPERAND_BITS[format] < OPERAND_BITS[own]
  })
  return [undefined, ...narrower]
}

function usualEngines(chip: Chip): readonly Engine[] {
  return chip.vendor.startsWith('NVIDIA') ? ENGINES : ENGINES.filter((engine) => engine !== 'trtllm')
}

function loadsOf({ concurrencies }: SearchQuestion): readonly number[] {
  const loads = nonEmpty(concurrencies ?? USUAL_LOADS, 'concurrencies')
  for (const [i, clients] of loads.entries()) checkWhole(clients, ['concurrencies', i], MOST_CLIENTS)
  return [...new Set(loads)].toSorted((a, b) => a - b)
}

function checkWhole(value: number, path: readonly (string | number)[], most: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return
  throw fault(path, `is ${value}`, `give a whole number from 1 to ${most}`)
}

function checkEngine(engine: string, place: number): void {
  if (isEngine(engine)) return
  const near = nearest(engine, ENGINES)
  const suggestion = near === undefined ? `use one of ${ENGINES.join(', ')}` : `did you mean "${near}"?`
  throw fault(['engines', place], `unknown engine "${engine.slice(0, 40)}"`, suggestion)
}

function checkGoal(goal: ServiceGoal): void {
  for (const [name, value] of Object.entries(goal)) {
    if (value === undefined || (value > 0 && Number.isFinite(value))) continue
    throw fault(['goal', name], `is ${value}`, 'give a number above 0')
  }
}

function nonEmpty<T extends readonly unknown[] | undefined>(list: T, field: string): T {
  if (list === undefined || list.length > 0) return list
  throw fault([field], 'is empty: nothing is left to search', 'name at least one')
}

function fault(path: readonly (string | number)[], message: string, suggestion: string): PincerError {
  return new PincerError({ code: 'invalid_value', path, message, suggestion })
}
