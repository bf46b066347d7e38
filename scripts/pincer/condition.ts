import { findChip, storeOf, valueOf } from '../../src/catalog/index.ts'
import { crossover } from '../../src/contest/index.ts'
import { predict } from '../../src/predict/index.ts'
import { solve } from '../../src/solve/index.ts'
import type { Trio } from './arm.ts'
import { type FaceOff, USER_SPEED, YARDSTICK, costOf, nameOf, pointOf, worth } from './face-off.ts'
import { armOf, costAt, crossingSpeed } from './frontier.ts'
import { short, table, usd, whole } from './print.ts'

/** All that is worked out of one sparse model. */
export interface Story {
  readonly trio: Trio
  readonly rows: readonly FaceOff[]
}

/** All that the page and its pictures are made of. */
export interface PincerFacts {
  readonly stories: readonly Story[]
  readonly crossings: readonly SpeedCrossing[]
  /** Of the first model. */
  readonly contexts: readonly ContextRow[]
}

/** SRAM machines with a published price, and GPUs they are held against. */
export const PRICED: readonly string[] = ['cerebras-wse3', 'groq-lpu-v1']
export const RIVALS: readonly string[] = ['h100-sxm', YARDSTICK]
/** Speeds between which a crossing is looked for, tokens/s per user. */
export const SPEEDS: readonly [number, number] = [5, 1000]

/** Tokens/s per user from which the SRAM machine is the cheaper. */
export interface SpeedCrossing {
  readonly model: string
  readonly rival: string
  readonly chip: string
  readonly speed: number | undefined
}

export function speedCrossings(trios: readonly Trio[]): SpeedCrossing[] {
  return trios.flatMap(({ id }) =>
    PRICED.flatMap((chip) =>
      RIVALS.map((rival) => ({
        model: id,
        rival,
        chip,
        speed: crossingSpeed(armOf(id, rival), armOf(id, chip), ...SPEEDS),
      })),
    ),
  )
}

export function speedTable(trios: readonly Trio[], crossings: readonly SpeedCrossing[]): string {
  const [least, most] = SPEEDS
  const cell = (model: string, rival: string, chip: string): string => {
    const { speed } = crossings.find((one) => one.model === model && one.rival === rival && one.chip === chip)!
    if (speed === undefined) return `never up to ${short(most)}`
    return speed === least ? `always (from ${least})` : `${Math.round(speed)}`
  }
  const pairs = PRICED.flatMap((chip) => RIVALS.map((rival) => ({ chip, rival })))
  return table(
    ['sparse model', ...pairs.map(({ chip, rival }) => `${nameOf(chip)} beats ${nameOf(rival)} from`)],
    trios.map(({ id, arch }) => [arch.name, ...pairs.map(({ chip, rival }) => cell(id, rival, chip))]),
  )
}

const WAFER = 'cerebras-wse3'

/** Who is cheaper at how many clients: the GPUs of the cheapest point against the smallest system of wafers, each as it stands. */
export function clientsTable(stories: readonly Story[]): string {
  return table(
    ['sparse model', 'GPUs (G)', 'wafers (W)', 'cheaper with so many clients'],
    stories.map(({ trio, rows }) => {
      const side = { model: trio.id, precision: 'fp8', cacheFormat: 'fp8' }
      const gpus = pointOf(rowOf(rows, YARDSTICK).cell, 'cheapest')!.chips
      const wafers = predict({ ...side, chip: WAFER, workload: { concurrency: 1 } }).chips
      const { stretches } = crossover({
        a: { scenario: { ...side, chip: YARDSTICK, chips: gpus } },
        b: { scenario: { ...side, chip: WAFER, machines: wafers } },
        over: { name: 'concurrency', from: 1, to: 4096 },
      })
      const words = stretches.map(
        ({ from, to, winner }) => `${short(from)} to ${short(to)}: ${WINNERS[winner] ?? winner}`,
      )
      return [trio.arch.name, `${gpus} × ${nameOf(YARDSTICK)}`, `${wafers} × ${nameOf(WAFER)}`, words.join('; ')]
    }),
  )
}

const WINNERS: Readonly<Record<string, string>> = {
  a: 'G',
  b: 'W',
  'only a': 'only G has room',
  'only b': 'only W has room',
  tie: 'equal',
  neither: 'neither',
}

/** Prompt lengths of the context table. */
const CONTEXTS: readonly number[] = [1024, 8192, 32_768, 131_072]
const CONTEXT_CHIPS: readonly string[] = [YARDSTICK, ...PRICED]

/** $ per Mtok at the user speed with prompts of one length, by `CONTEXT_CHIPS`. */
export interface ContextRow {
  readonly isl: number
  readonly costs: readonly (number | undefined)[]
}

export function contextRows({ id }: Trio): ContextRow[] {
  return CONTEXTS.map((isl) => ({
    isl,
    costs: CONTEXT_CHIPS.map((chip) => costAt(armOf(id, chip, { isl, osl: 1024 }), USER_SPEED)),
  }))
}

export function contextTable(contexts: readonly ContextRow[]): string {
  return table(
    [
      'prompt',
      ...CONTEXT_CHIPS.map((chip) => `${nameOf(chip)}, $ per Mtok`),
      `${nameOf(WAFER)} ÷ ${nameOf(YARDSTICK)}`,
    ],
    contexts.map(({ isl, costs }) => {
      const [base, wafer] = costs
      const ratio = base === undefined || wafer === undefined ? 'n/a' : `×${short(wafer / base)}`
      return [whole(isl), ...costs.map((cost) => (cost === undefined ? 'not reached' : usd(cost))), ratio]
    }),
  )
}

/** Machines whose memory is SRAM, or SRAM first. */
export const SRAM: readonly string[] = [
  'cerebras-wse3',
  'groq-lpu-v1',
  'groq3-lp30',
  'dmatrix-corsair',
  'sambanova-sn40l',
  'sambanova-sn50',
]

/** $ per machine-hour at which the sparse model costs as much as on B200. */
export function priceTable(stories: readonly Story[]): string {
  const worthOf = ({ rows }: Story, chip: string): string => {
    const yardstick = costOf(rowOf(rows, YARDSTICK).cell, 'fast')
    const most = yardstick === undefined ? undefined : worth(rowOf(rows, chip), yardstick, 'fast')
    return most === undefined ? 'n/a' : usd(most)
  }
  return table(
    ['sparse model', ...SRAM.map((chip) => `${nameOf(chip)}${hourWord(stories, chip)}`)],
    stories.map((story) => [story.trio.arch.name, ...SRAM.map((chip) => worthOf(story, chip))]),
  )
}

function hourWord([story]: readonly Story[], chip: string): string {
  const hour = rowOf(story!.rows, chip).hour
  return hour === undefined ? ' (no price)' : ` (today ${usd(hour)})`
}

export function rowOf(rows: readonly FaceOff[], chip: string): FaceOff {
  return rows.find((row) => row.chip === chip)!
}

/** Machines that hold the weights, those of the fast point, and what more of SRAM would do. */
export function sizeTable(stories: readonly Story[]): string {
  const chips = ['cerebras-wse3', 'groq-lpu-v1', 'groq3-lp30', 'dmatrix-corsair']
  return table(
    ['sparse model', ...chips.map((chip) => `${nameOf(chip)} (${short(capacityOf(chip) / 1e9)} GB)`)],
    stories.map(({ trio, rows }) => [
      trio.arch.name,
      ...chips.map((chip) => {
        const { cell } = rowOf(rows, chip)
        const fast = pointOf(cell, 'fast')
        return `${short(cell.machinesToHold)} hold it, ${fast === undefined ? 'none serve it so' : `${short(fast.chips)} serve it`}`
      }),
    ]),
  )
}

function capacityOf(chip: string): number {
  return valueOf(storeOf(findChip(chip))!.capacity)!
}

/** SRAM of an LPU from which it is as cheap as B200 at the user speed, by `solve`. */
export function capacityTable(trios: readonly Trio[]): string {
  const chip = 'groq-lpu-v1'
  return table(
    [
      'sparse model',
      `SRAM of an ${nameOf(chip)} at its price of today (${short(capacityOf(chip) / 1e6)} MB) that would do`,
    ],
    trios.map(({ id, arch }) => {
      const { status, crossings, best, parameter } = solve({
        scenario: armOf(id, chip),
        target: { quantity: 'ratio', bound: 1, against: armOf(id, YARDSTICK), userSpeed: USER_SPEED },
        free: [{ path: 'memory.0.capacity' }],
      })
      if (status === 'always') return [arch.name, 'any']
      const [first] = crossings
      if (first !== undefined) return [arch.name, `${first.side} ${short(first.reached.at / 1e6)} MB`]
      const most = `none up to ${short(parameter.to / 1e6)} MB`
      return [arch.name, 'value' in best ? `${most}: ×${short(best.value)} at best` : most]
    }),
  )
}
