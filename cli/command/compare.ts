import {
  type CompareOptions as EngineOptions,
  type Comparison,
  type Verdict,
  compare,
  findChip,
  verdicts,
} from '../../src/index.ts'
import { type ChipInput, chipInput } from '../input/chip.ts'
import { type ModelInput, modelInput } from '../input/model.ts'
import { parseNumberIn } from '../input/number.ts'
import { priceInput } from '../input/price.ts'
import { tcoInput } from '../input/tco.ts'
import { workloadInput } from '../input/workload.ts'
import type { Io } from '../io.ts'
import { comparisonPage } from '../view/comparison.ts'
import { explanationText } from '../view/explanation.ts'
import { writeJson } from '../view/json.ts'
import { Page } from '../view/page.ts'
import { verdictList } from '../view/verdict.ts'
import { verdictExplanation } from './claims-explanation.ts'
import type { CompareOptions } from './compare-definition.ts'
import { comparisonExplanations } from './compare-explanation.ts'

/** `pincer compare`: the 2 × 2 and the verdicts. */
export async function compareAction(options: CompareOptions, io: Io): Promise<void> {
  const comparison: Comparison = compare(await engineOptions(options, io.cwd))
  const judged = verdicts({ comparison })
  const explanations =
    options.explain === true ? [...comparisonExplanations(comparison), ...judged.map(verdictExplanation)] : undefined
  if (options.json === true) {
    writeJson({ ...comparison, verdicts: judged, explanations }, io)
    return
  }
  const isDetailed = options.details === true || options.explain === true
  const page = comparisonPage(comparison, new Page(io), io, isDetailed)
  const told = isDetailed ? judged : judged.filter(({ claim }) => COMPARED.has(claim.test.kind))
  const isTold = ({ claim }: Verdict): boolean => isDetailed || claim.test.kind === 'cost'
  page.section('Claims against these predictions', verdictList(told, io, isTold)).text(isDetailed ? DETAIL_HINT : HINT)
  page.section('How the numbers come about', explanationText(explanations, io))
  page.write()
}

/** Claims about what is compared; others name models and machines of their own. */
const COMPARED: ReadonlySet<Verdict['claim']['test']['kind']> = new Set([
  'count',
  'training',
  'cost',
  'chips',
  'memory',
  'latency',
  'market',
])

const DETAIL_HINT =
  '“pincer claims <id>” has the reasons and all that would have to be true, for the default models and machines.'
const HINT =
  '--details has users, speed, energy, memory and training of every cell, and the claims of vendors and papers; “pincer claims <id>” why, and all that would have to be true.'

async function engineOptions(options: CompareOptions, cwd: string): Promise<EngineOptions> {
  const models: ModelInput[] = []
  for (const spec of listed(options.models)) models.push(await modelInput(spec, cwd))
  const chips = listed(options.chips).map((spec) => chipInput(spec, cwd))
  return {
    ...(models.length === 0 ? {} : { models: models as NonNullable<EngineOptions['models']> }),
    ...(chips.length === 0 ? {} : { chips: chips as NonNullable<EngineOptions['chips']> }),
    ...given('workload', options.workload, (spec) => workloadInput(spec, cwd)),
    ...given('prices', options.prices, (spec) => priceInput(spec, cwd, chips.flatMap(ownId))),
    ...ownerInput(options, cwd),
    ...given('precision', options.precision, (format) => format.toLowerCase()),
    ...given('userSpeed', options.userSpeed, (text) => parseNumberIn(text, ['userSpeed'], { above: 0, to: 1e6 })),
    ...given('trainingTokens', options.trainingTokens, (text) =>
      parseNumberIn(text, ['trainingTokens'], { from: 1, to: 1e18 }),
    ),
  }
}

/** A file about one chip is for that chip; owner and settings alone are for every machine. */
function ownerInput({ owner, tco, set }: CompareOptions, cwd: string): Pick<EngineOptions, 'tco'> {
  const input = tcoInput(
    {
      ...(owner === undefined ? {} : { owner }),
      ...(tco === undefined ? {} : { tco }),
      ...(set === undefined ? {} : { set }),
    },
    undefined,
    cwd,
  )
  if (input === undefined) return {}
  const chip = typeof input === 'object' && input !== null && 'chip' in input ? input.chip : undefined
  return { tco: new Map([[typeof chip === 'string' ? findChip(chip).id : '*', input]]) }
}

function ownId(chip: ChipInput): string[] {
  return typeof chip === 'object' && 'id' in chip && typeof chip.id === 'string' ? [chip.id] : []
}

function listed(text: string | undefined): string[] {
  return text === undefined ? [] : text.split(',').map((part) => part.trim())
}

function given(name: keyof EngineOptions, text: string | undefined, read: (text: string) => unknown): EngineOptions {
  return text === undefined ? {} : { [name]: read(text) }
}
