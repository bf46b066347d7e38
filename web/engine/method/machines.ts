import {
  type FitQuestion,
  type Fits,
  type MachineFit,
  type Source,
  type Tiers,
  type TiersInput,
  chipIds,
  findChip,
  findModel,
  fitModel,
  isKnown,
  tiers,
  tiersDocument,
} from '../../../src/index.ts'
import type { Call } from '../protocol.ts'
import { sourceList } from './source-list.ts'

/** A model on every machine, as `pincer fit --json` prints it, and the publications it cites. */
export interface FitsAnswer {
  readonly fits: Fits
  readonly sources: Readonly<Record<string, Source>>
}

/** Machine by machine, so that the page sees how far it is and can stop it. */
async function fits(question: Omit<FitQuestion, 'chips'>, call: Call): Promise<FitsAnswer> {
  const ids = chipIds()
  const rows: MachineFit[] = []
  let whole: Fits | undefined
  for (const [done, id] of ids.entries()) {
    call.progress(done, ids.length)
    await call.pause()
    whole = fitModel({ ...question, chips: [id] })
    rows.push(...whole.rows)
  }
  return { fits: { ...whole!, rows }, sources: sourceList(rows.flatMap(citedBy)) }
}

function citedBy(row: MachineFit): string[] {
  if (row.status !== 'fits') return []
  const figures = [row.power, row.usdPerHour, row.nodes, row.racks, row.prediction.cost.chipHour]
  return [...row.prediction.evidence.sources, ...figures.flatMap((figure) => (isKnown(figure) ? [figure.source] : []))]
}

/** The question of `tiers` with names in place of a model and a chip. */
export interface TiersQuestion extends Omit<TiersInput, 'model' | 'chip'> {
  readonly model: string
  readonly chip: string
}

/** What the page draws of `tiers`, and the document that `pincer tiers --json` prints. */
export interface TiersAnswer {
  readonly drawn: Pick<
    Tiers,
    'bytes' | 'answer' | 'here' | 'bounds' | 'curve' | 'hits' | 'hitNeeded' | 'notes' | 'within'
  > & {
    readonly fast: Tiers['machine']['fast']
    readonly slow: Tiers['machine']['slow']
    readonly slowRate: number
    readonly distinct: number
  }
  readonly document: object
}

function tiered({ model, chip, ...rest }: TiersQuestion): TiersAnswer {
  const answer = tiers({ model: findModel(model), chip: findChip(chip), ...rest })
  const {
    bytes,
    answer: enough,
    here,
    bounds,
    curve,
    hits,
    hitNeeded,
    notes,
    within,
    machine,
    slowRate,
    distinct,
  } = answer
  const { fast, slow } = machine
  return {
    drawn: {
      bytes,
      answer: enough,
      here,
      bounds,
      curve,
      hits,
      hitNeeded,
      notes,
      within,
      fast,
      slow,
      slowRate,
      distinct,
    },
    document: tiersDocument(answer),
  }
}

export const methods = { fits, tiers: tiered }
