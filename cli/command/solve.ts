import {
  type Quantity,
  type Scenario,
  type Solution,
  type Target,
  PincerError,
  figureSvg,
  parseScenario,
  solutionFigure,
  solve,
  withParameter,
} from '../../src/index.ts'
import { type TextFile, isSamePlace, writeWholeFiles } from '../file/write.ts'
import { readJson } from '../file/json.ts'
import { chipInput } from '../input/chip.ts'
import { freeInput } from '../input/free.ts'
import { isPath, modelInput } from '../input/model.ts'
import { parseNumber } from '../input/number.ts'
import { type ScenarioOptions, scenarioInput } from '../input/scenario.ts'
import type { Io } from '../io.ts'
import { explanationText } from '../view/explanation.ts'
import { jsonText, writeJson } from '../view/json.ts'
import { Page } from '../view/page.ts'
import { solutionPage, solutionTexts } from '../view/solution.ts'
import type { SolveArguments, SolveOptions } from './solve-definition.ts'
import { solutionExplanations } from './solve-explanation.ts'

/** `pincer solve`: what would make a target true. */
export async function solveAction(options: SolveArguments, io: Io): Promise<void> {
  const [quantity, bound] = targetOf(options)
  const free = (options.free ?? []).map(freeInput)
  if (free.length === 0) throw missing('free', 'name what may move: --free price')
  const given = options as ScenarioOptions
  const scenario: Scenario = parseScenario(await scenarioInput(given, io.cwd))
  const against = await otherScenario(options, io.cwd)
  const target: Target = {
    quantity,
    bound,
    ...(against === undefined ? {} : { against }),
    ...(options.userSpeed === undefined ? {} : { userSpeed: parseNumber(options.userSpeed, ['userSpeed']) }),
  }
  checkPlaces(options, io.cwd)
  const solution = solve({ scenario, target, free })
  writeWholeFiles(filesOf(options, solution, scenario), io.cwd)
  const explanations = options.explain === true ? solutionExplanations(solution, scenario) : undefined
  if (options.json === true) {
    writeJson({ ...solution, explanations }, io)
    return
  }
  const page = solutionPage(solution, scenario, new Page(io), io)
  page.section('How the numbers come about', explanationText(explanations, io))
  page.write()
}

const TARGETS = ['speed', 'cost', 'ttft', 'energy', 'ratio'] as const satisfies readonly Quantity[]
/** Milliseconds in the option, seconds in the engine. */
const SCALE: Readonly<Partial<Record<Quantity, number>>> = { ttft: 1e-3 }

function targetOf(options: SolveOptions): readonly [Quantity, number] {
  const named = TARGETS.flatMap((quantity) => {
    const text = options[quantity]
    return text === undefined ? [] : [[quantity, (SCALE[quantity] ?? 1) * parseNumber(text, [quantity])] as const]
  })
  const [target, other] = named
  const names = TARGETS.map((name) => `--${name}`).join(', ')
  if (target === undefined) throw missing('target', `give one of ${names}`)
  if (other !== undefined) {
    const message = `--${target[0]} and --${other[0]} are two targets`
    throw new PincerError({ code: 'invalid_value', path: [other[0]], message, suggestion: `give one of ${names}` })
  }
  if (target[0] !== 'ratio' && options.against !== undefined) {
    const suggestion = 'give --ratio, or leave it out'
    throw new PincerError({ code: 'invalid_value', path: ['against'], message: 'belongs to --ratio', suggestion })
  }
  return target
}

function missing(field: string, suggestion: string): PincerError {
  return new PincerError({ code: 'missing_field', path: [field], message: 'is required', suggestion })
}

// The same question of another machine: its own layout, the same formats and load.
async function otherScenario(options: SolveArguments, cwd: string): Promise<Scenario | undefined> {
  const { against, againstModel, againstChips } = options
  if (against === undefined) return undefined
  const file = isPath(against) ? readJson(against, cwd) : undefined
  if (typeof file === 'object' && file !== null && 'model' in file) {
    return parseScenario(await scenarioInput({ scenario: against }, cwd))
  }
  const { scenario, model, precision, cacheFormat, workload, isl, osl, concurrency } = options as ScenarioOptions
  const kept = Object.entries({ scenario, model, precision, cacheFormat, workload, isl, osl, concurrency })
  const own = await scenarioInput(
    { ...Object.fromEntries(kept.filter(([, value]) => value !== undefined)), chip: 'h100-sxm' },
    cwd,
  )
  const { model: sameModel, precision: weights, cacheFormat: cache, workload: load } = own
  return parseScenario({
    model: againstModel === undefined ? sameModel : await modelInput(againstModel, cwd),
    chip: chipInput(against, cwd),
    ...(weights === undefined ? {} : { precision: weights }),
    ...(cache === undefined ? {} : { cacheFormat: cache }),
    ...(load === undefined ? {} : { workload: load }),
    ...(againstChips === undefined ? {} : { chips: parseNumber(againstChips, ['againstChips']) }),
  })
}

function checkPlaces({ svg, chipOut, chip, scenario }: SolveArguments, cwd: string): void {
  const files = Object.entries({ svg, chip, scenario }).filter((entry): entry is [string, string] => {
    return typeof entry[1] === 'string' && isPath(entry[1])
  })
  const same = chipOut === undefined ? undefined : files.find(([, path]) => isSamePlace(path, chipOut, cwd))
  if (same === undefined) return
  const message = `is the file of --${same[0]} too`
  throw new PincerError({ code: 'invalid_value', path: ['chip-out'], message, suggestion: 'give it a file of its own' })
}

function filesOf({ svg, chipOut }: SolveOptions, solution: Solution, scenario: Scenario): TextFile[] {
  const files: TextFile[] = []
  if (svg !== undefined) {
    const { title, subtitle } = solutionTexts(solution, scenario)
    files.push({ path: svg, text: figureSvg(solutionFigure(solution, title, subtitle)) })
  }
  if (chipOut !== undefined) files.push({ path: chipOut, text: chipText(solution, scenario) })
  return files
}

function chipText({ crossings, parameter, curve }: Solution, scenario: Scenario): string {
  const found = crossings[0]
  if (found === undefined || curve !== undefined) {
    throw new PincerError({
      code: 'invalid_value',
      path: ['chip-out'],
      message: curve === undefined ? 'there is no value to write' : 'a curve has no single chip',
      suggestion: 'solve for one parameter that crosses the target',
    })
  }
  const { chip } = withParameter(scenario, parameter.path, found.reached.at)
  if (chip === scenario.chip) {
    throw new PincerError({
      code: 'invalid_value',
      path: ['chip-out'],
      message: `${parameter.path} is no figure of a chip`,
      suggestion: 'leave it out',
    })
  }
  return `${jsonText(chip)}\n`
}
