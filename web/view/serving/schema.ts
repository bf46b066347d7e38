import { FORMATS, type Policy, POLICIES, type ServiceLevel } from '../../../src/index.ts'
import type { AskedLoad, ServingQuestion } from '../../engine/method/simulate.ts'
import { choiceField, numberField } from '../../state/field.ts'
import { optionalNumberField } from '../../state/optional-field.ts'
import { chipFinder, chipInput, findModelName, modelInput, pathOf } from '../../state/own.ts'
import type { StateOf } from '../../state/url.ts'

export const LENGTH = { from: 1, to: 1_000_000, isWhole: true }
export const COUNT = { from: 1, to: 10_000, isWhole: true }
export const CLIENTS = { from: 1, to: 100_000, isWhole: true }
export const REQUESTS = { from: 1, to: 1_000_000, isWhole: true }
export const RATE = { from: 0.001, to: 100_000 }
export const BURSTS = { from: 0.1, to: 20 }
export const SEED = { from: 0, to: 1e9, isWhole: true }
export const PRICE = { from: 0.01, to: 1e6 }
export const TTFT = { from: 1, to: 100_000 }
export const TPOT = { from: 0.1, to: 10_000 }
export const ATTAIN = { from: 1, to: 100 }
const SECONDS = { from: 0, to: 300_000 }
const WINDOW = { from: 1e-6, to: 300_000 }

const named = (...ids: string[]): { id: string }[] => ids.map((id) => ({ id }))
export const LOADS = ['closed', 'poisson', 'bursty', 'trace'] as const

/** Number formats, or the checkpoint's. */
export const PRECISIONS: readonly string[] = ['checkpoint', ...FORMATS]
/** Schedulers, or the engine's own. */
export const SCHEDULERS: readonly string[] = ['engine', ...POLICIES]

/** What a link may say of this view; a trace is a file, which no link holds. */
export const schema = {
  model: choiceField('llama3-8b', findModelName),
  chip: choiceField('h100-sxm', chipFinder()),
  chips: optionalNumberField(COUNT),
  precision: choiceField('checkpoint', named(...PRECISIONS)),
  policy: choiceField('engine', named(...SCHEDULERS)),
  replicas: numberField(1, COUNT),
  price: optionalNumberField(PRICE),
  isl: numberField(1024, LENGTH),
  osl: numberField(1024, LENGTH),
  load: choiceField('bursty', named(...LOADS)),
  clients: numberField(64, CLIENTS),
  rate: numberField(6.5, RATE),
  cv: numberField(3, BURSTS),
  requests: optionalNumberField(REQUESTS),
  seed: numberField(1, SEED),
  ttft: numberField(1000, TTFT),
  tpot: numberField(40, TPOT),
  attain: numberField(99, ATTAIN),
  at: optionalNumberField(SECONDS),
  window: optionalNumberField(WINDOW),
}

export type ServingState = StateOf<typeof schema>

/** Requests of an open load when nobody says how many: the default of `pincer simulate`. */
export const OPEN_REQUESTS = 2000

/** The question to the engine; undefined for a trace whose file is not here. */
export function questionOf(state: ServingState, trace: File | undefined): ServingQuestion | undefined {
  const { model, chip, chips, precision, price, policy, replicas, isl, osl, clients } = state
  const load = loadOf(state, trace)
  if (load === undefined) return undefined
  return {
    scenario: {
      model: modelInput(model),
      chip: chipInput(chip),
      ...(chips === undefined ? {} : { chips }),
      ...(precision === 'checkpoint' ? {} : { precision }),
      workload: { isl, osl, ...(load.kind === 'closed' ? { concurrency: clients } : {}) },
      ...(price === undefined ? {} : { chipHour: price }),
    },
    load,
    ...(policy === 'engine' ? {} : { policy: policy as Policy }),
    ...(replicas === 1 ? {} : { replicas }),
  }
}

function loadOf({ load, rate, cv, requests, seed }: ServingState, file: File | undefined): AskedLoad | undefined {
  if (load === 'trace') return file === undefined ? undefined : { kind: 'trace', file }
  if (load === 'closed') return { kind: 'closed', requests, seed }
  const process = load === 'poisson' ? { kind: 'poisson', rate } : { kind: 'gamma', rate, cv }
  return { kind: 'open', process, requests: requests ?? OPEN_REQUESTS, seed }
}

export function levelOf({ ttft, tpot }: ServingState): ServiceLevel {
  return { ttft: ttft / 1e3, tpot: tpot / 1e3 }
}

/** The command that simulates the same; with `find`, the one that finds the greatest load. */
export function commandOf(state: ServingState, trace: string | undefined, find = false): string {
  const { model, chip, chips, precision, price, policy, replicas, isl, osl, load, clients, rate, cv } = state
  const { requests, seed, ttft, tpot, attain } = state
  const isTrace = load === 'trace'
  const parts: readonly (readonly [boolean, string])[] = [
    [chips !== undefined, `--chips ${chips}`],
    [precision !== 'checkpoint', `--precision ${precision}`],
    [true, `--isl ${isl} --osl ${osl}`],
    [load === 'closed', `--concurrency ${clients}`],
    [load === 'poisson', `--arrivals poisson:${rate}`],
    [load === 'bursty', `--arrivals gamma:${rate},${cv}`],
    [isTrace, `--trace ${quoted(trace ?? 'FILE')}`],
    [!isTrace && requests !== undefined, `--requests ${requests}`],
    [!isTrace && seed !== 1, `--seed ${seed}`],
    [policy !== 'engine', `--policy ${policy}`],
    [replicas !== 1, `--replicas ${replicas}`],
    [price !== undefined, `--price ${price}`],
    [true, `--slo-ttft ${ttft} --slo-tpot ${tpot}`],
    [find, '--find-load'],
    [find && attain !== 99, `--attain ${attain}`],
  ]
  const options = parts.flatMap(([isGiven, part]) => (isGiven ? [part] : []))
  return [`pincer simulate --model ${pathOf(model)} --chip ${pathOf(chip)}`, ...options].join(' ')
}

// What a shell would take apart or act on stands in single quotes.
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
