import {
  type FitQuestion,
  type Fits,
  PincerError,
  figureSvg,
  fitFigure,
  fitModel,
  isKnown,
  nearest,
} from '../../src/index.ts'
import { writeWholeFile } from '../file/write.ts'
import { type ChipInput, chipInput } from '../input/chip.ts'
import { modelInput } from '../input/model.ts'
import { parseNumber } from '../input/number.ts'
import { priceInput } from '../input/price.ts'
import type { Io } from '../io.ts'
import { explanationText } from '../view/explanation.ts'
import { fitPage } from '../view/fit.ts'
import { writeJson } from '../view/json.ts'
import { Page } from '../view/page.ts'
import type { FitOptions } from './fit-definition.ts'
import { fitExplanations } from './fit-explanation.ts'

/** `pincer fit`: a model on every machine. */
export async function fitAction(model: string, options: FitOptions, io: Io): Promise<void> {
  const order = orderOf(options.by)
  const fits = sorted(fitModel(await question(model, options, io.cwd)), order)
  if (options.svg !== undefined) writeWholeFile(options.svg, figureSvg(fitFigure(fits)), io.cwd)
  const explanations = options.explain === true ? fitExplanations(fits) : undefined
  if (options.json === true) {
    writeJson({ ...fits, explanations }, io)
    return
  }
  const page = fitPage(fits, new Page(io), io)
  page.section('How the numbers come about', explanationText(explanations, io))
  page.write()
}

async function question(model: string, options: FitOptions, cwd: string): Promise<FitQuestion> {
  const chips = options.chips?.split(',').map((spec) => chipInput(spec.trim(), cwd))
  const own = (chips ?? []).flatMap(ownId)
  return {
    model: (await modelInput(model, cwd)) as FitQuestion['model'],
    chips: chips as FitQuestion['chips'],
    precision: options.precision?.toLowerCase(),
    cacheFormat: options.cacheFormat?.toLowerCase(),
    context: options.context === undefined ? undefined : parseNumber(options.context, ['context']),
    users: options.users === undefined ? undefined : parseNumber(options.users, ['users']),
    prices: options.prices === undefined ? undefined : priceInput(options.prices, cwd, own),
  }
}

function ownId(chip: ChipInput): string[] {
  return typeof chip === 'object' && 'id' in chip && typeof chip.id === 'string' ? [chip.id] : []
}

type Row = Fits['rows'][number]
type HeldRow = Extract<Row, { status: 'fits' }>

/** What a row is sorted by, ascending; undefined where it is not known. */
const ORDERS: ReadonlyMap<string, (row: HeldRow) => number | undefined> = new Map([
  ['chips', ({ chips }) => chips],
  ['power', ({ power }) => (isKnown(power) ? power.value : undefined)],
  ['cost', ({ usdPerHour }) => (isKnown(usdPerHour) ? usdPerHour.value : undefined)],
  ['speed', ({ perUser }) => -perUser],
])

type Order = (row: HeldRow) => number | undefined

function orderOf(name: string | undefined): Order | undefined {
  if (name === undefined) return undefined
  const order = ORDERS.get(name)
  if (order !== undefined) return order
  const names = [...ORDERS.keys()]
  const near = nearest(name, names)
  const suggestion = near === undefined ? `use one of ${names.join(', ')}` : `did you mean "${near}"?`
  throw new PincerError({
    code: 'invalid_value',
    path: ['by'],
    message: `unknown order "${name.slice(0, 40)}"`,
    suggestion,
  })
}

// Rows without the figure come last, in the order in which they were.
function sorted(fits: Fits, order: Order | undefined): Fits {
  if (order === undefined) return fits
  const key = (row: Row): number => (row.status === 'fits' ? order(row) : undefined) ?? Number.MAX_VALUE
  return { ...fits, rows: fits.rows.toSorted((a, b) => key(a) - key(b)) }
}
