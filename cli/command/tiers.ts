import {
  FORMATS,
  PREFETCHES,
  PincerError,
  RESIDENCIES,
  type TiersInput,
  figureSvg,
  findChip,
  nearest,
  parseChip,
  tiers,
  tiersDocument,
} from '../../src/index.ts'
import { writeWholeFile } from '../file/write.ts'
import { archOf } from '../input/arch.ts'
import { chipInput } from '../input/chip.ts'
import { modelInput } from '../input/model.ts'
import { parseNumber, parseNumberIn } from '../input/number.ts'
import { routingInput } from '../input/routing.ts'
import { fastInput, rateInput, sizeInput, slowInput, timeInput } from '../input/tier.ts'
import type { Io } from '../io.ts'
import { explanationText } from '../view/explanation.ts'
import { writeJson } from '../view/json.ts'
import { Page } from '../view/page.ts'
import { drawnTiers, tiersPage } from '../view/tiers.ts'
import type { TiersOptions } from './tiers-definition.ts'
import { tiersExplanations } from './tiers-explanation.ts'

/** `pincer tiers`: how much fast memory a mixture of experts needs. */
export async function tiersAction(model: string | undefined, options: TiersOptions, io: Io): Promise<void> {
  const input = await tiersInput(model, options, io.cwd)
  const answer = tiers(input)
  const explanations = options.explain === true ? tiersExplanations(answer) : undefined
  if (options.svg !== undefined) writeWholeFile(options.svg, figureSvg(drawnTiers(answer)), io.cwd)
  if (options.json === true) {
    writeJson({ ...tiersDocument(answer), explanations }, io)
    return
  }
  const page = tiersPage(answer, new Page(io), io)
  page.section('How the numbers come about', explanationText(explanations, io))
  page.write()
}

async function tiersInput(named: string | undefined, options: TiersOptions, cwd: string): Promise<TiersInput> {
  const model = named ?? options.model
  if (model === undefined) throw fault('missing_field', 'model', 'is required', 'name one: pincer tiers deepseek-v2')
  if (named !== undefined && options.model !== undefined)
    throw fault('invalid_value', 'model', 'is named twice', 'leave --model out')
  return {
    model: archOf(await modelInput(model, cwd)),
    ...machineInput(options, cwd),
    ...loadInput(options),
    ...(options.routing === undefined ? {} : { routing: await routingInput(options.routing, cwd) }),
    ...supplyInput(options),
    ...(options.within === undefined
      ? {}
      : { within: parseNumberIn(options.within, ['within'], { above: 0, to: 99 }) / 100 }),
  }
}

function machineInput(options: TiersOptions, cwd: string): Partial<TiersInput> {
  const { chip, host, fast, slow, layerLatency } = options
  const named = chip === undefined ? undefined : chipInput(chip, cwd)
  return {
    ...(named === undefined ? {} : { chip: typeof named === 'string' ? findChip(named) : parseChip(named) }),
    ...numeric(options, 'chips', 'chips'),
    ...(host === undefined ? {} : { host }),
    ...(fast === undefined ? {} : { fast: fastInput(fast) }),
    ...(slow === undefined ? {} : { slow: slowInput(slow) }),
    ...numeric(options, 'flops', 'flops'),
    ...(layerLatency === undefined ? {} : { layerLatency: timeInput(layerLatency, 'layer-latency') }),
  }
}

function loadInput(options: TiersOptions): Partial<TiersInput> {
  return {
    ...choice('precision', options.precision, FORMATS),
    ...numeric(options, 'users', 'users'),
    ...numeric(options, 'context', 'context'),
  }
}

function supplyInput(options: TiersOptions): Partial<TiersInput> {
  const { link, io } = options
  return {
    ...choice('residency', options.residency, RESIDENCIES),
    ...choice('prefetch', options.prefetch, PREFETCHES),
    ...choice('compute', options.compute, ['fast', 'host'] as const),
    ...numeric(options, 'accuracy', 'accuracy'),
    ...numeric(options, 'hostFlops', 'host-flops'),
    ...numeric(options, 'queue', 'queue'),
    ...(link === undefined ? {} : { link: rateInput(link, 'link') }),
    ...(io === undefined ? {} : { io: sizeInput(io, 'io') }),
  }
}

function numeric(
  options: TiersOptions,
  name: 'chips' | 'flops' | 'users' | 'context' | 'accuracy' | 'hostFlops' | 'queue',
  path: string,
): Partial<TiersInput> {
  const text = options[name]
  return text === undefined ? {} : { [name]: parseNumber(text, [path]) }
}

function choice<K extends keyof TiersInput & string, V extends string>(
  name: K,
  text: string | undefined,
  values: readonly V[],
): Partial<TiersInput> {
  if (text === undefined) return {}
  const value = values.find((candidate) => candidate === text.trim().toLowerCase())
  if (value !== undefined) return { [name]: value }
  const near = nearest(text, values)
  const suggestion = near === undefined ? undefined : `did you mean "${near}"?`
  throw fault('invalid_value', name, `"${text.slice(0, 40)}" is none of ${values.join(', ')}`, suggestion)
}

function fault(
  code: 'missing_field' | 'invalid_value',
  field: string,
  message: string,
  suggestion?: string,
): PincerError {
  return new PincerError({ code, path: [field], message, ...(suggestion === undefined ? {} : { suggestion }) })
}
