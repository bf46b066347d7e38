import {
  type ApiComparison,
  type Chip,
  type ChipCost,
  type Prediction,
  type Scenario,
  type TaskBill,
  type TcoQuestion,
  type TokenBill,
  PincerError,
  apiComparison,
  askedInput,
  chipBill,
  chipCost,
  findChip,
  isBuildUp,
  parseChip,
  parseScenario,
  parseTco,
  predictScenario,
  taskBills,
  tokenBill,
} from '../../src/index.ts'
import { chipInput } from '../input/chip.ts'
import { parseNumber } from '../input/number.ts'
import { scenarioInput } from '../input/scenario.ts'
import { tcoInput } from '../input/tco.ts'
import type { Io } from '../io.ts'
import { chipBillPage } from '../view/chip-bill.ts'
import { explanationText } from '../view/explanation.ts'
import { writeJson } from '../view/json.ts'
import { Page } from '../view/page.ts'
import { tokenBillPage } from '../view/token-bill.ts'
import type { CostOptions } from './cost-definition.ts'
import { costExplanations } from './cost-explanation.ts'

/** What `pincer cost` found out: a chip's bill, and where a model was named what its tokens cost. */
export interface CostReport extends ChipCost {
  readonly deployment?: {
    readonly prediction: Prediction
    readonly utilisation: number
    readonly tokens: TokenBill
    readonly tasks: readonly TaskBill[]
    readonly api: readonly ApiComparison[]
  }
}

/** `pincer cost`: a chip-hour part by part, and with a model what tokens, requests and tasks cost. */
export async function costAction(options: CostOptions, io: Io): Promise<void> {
  const isServing = options.model !== undefined || options.scenario !== undefined
  const scenario = isServing ? parseScenario(await scenarioInput(options, io.cwd)) : undefined
  const asked = scenario === undefined ? chipQuestion(options, io.cwd) : scenarioQuestion(scenario)
  if (options.printInputs === true) {
    writeJson(inputFile(asked), io)
    return
  }
  const report = costReport(asked, scenario)
  const explanations = options.explain === true ? costExplanations(report) : undefined
  if (options.json === true) {
    writeJson({ ...report, explanations }, io)
    return
  }
  const page = new Page(io)
  if (report.deployment !== undefined) tokenBillPage(report.deployment, report, page, io)
  chipBillPage(report, page, io)
  page.section('How the numbers come about', explanationText(explanations, io))
  page.write()
}

interface CostQuestion {
  readonly chip: Chip
  readonly question: TcoQuestion
  readonly chips: number | undefined
  readonly utilisation: number | undefined
}

function scenarioQuestion({ chip, tco, utilisation }: Scenario): CostQuestion {
  return { chip, question: tco ?? { inputs: {} }, chips: undefined, utilisation }
}

/** Options that a chip alone leaves nothing to do with: all but these need a model. */
const OF_A_CHIP: ReadonlySet<string> = new Set([
  'chip',
  'chips',
  'utilisation',
  'owner',
  'tco',
  'set',
  'printInputs',
  'json',
  'explain',
])

function chipQuestion(options: CostOptions, cwd: string): CostQuestion {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || OF_A_CHIP.has(name)) continue
    const suggestion = 'give --model too, or leave it out'
    throw new PincerError({ code: 'missing_field', path: [name], message: 'needs a model', suggestion })
  }
  const raw = tcoInput(options, undefined, cwd)
  const spec = options.chip ?? chipOfFile(raw)
  if (spec === undefined) {
    const suggestion = 'give --chip; "pincer catalog chips" lists them'
    throw new PincerError({ code: 'missing_field', path: ['chip'], message: 'is required', suggestion })
  }
  const given = chipInput(spec, cwd)
  return {
    chip: typeof given === 'string' ? findChip(given) : parseChip(given),
    question: withUse(raw === undefined ? { inputs: {} } : parseTco(raw, ['tco']), options.utilisation),
    chips: options.chips === undefined ? undefined : wholeChips(options.chips),
    utilisation: undefined,
  }
}

function chipOfFile(raw: unknown): string | undefined {
  const chip = typeof raw === 'object' && raw !== null ? (raw as { chip?: unknown }).chip : undefined
  return typeof chip === 'string' ? chip : undefined
}

function withUse(question: TcoQuestion, text: string | undefined): TcoQuestion {
  if (text === undefined) return question
  const { utilisation } = parseTco({ inputs: { utilisation: parseNumber(text, ['utilisation']) } }).inputs
  const said = question.inputs.utilisation
  if (said === undefined) return { ...question, inputs: { ...question.inputs, utilisation: utilisation! } }
  const message = 'is said twice: here and in the inputs of the owner'
  throw new PincerError({ code: 'invalid_value', path: ['utilisation'], message, suggestion: 'leave one of them out' })
}

function wholeChips(text: string): number {
  const chips = parseNumber(text, ['chips'])
  if (Number.isInteger(chips) && chips >= 1 && chips <= 1e9) return chips
  const message = `must be a whole number from 1 to 1,000,000,000, not ${text.slice(0, 40)}`
  throw new PincerError({ code: 'invalid_value', path: ['chips'], message })
}

function costReport({ chip, question, chips, utilisation }: CostQuestion, scenario: Scenario | undefined): CostReport {
  const used = usedAt(question, utilisation)
  const deployment = scenario === undefined ? undefined : deploymentCosts(scenario)
  const cost = chipCost(chip, used, deployment?.prediction.chips ?? chips)
  if (deployment === undefined) return cost
  return { ...cost, chipHour: deployment.prediction.cost.chipHour, isBuildUp: isBuildUp(question), deployment }
}

function usedAt(question: TcoQuestion, utilisation: number | undefined): TcoQuestion {
  if (utilisation === undefined || question.inputs.utilisation !== undefined) return question
  const { inputs } = parseTco({ inputs: { utilisation } })
  return { ...question, inputs: { ...question.inputs, ...inputs } }
}

function deploymentCosts(scenario: Scenario): NonNullable<CostReport['deployment']> {
  const prediction = predictScenario(scenario)
  const tokens = tokenBill(scenario, prediction)
  return {
    prediction,
    utilisation: scenario.utilisation,
    tokens,
    tasks: taskBills(scenario),
    api: apiComparison(scenario, tokens),
  }
}

/** Every input of a question as the file that `--tco` reads. */
function inputFile({ chip, question, utilisation }: CostQuestion): object {
  const { inputs, owner } = chipBill(chip, usedAt(question, utilisation))
  const { kind: _kind, ...money } = inputs
  return {
    schema: 'pincer.tco.v1',
    chip: chip.id,
    currency: 'USD',
    owner,
    inputs: { ...money, grid: askedInput('grid', question), cacheLink: askedInput('cacheLink', question) },
  }
}
