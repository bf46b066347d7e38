import { type Chip, PincerError, type TrainingInput, findChip, parseChip, predictTraining } from '../../src/index.ts'
import { archOf } from '../input/arch.ts'
import { chipHourFigure, fullLoadFigure } from '../input/chip-hour.ts'
import { chipInput } from '../input/chip.ts'
import { modelInput } from '../input/model.ts'
import { parseNumber, parseNumberIn } from '../input/number.ts'
import type { Io } from '../io.ts'
import { explanationText } from '../view/explanation.ts'
import { writeJson } from '../view/json.ts'
import { Page } from '../view/page.ts'
import { trainingPage } from '../view/training.ts'
import type { TrainOptions } from './train-definition.ts'
import { trainingExplanations } from './train-explanation.ts'

/** `pincer train`: one training run. */
export async function trainAction(options: TrainOptions, io: Io): Promise<void> {
  const input = await trainingInput(options, io.cwd)
  const run = predictTraining(input)
  if ('unknown' in run) throw new PincerError({ code: 'unsupported', path: ['chip'], message: run.unknown })
  const explanations = options.explain === true ? trainingExplanations(run, input) : undefined
  if (options.json === true) {
    writeJson({ schema: 'pincer.training.v1', ...run, explanations }, io)
    return
  }
  const page = trainingPage(run, input, new Page(io), io)
  page.section('How the numbers come about', explanationText(explanations, io))
  page.write()
}

/** $ per chip-hour. */
const PRICE = { above: 0, to: 1e9 } as const

async function trainingInput(options: TrainOptions, cwd: string): Promise<TrainingInput> {
  const { model, chip } = options
  if (model === undefined) throw missing('model')
  if (chip === undefined) throw missing('chip')
  const price = options.price === undefined ? undefined : parseNumberIn(options.price, ['price'], PRICE)
  const named = chipInput(chip, cwd)
  const known = typeof named === 'string' ? catalogChip(named) : parseChip(named)
  return {
    model: archOf(await modelInput(model, cwd)),
    // Retired chips of published runs are known to the training room only; they have no price.
    chip: known ?? (named as string),
    ...(known === undefined
      ? {}
      : { usdPerChipHour: chipHourFigure(known, price), wattsPerChip: fullLoadFigure(known) }),
    ...(known === undefined && price !== undefined
      ? { usdPerChipHour: { value: price, unit: 'USD/h', source: 'given', basis: 'estimate' } }
      : {}),
    ...numeric(options, 'chips', 'chips'),
    ...numeric(options, 'tokens', 'tokens'),
    ...numeric(options, 'sequence', 'sequence'),
    ...numeric(options, 'batch', 'batchTokens'),
    ...choice('precision', options.precision, ['bf16', 'fp8'] as const),
    ...choice('recompute', options.recompute, ['selective', 'full'] as const),
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
