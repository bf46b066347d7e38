import { FORMATS, type Format } from '../../../src/index.ts'
import type { FitsQuestion, TiersQuestion } from '../../engine/method/machines.ts'
import { choiceField, choicesField, numberField, numbersField } from '../../state/field.ts'
import {
  CHIPS,
  chipFinder,
  chipInput,
  chipOf,
  engineId,
  findModelName,
  modelInput,
  modelOf,
  pathOf,
} from '../../state/own.ts'
import type { StateOf } from '../../state/url.ts'

export const CONTEXT = { from: 2, to: 1_000_000, isWhole: true }
export const USERS = { from: 1, to: 100_000, isWhole: true }
export const PRICE = { from: 0.01, to: 1e6 }
export const TIER_CHIPS = { from: 1, to: 1000, isWhole: true }
/** More panels would be too small to see. */
export const MOST_DRAWN = 4

/** The weights as the checkpoint stores them, or as the machine serves them. */
export const STORED = 'stored'
/** The memory that usually stands beside the machine. */
export const USUAL = 'usual'
/** Ids of the catalog's host memories; a test keeps them equal. */
export const HOSTS: readonly string[] = ['pcie3', 'pcie4', 'pcie5', 'sn50-ddr', 'gh200', 'gb200', 'nvme4']
export const ROUTINGS: readonly string[] = ['balanced', 'exponential', 'power:1']
export const PREFETCH: readonly string[] = ['none', 'next', 'layer']

const named = (ids: readonly string[]): { readonly id: string }[] => ids.map((id) => ({ id }))

/** What a link may say of this view: what `pincer fit` and `pincer tiers` take of the catalog. */
export const schema = {
  model: choiceField('deepseek-v2', findModelName),
  precision: choiceField('fp8', named([STORED, ...FORMATS])),
  cache: choiceField('bf16', named(FORMATS)),
  context: numberField(4096, CONTEXT),
  users: numberField(64, USERS),
  prices: numbersField(chipFinder(), PRICE),
  machine: choiceField('cerebras-wse3', chipFinder()),
  drawn: choicesField(['h100-sxm', 'cerebras-wse3', 'dmatrix-corsair', 'groq-lpu-v1'], chipFinder(), MOST_DRAWN),
  fast: choiceField('h200-sxm', chipFinder()),
  fastChips: numberField(1, TIER_CHIPS),
  host: choiceField(USUAL, named([USUAL, ...HOSTS])),
  routing: choiceField('balanced', named(ROUTINGS)),
  prefetch: choiceField('none', named(PREFETCH)),
  tierUsers: numberField(1, USERS),
  tierContext: numberField(2048, CONTEXT),
}

export type MachinesState = StateOf<typeof schema>

/** Machines that are looked at and are in no catalog. */
function ownOf({ machine, drawn }: MachinesState): readonly string[] {
  return [...new Set([machine, ...drawn])].filter((id) => typeof chipInput(id) !== 'string')
}

export function fitQuestion(state: MachinesState): FitsQuestion {
  const own = ownOf(state).map((id) => chipInput(id) as Readonly<Record<string, unknown>>)
  return {
    ...(own.length === 0 ? {} : { own }),
    model: modelInput(state.model),
    ...(state.precision === STORED ? {} : { precision: state.precision }),
    cacheFormat: state.cache,
    context: state.context,
    users: state.users,
    ...(state.prices.size === 0
      ? {}
      : { prices: new Map([...state.prices].map(([chip, price]) => [engineId(chip), price])) }),
  }
}

/** The command that prints the same machines. */
export function fitCommand(state: MachinesState): string {
  const own = ownOf(state)
  const all = [...CHIPS.map(({ id }) => id), ...own.map(pathOf)]
  const parts: readonly (readonly [boolean, string])[] = [
    [own.length > 0, `--chips ${all.join(',')}`],
    [state.precision !== STORED, `--precision ${state.precision}`],
    [state.cache !== 'bf16', `--cache-format ${state.cache}`],
    [state.context !== 4096, `--context ${state.context}`],
    [state.users !== 1, `--users ${state.users}`],
    [state.prices.size > 0, `--prices ${[...state.prices].map(([chip, usd]) => `${chip}=${usd}`).join(',')}`],
  ]
  return commandText(`pincer fit ${pathOf(state.model)}`, parts)
}

export function tiersQuestion(state: MachinesState): TiersQuestion {
  const [kind, exponent] = state.routing.split(':')
  return {
    model: modelInput(state.model),
    chip: chipInput(state.fast),
    chips: state.fastChips,
    ...(state.precision === STORED ? {} : { precision: state.precision as Format }),
    ...(state.host === USUAL ? {} : { host: state.host }),
    users: state.tierUsers,
    context: state.tierContext,
    routing: kind === 'power' ? { kind, exponent: Number(exponent) } : { kind: kind as 'balanced' | 'exponential' },
    prefetch: state.prefetch as 'none' | 'next' | 'layer',
  }
}

/** The command that prints the same tiers. */
export function tiersCommand(state: MachinesState): string {
  const parts: readonly (readonly [boolean, string])[] = [
    [state.fastChips !== 1, `--chips ${state.fastChips}`],
    [state.precision !== STORED, `--precision ${state.precision}`],
    [state.host !== USUAL, `--host ${state.host}`],
    [state.tierUsers !== 1, `--users ${state.tierUsers}`],
    [state.tierContext !== 2048, `--context ${state.tierContext}`],
    [state.routing !== 'balanced', `--routing ${state.routing}`],
    [state.prefetch !== 'none', `--prefetch ${state.prefetch}`],
  ]
  return commandText(`pincer tiers ${pathOf(state.model)} --chip ${pathOf(state.fast)}`, parts)
}

function commandText(start: string, parts: readonly (readonly [boolean, string])[]): string {
  return [start, ...parts.flatMap(([isGiven, part]) => (isGiven ? [part] : []))].join(' ')
}

export function isSparse(id: string): boolean {
  return modelOf(id)?.isSparse ?? false
}

/** Bytes of the memory that weights are read from, of one machine; undefined where nobody published them. */
export function chipCapacity(id: string): number | undefined {
  return chipOf(id)?.capacity.value
}
