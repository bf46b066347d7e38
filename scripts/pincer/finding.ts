import type { Band } from '../../src/predict/index.ts'
import { MACHINES } from './arm.ts'
import { type ContextRow, PRICED, type PincerFacts, type SpeedCrossing, type Story, rowOf } from './condition.ts'
import { type FaceOff, type Point, USER_SPEED, YARDSTICK, nameOf } from './face-off.ts'
import { brief, list, short, table, whole } from './print.ts'

/** How sure a ratio below 1 is. */
function verdict({ value, lo, hi }: Band): string {
  if (hi < 1) return 'cheaper, band and all'
  if (lo > 1) return 'dearer, band and all'
  return value < 1 ? 'probably cheaper' : 'probably dearer'
}

interface Judged {
  readonly story: Story
  readonly row: FaceOff
  readonly band: Band
}

type Against = 'overActive' | 'overTotal' | 'overYardstick'

function judged(stories: readonly Story[], against: Against, point: Point, chips?: readonly string[]): Judged[] {
  return stories.flatMap((story) =>
    story.rows.flatMap((row) => {
      const band = row[against][point]
      const isAsked = chips === undefined || chips.includes(row.chip)
      return band === undefined || !isAsked ? [] : [{ story, row, band }]
    }),
  )
}

function rangeOf(found: readonly Judged[]): string {
  const values = found.map(({ band }) => band.value)
  return `×${brief(Math.min(...values))} to ×${brief(Math.max(...values))}`
}

const HBM = MACHINES.filter(({ family }) =>
  ['NVIDIA GPU', 'AMD GPU', 'TPU', 'Trainium, Gaudi'].includes(family),
).flatMap(({ chips }) => chips)
const LPUS = ['groq-lpu-v1', 'groq3-lp30']

/** The page in a few sentences, each worked out. */
export function findings({ stories, crossings, contexts }: PincerFacts): string {
  return [
    totalFinding(stories),
    activeFinding(stories),
    ...PRICED.map((chip) => yardstickFinding(stories, chip)),
    ...PRICED.map((chip) => speedFinding(stories, crossings, chip)),
    contextFinding(stories, contexts),
  ]
    .map((text) => `- ${text}`)
    .join('\n')
}

function totalFinding(stories: readonly Story[]): string {
  const all = judged(stories, 'overTotal', 'cheapest')
  const cheaper = all.filter(({ band }) => band.value < 1)
  const surely = all.filter(({ band }) => band.hi < 1)
  const dearer = all.filter(({ band }) => band.value >= 1)
  const where = [...new Set(dearer.map(({ row }) => nameOf(row.chip)))]
  const exception =
    dearer.length === 0
      ? 'no exception'
      : `the exceptions are on ${list(where)}: ${list(dearer.map(({ story, row, band }) => `${story.trio.arch.name} on ${nameOf(row.chip)} ×${short(band.value)}`))}`
  return `**Against a dense model of its total size** a sparse one costs less per token on ${cheaper.length} of ${all.length} pairs of model and machine, on ${surely.length} of them with all of its band; ${exception}. On HBM machines it is ${rangeOf(judged(stories, 'overTotal', 'cheapest', HBM))}, on wafers ${rangeOf(judged(stories, 'overTotal', 'cheapest', ['cerebras-wse3']))}, on LPUs ${rangeOf(judged(stories, 'overTotal', 'cheapest', LPUS))}.`
}

function activeFinding(stories: readonly Story[]): string {
  const all = judged(stories, 'overActive', 'cheapest')
  const dearer = all.filter(({ band }) => band.value > 1)
  const at = (point: Point, chips: readonly string[]): string => rangeOf(judged(stories, 'overActive', point, chips))
  return `**Against a dense model of its active size** it costs more on ${dearer.length} of ${all.length} pairs: all experts must be resident, and batches read most of them. ${at('cheapest', HBM)} on HBM machines, ${at('cheapest', ['cerebras-wse3'])} on wafers, ${at('cheapest', LPUS)} on LPUs; and ${at('fast', HBM)} on HBM machines where every user is to get ${USER_SPEED} tokens/s, as the tokens of small batches share few experts.`
}

function yardstickFinding(stories: readonly Story[], chip: string): string {
  const at = (point: Point): Judged[] => judged(stories, 'overYardstick', point, [chip])
  const words = at('fast').map(({ story, band }) => `${story.trio.arch.name} ${verdict(band)}`)
  return `**Sparse on ${nameOf(chip)} against sparse on ${nameOf(YARDSTICK)}**: ${rangeOf(at('cheapest'))} where tokens only have to be cheap, ${rangeOf(at('fast'))} at ${USER_SPEED} tokens/s for every user (${words.join('; ')}).`
}

function speedFinding(stories: readonly Story[], crossings: readonly SpeedCrossing[], chip: string): string {
  const of = crossings.filter((one) => one.chip === chip && one.rival === YARDSTICK)
  const known = of.flatMap(({ speed }) => speed ?? [])
  const name = nameOf(chip)
  if (known.length === 0)
    return `**Speed for every user decides**: on ${name} no model of the ${stories.length} ever becomes cheaper than on ${nameOf(YARDSTICK)}.`
  const never = of.length - known.length
  return `**Speed for every user decides**: ${name} is the cheaper machine from ${brief(Math.min(...known))} to ${brief(Math.max(...known))} tokens/s per user on, by model${never > 0 ? `, and never for ${never} of them` : ''}; slower than that ${nameOf(YARDSTICK)} is.`
}

/** What long prompts leave of the lead of wafers. */
function contextFinding([story]: readonly Story[], contexts: readonly ContextRow[]): string {
  const ratios = contexts.flatMap(({ isl, costs: [base, wafer] }) =>
    base === undefined || wafer === undefined ? [] : [{ isl, ratio: wafer / base }],
  )
  const [first, last] = [ratios[0]!, ratios.at(-1)!]
  const lost = ratios.find(({ ratio }) => ratio > 1)
  const end = lost === undefined ? 'still leads there' : `has lost its lead at ${whole(lost.isl)}`
  return `**Long prompts take SRAM from users**: ${story!.trio.arch.name} at ${USER_SPEED} tokens/s per user costs on WSE-3 ×${brief(first.ratio)} of what it costs on ${nameOf(YARDSTICK)} with prompts of ${whole(first.isl)} tokens, ×${brief(last.ratio)} with ${whole(last.isl)}, a factor of ${brief(last.ratio / first.ratio)}: the wafer ${end}.`
}

/** {dense, sparse} × {HBM, SRAM}: cost per token over the dense model of equal total size on B200, each at its cheapest point. */
export function squareTable(stories: readonly Story[]): string {
  const sram = ['cerebras-wse3', 'groq-lpu-v1']
  return table(
    [
      'sparse model',
      `dense T on ${nameOf(YARDSTICK)}`,
      `sparse on ${nameOf(YARDSTICK)}`,
      ...sram.flatMap((chip) => [`dense T on ${nameOf(chip)}`, `sparse on ${nameOf(chip)}`]),
    ],
    stories.map(({ trio, rows }) => {
      const here = rowOf(rows, YARDSTICK).overTotal.cheapest!.value
      const cells = sram.flatMap((chip) => {
        const { overYardstick, overTotal } = rowOf(rows, chip)
        const sparse = here * overYardstick.cheapest!.value
        return [`×${brief(sparse / overTotal.cheapest!.value)}`, `×${brief(sparse)}`]
      })
      return [trio.arch.name, '×1', `×${brief(here)}`, ...cells]
    }),
  )
}

/** Where the sparse model on SRAM loses, pair by pair. */
export function losses(stories: readonly Story[]): string {
  const lines = PRICED.flatMap((chip) => {
    const lost = judged(stories, 'overYardstick', 'cheapest', [chip]).filter(({ band }) => band.value > 1)
    const late = judged(stories, 'overYardstick', 'fast', [chip]).filter(({ band }) => band.value > 1)
    const names = (found: readonly Judged[]): string =>
      list(found.map(({ story, band }) => `${story.trio.arch.name} (×${brief(band.value)}, ${verdict(band)})`))
    return [
      `- ${nameOf(chip)}, tokens only have to be cheap: ${names(lost)}.`,
      `- ${nameOf(chip)}, ${USER_SPEED} tokens/s for every user: ${names(late)}.`,
    ]
  })
  return lines.join('\n')
}
