import type { Chip, Known } from '../catalog/index.ts'
import { type ChipBill, type TcoQuestion, askedInput, chipBill, isBuildUp } from '../economics/index.ts'
import { chipHour } from './money.ts'

/** What an hour of a chip costs, as `pincer cost` prints it without a model. */
export interface ChipCost {
  readonly schema: 'pincer.cost.v1'
  readonly bill: ChipBill
  /** $ per paid chip-hour as `predict` uses it: the build-up where one is asked for, else the catalog's. */
  readonly chipHour: Known
  readonly isBuildUp: boolean
  readonly grid: Known
}

/**
 * The hour of a chip built up from what its owner pays, beside published prices; with `chips` for a fleet of so many.
 * @throws PincerError for an input out of range
 */
export function chipCost(chip: Chip, question: TcoQuestion, chips?: number): ChipCost {
  const use = question.inputs.utilisation
  const used = use !== undefined && 'value' in use ? { utilisation: use.value } : {}
  return {
    schema: 'pincer.cost.v1',
    bill: chipBill(chip, question, chips),
    chipHour: chipHour({ chip, tco: question, ...used }),
    isBuildUp: isBuildUp(question),
    grid: askedInput('grid', question),
  }
}
