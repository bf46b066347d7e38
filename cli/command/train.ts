import {
  type Chip,
  LOSS_LAWS,
  PincerError,
  SCHEDULES,
  type TrainingInput,
  denseRivals,
  findChip,
  findRecipe,
  parseChip,
  predictTraining,
  recipeInput,
} from '../../src/index.ts'
import { archOf } from '../input/arch.ts'
import { chipHourFigure, fullLoadFigure } from '../input/chip-hour.ts'
import { chipInput } from '../input/chip.ts'
import { modelInput } from '../input/model.ts'
import { parseNumber, parseNumberIn } from '../input/number.ts'
import { tcoInput } from '../input/tco.ts'
import type { Io } from '../io.ts'
import { explanationText } from '../view/explanation.ts'
import { writeJson } from '../view/json.ts'
import { Page } from '../view/page.ts'
import { rivalTable, trainingPage } from '../view/training.ts'
import type { TrainOptions } from './train-definition.ts'
import { trainingExplanations } from './train-explanation.ts'

/** `pincer train`: one training run. */
export async function trainAction(options: TrainOptions, io: Io): Promise<void> {
  const input = await trainingInput(options, io.cwd)
  if (options.rl !== undefined) {
    const { reinforceAction } = await import('./train-rl.ts')
    reinforceAction(input, options, io)
    return
  }
  const run = predictTraining(input)
  if ('unknown' in run) throw new PincerError({ code: 'unsupported', path: ['chip'], message: run.unknown })
  const explanations = options.explain === true ? trainingExplanations(run, input) : undefined
  const { equalLoss: law } = choice('equalLoss', options.equalLoss, LOSS_LAWS)
  const rivals = law === undefined ? undefined : denseRivals(input, law)
  if (options.json === true) {
    writeJson({ schema: 'pincer.training.v1', ...run, rivals, explanations }, io)
    return
  }
  const page = trainingPage(run, input, new Page(io), io)
  if (rivals !== undefined) page.section('Dense models beside it', rivalTable(run, rivals, io))
  page.section('How the numbers come about', explanationText(explanations, io))
  page.write()
}

/** $ per chip-hour. */
const PRICE = { above: 0, to: 1e9 } as const

async function trainingInput(options: TrainOptions, cwd: string): Promise<TrainingInput> {
  const { model, chip } = options
  if (model === undefined) throw missing('model')
  if (chip === undefined) throw missing('chip')
  const named = chipInput(chip, cwd)
  const known = typeof named === 'string' ? catalogChip(named) : parseChip(named)
  const recipe = options.recipe === undefined ? undefined : findRecipe(options.recipe)
  return {
    model: archOf(await modelInput(model, cwd)),
    // Retired chips of published runs are known to the training room only; they have no price.
    chip: known ?? (named as string),
    ...(recipe === undefined ? {} : recipeInput(recipe)),
    ...(recipe?.precision === undefined ? {} : { precision: recipe.precision }),
    ...ratesOf(options, known, cwd),
    ...numeric(options, 'chips', 'chips'),
    ...numeric(options, 'tokens', 'tokens'),
    ...numeric(options, 'sequence', 'sequence'),
    ...numeric(options, 'batch', 'batchTokens'),
    ...choice('precision', options.precision, ['bf16', 'fp8'] as const),
    ...choice('recompute', options.recompute, ['selective', 'full'] as const),
    ...choice('schedule', options.schedule, SCHEDULES),
    ...(options.plan === undefined ? {} : { plan: planInput(options.plan) }),
    ...tuningInput(options),
    ...reliabilityInput(options),
  }
}

type Rates = Pick<TrainingInput, 'usdPerChipHour' | 'wattsPerChip'>

/** What a chip-hour costs and draws: the price given, an owner's build-up as in `cost`, else the catalog's. */
function ratesOf(options: TrainOptions, chip: Chip | undefined, cwd: string): Rates {
  const price = options.price === undefined ? undefined : parseNumberIn(options.price, ['price'], PRICE)
  const tco = tcoInput(options, undefined, cwd)
  if (price !== undefined && tco !== undefined)
    throw invalid('price', 'an hour is priced or built up, not both: leave --price or --owner, --tco and --set out')
  if (chip !== undefined)
    return { usdPerChipHour: chipHourFigure(chip, price, tco), wattsPerChip: fullLoadFigure(chip) }
  if (tco !== undefined) throw invalid('tco', 'chips that are no longer offered have no build-up; give --price')
  if (price === undefined) return {}
  return { usdPerChipHour: { value: price, unit: 'USD/h', source: 'given', basis: 'estimate' } }
}

const DEGREES = ['tp', 'pp', 'ep', 'zero'] as const

/** `tp=8,pp=16,zero=1`. */
function planInput(text: string): NonNullable<TrainingInput['plan']> {
  const plan: Record<string, number> = {}
  for (const pair of text.split(',')) {
    const [, name = '', value = ''] = /^\s*([a-z]+)\s*=\s*(.*?)\s*$/i.exec(pair) ?? []
    const degree = DEGREES.find((each) => each === name.toLowerCase())
    if (degree === undefined) throw invalid('plan', `"${pair.slice(0, 40)}" is no degree: write tp=8,pp=16,ep=8,zero=1`)
    if (degree in plan) throw invalid('plan', `${degree} stands twice`)
    plan[degree] = parseNumber(value, ['plan', degree])
  }
  const { zero } = plan
  if (zero !== undefined && zero !== 1 && zero !== 3) throw invalid('plan', `zero is 1 or 3, not ${zero}`)
  return plan as NonNullable<TrainingInput['plan']>
}

function tuningInput({ tune, loraRank }: TrainOptions): Pick<TrainingInput, 'tuning'> {
  const { tune: kind } = choice('tune', tune, ['full', 'lora'] as const)
  if (kind !== 'lora') {
    if (loraRank !== undefined) throw invalid('loraRank', 'is of adapters: give --tune lora')
    return kind === undefined ? {} : { tuning: { kind } }
  }
  return { tuning: { kind, ...(loraRank === undefined ? {} : { rank: parseNumber(loraRank, ['loraRank']) }) } }
}

function reliabilityInput(options: TrainOptions): Pick<TrainingInput, 'reliability'> {
  const { checkpoint, checkpointEvery, interruption, restart } = options
  if (checkpoint === undefined) {
    if (checkpointEvery ?? interruption ?? restart) throw missing('checkpoint')
    return {}
  }
  const figure = <K extends string>(field: K, name: string, text: string | undefined): { [P in K]?: number } =>
    text === undefined
      ? {}
      : ({ [field]: parseNumberIn(text, [name], { above: 0, to: 1e12 }) } as { [P in K]?: number })
  return {
    reliability: {
      checkpointSeconds: parseNumberIn(checkpoint, ['checkpoint'], { above: 0, to: 1e6 }),
      ...figure('intervalSeconds', 'checkpointEvery', checkpointEvery),
      ...figure('chipHoursPerInterruption', 'interruption', interruption),
      ...figure('restartSeconds', 'restart', restart),
    },
  }
}

function catalogChip(name: string): Chip | undefined {
  try {
    return findChip(name)
  } catch (fault) {
    if (fault instanceof PincerError) return undefined
    throw fault
  }
}

function missing(field: string): PincerError {
  return new PincerError({
    code: 'missing_field',
    path: [field],
    message: 'is required',
    suggestion: `give --${field}`,
  })
}

function invalid(field: string, message: string): PincerError {
  return new PincerError({ code: 'invalid_value', path: [field], message })
}

function numeric(
  options: TrainOptions,
  name: 'chips' | 'tokens' | 'sequence' | 'batch',
  field: keyof TrainingInput,
): Partial<TrainingInput> {
  const text = options[name]
  return text === undefined ? {} : { [field]: parseNumber(text, [name]) }
}

function choice<K extends string, V extends string>(
  name: K,
  text: string | undefined,
  values: readonly V[],
): { [P in K]?: V } {
  if (text === undefined) return {}
  const value = values.find((candidate) => candidate === text.toLowerCase())
  if (value === undefined) throw invalid(name, `"${text.slice(0, 40)}" is none of ${values.join(', ')}`)
  return { [name]: value } as { [P in K]?: V }
}
