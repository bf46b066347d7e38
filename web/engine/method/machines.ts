import {
  type FitQuestion,
  type Fits,
  type MachineFit,
  type Source,
  type Tiers,
  type TiersInput,
  chipIds,
  declaredArch,
  findChip,
  findModel,
  fitModel,
  isKnown,
  parseChip,
  parseConfig,
  tiers,
  tiersDocument,
} from '../../../src/index.ts'
import type { Call } from '../protocol.ts'
import { sourceList } from './source-list.ts'

type Given = Readonly<Record<string, unknown>>

/** A model on every machine, as `pincer fit --json` prints it, and the publications it cites. */
export interface FitsAnswer {
  readonly fits: Fits
  readonly sources: Readonly<Record<string, Source>>
}

/** All machines of the catalog, and chips that somebody brought along. */
export interface FitsQuestion extends Omit<FitQuestion, 'chips'> {
  readonly own?: readonly Given[]
}

/** Machine by machine, so that the page sees how far it is and can stop it. */
async function fits({ own = [], ...question }: FitsQuestion, call: Call): Promise<FitsAnswer> {
  const ids = [...chipIds(), ...own]
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

/** The question of `tiers` with a model and a chip as scenario files have them. */
export interface TiersQuestion extends Omit<TiersInput, 'model' | 'chip'> {
  readonly model: string | Given
  readonly chip: string | Given
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

// As a scenario file names them.
function named(model: string | Given, chip: string | Given): Pick<TiersInput, 'model' | 'chip'> {
  const found = typeof chip === 'string' ? findChip(chip) : parseChip(chip)
  if (typeof model === 'string') return { model: findModel(model), chip: found }
  const { id, config, totalParams, activeParams = totalParams } = model
  const about = { id: String(id) }
  const counts = { totalParams: Number(totalParams), activeParams: Number(activeParams) }
  return {
    model: config === undefined ? declaredArch({ ...about, ...counts }) : parseConfig(config, about),
    chip: found,
  }
}

function tiered({ model, chip, ...rest }: TiersQuestion): TiersAnswer {
  const answer = tiers({ ...named(model, chip), ...rest })
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
