import { findChip, parseChip } from '../catalog/index.ts'
import { parseMapping } from '../parallel/index.ts'
import { type Scenario, parseScenario } from '../predict/index.ts'
import type { Format } from '../units/index.ts'
import type { Candidate, SearchPlan, SearchQuestion } from './search-types.ts'

type Given = string | Readonly<Record<string, unknown>>

/**
 * The question as a scenario on one chip in one format, as `predict` would read it; which replica of it is asked is said later.
 * @throws PincerError as `parseScenario` does
 */
export function scenarioOn(question: SearchQuestion, given: Given, precision: Format | undefined): Scenario {
  const { model, workload, cacheFormat, speculation, utilisation, calibration } = question
  const chip = typeof given === 'string' ? findChip(given) : parseChip(given)
  const isGpu = chip.kind === 'hbm'
  const fields = {
    model,
    chip: given,
    precision,
    workload,
    cacheFormat,
    speculation,
    utilisation,
    chipHour: question.prices?.[chip.id],
    mapping: isGpu ? {} : undefined,
    calibration: isGpu ? calibration : undefined,
  }
  return parseScenario(Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)))
}

/** The scenarios of a plan's candidates; what candidates share is resolved once. */
export function scenarioReader({ question, chips }: SearchPlan): (candidate: Candidate) => Scenario {
  const known = new Map<string, Scenario>()
  return ({ chip, precision, engine, mapping, machines, tokenBudget }) => {
    const key = `${chip} ${precision}`
    let scenario = known.get(key)
    if (scenario === undefined) known.set(key, (scenario = scenarioOn(question, chips[chip]!.given, precision)))
    return {
      ...scenario,
      ...(engine === undefined ? {} : { engine }),
      ...(mapping === undefined ? {} : { mapping: parseMapping(mapping, scenario.model) }),
      ...(machines === undefined ? {} : { machines }),
      ...(tokenBudget === undefined ? {} : { tokenBudget }),
    }
  }
}
