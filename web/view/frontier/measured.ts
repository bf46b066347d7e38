import { signal } from '@preact/signals'
import type { MeasuredList } from '../../engine/measured.ts'
import type { FrontierAnswer } from './answer.ts'
import { worthOf } from './plot.ts'

/** One measured run in the terms of the picture. */
export interface MeasuredRun {
  readonly chip: string
  readonly precision: string
  readonly engine: string
  readonly drafts: string
  readonly clients: number
  readonly chips: number
  /** Tokens per second of a user, and output tokens per second of a chip. */
  readonly speed: number
  readonly perChip: number
  /** $ per million output tokens at the price of the page; undefined where none is known. */
  readonly cost: number | undefined
  /** Milliseconds. */
  readonly ttft: number
  readonly tpot: number
}

const list = signal<MeasuredList | undefined>(undefined)
let isAsked = false

/** Loads the measured runs, once; until they are there, none is shown. */
export function loadMeasured(): void {
  if (isAsked) return
  isAsked = true
  void import('virtual:measured').then(({ measured }) => {
    list.value = measured
  })
}

/** Lengths of the harness are uniform on [0.8, 1] of the upper end. */
const MEAN_LENGTH = 0.9

/** The measured runs of the model with the lengths of the question on its machines. */
export function measuredRuns({ machines, question, outline }: FrontierAnswer): MeasuredRun[] {
  const all = list.value
  if (all === undefined) return []
  const asked = outline.chips.map(({ id }) => id)
  const { isl, osl } = outline.workload
  return all.model.flatMap((name, row): MeasuredRun[] => {
    const chip = all.chip[row]!
    if (name !== question.model || all.isl[row] !== isl || all.osl[row] !== osl || !asked.includes(chip)) return []
    const [tpot, ttft, clients, size] = [all.tpot[row]!, all.ttft[row]!, all.clients[row]!, all.chips[row]!]
    const tokens = osl * MEAN_LENGTH
    // Little's law: clients = requests per second × time of a request.
    const perChip = (clients * tokens) / ((ttft + (tokens - 1) * tpot) / 1000) / size
    const hour = machines[asked.indexOf(chip)]?.part.frontier.flatMap((point) => paidPerChip(point) ?? [])[0]
    return [
      {
        chip,
        precision: all.precision[row]!,
        engine: all.engine[row]!,
        drafts: all.drafts[row]!,
        clients,
        chips: size,
        speed: 1000 / tpot,
        perChip,
        cost: hour === undefined ? undefined : hour / perChip,
        ttft,
        tpot,
      },
    ]
  })
}

// $ per million tokens times tokens per second and chip: what a chip is paid, whatever it does.
function paidPerChip(point: Parameters<typeof worthOf>[0]): number | undefined {
  const [cost, perChip] = [worthOf(point, 'cost'), worthOf(point, 'chip')]
  return cost === undefined || perChip === undefined ? undefined : cost * perChip
}
