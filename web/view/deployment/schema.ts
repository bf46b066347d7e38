import { FORMATS, type Format, type Mapping } from '../../../src/index.ts'
import type { DeploymentQuestion, DeploymentScenario } from '../../engine/method/deployment.ts'
import { BadField, type Field, choiceField, numberField, onlyOnce, parseNumber } from '../../state/field.ts'
import { optionalNumberField } from '../../state/optional-field.ts'
import { chipFinder, chipInput, chipOf, findModelName, modelInput, pathOf } from '../../state/own.ts'
import type { StateOf } from '../../state/url.ts'

export const LENGTH = { from: 1, to: 1_000_000, isWhole: true }
export const CLIENTS = { from: 1, to: 65_536, isWhole: true }
export const SPEED = { from: 1, to: 10_000 }
export const CHIPS = { from: 1, to: 100_000, isWhole: true }
export const PRICE = { from: 0.01, to: 1e6 }
export const DEGREE = { from: 1, to: 4096, isWhole: true }
/** As in src/step: the names that `--engine` takes. */
export const ENGINES = ['vllm', 'sglang', 'trtllm'] as const
export const ENGINE_NAMES: Readonly<Record<string, string>> = {
  vllm: 'vLLM',
  sglang: 'SGLang',
  trtllm: 'TensorRT-LLM',
}
export const DEGREES = ['tp', 'pp', 'dp', 'moeTp', 'moeEp'] as const satisfies readonly (keyof Mapping)[]
/** The format that the checkpoint has. */
export const AS_PUBLISHED = 'checkpoint'

export type Degrees = Readonly<Partial<Mapping>>

/** Degrees of a mapping as `tp:4,dp:2`; none: the mapping is chosen. */
const mappingField: Field<Degrees | undefined> = {
  default: undefined,
  parse: (text) => Object.fromEntries(onlyOnce(text.split(',', DEGREES.length + 1).map(degreeOf))),
  print: (value = {}) =>
    Object.entries(value)
      .map(([name, degree]) => `${name}:${degree}`)
      .join(','),
}

function degreeOf(text: string): [string, number] {
  const [name = '', degree = '', ...more] = text.split(':')
  const known = DEGREES.find((each) => each.toLowerCase() === name.trim().toLowerCase())
  if (known === undefined || more.length > 0) throw new BadField({ kind: 'pair' })
  return [known, parseNumber(degree, DEGREE)]
}

const names = (ids: readonly string[]): { id: string }[] => ids.map((id) => ({ id }))

/** What a link may say of this view. */
export const schema = {
  model: choiceField('deepseek-v2', findModelName),
  chip: choiceField('h100-sxm', chipFinder()),
  chips: optionalNumberField(CHIPS),
  mapping: mappingField,
  precision: choiceField('fp8', names([AS_PUBLISHED, ...FORMATS])),
  cache: choiceField('bf16', names(FORMATS)),
  engine: choiceField('vllm', names(ENGINES)),
  isl: numberField(1024, LENGTH),
  osl: numberField(1024, LENGTH),
  clients: numberField(64, CLIENTS),
  /** Given: as many clients as get it. */
  speed: optionalNumberField(SPEED),
  price: optionalNumberField(PRICE),
}

export type DeploymentState = StateOf<typeof schema>

/** The question to the engine. */
export function questionOf(state: DeploymentState): DeploymentQuestion {
  const { model, chip, precision, cache, isl, osl, clients, speed, price } = state
  const scenario: DeploymentScenario = {
    model: modelInput(model),
    chip: chipInput(chip),
    ...(precision === AS_PUBLISHED ? {} : { precision: precision as Format }),
    ...(cache === schema.cache.default ? {} : { cacheFormat: cache as Format }),
    ...layoutOf(state),
    ...(price === undefined ? {} : { chipHour: price }),
    workload: { isl, osl, concurrency: clients },
  }
  return { scenario, ...(speed === undefined ? {} : { userSpeed: speed }) }
}

// SRAM machines are laid out by their memory: an engine or a mapping would be refused.
function layoutOf({ chip, chips, mapping, engine }: DeploymentState): Partial<DeploymentScenario> {
  const count = chips === undefined ? {} : { chips }
  if (isSram(chip)) return count
  const laid = mapping === undefined ? count : { mapping }
  return { engine: engine as (typeof ENGINES)[number], ...laid }
}

export function isSram(chip: string): boolean {
  return chipOf(chip)?.kind === 'sram'
}

/** The command that prints the same prediction: what was chosen for the question is in it. */
export function commandOf(state: DeploymentState, asked: DeploymentScenario): string {
  const { precision, cacheFormat, engine, chips, mapping, chipHour, workload } = asked
  const options: readonly (readonly [string, string | number | undefined])[] = [
    ['model', pathOf(state.model)],
    ['chip', pathOf(state.chip)],
    ['chips', chips],
    ...DEGREES.map((degree): [string, number | undefined] => [flagName(degree), mapping?.[degree]]),
    ['precision', precision],
    ['cache-format', cacheFormat],
    ['engine', engine === 'vllm' ? undefined : engine],
    ['isl', workload.isl],
    ['osl', workload.osl],
    ['concurrency', workload.concurrency],
    ['price', chipHour],
  ]
  const given = options.flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${value}`]))
  return ['pincer predict', ...given].join(' ')
}

function flagName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
