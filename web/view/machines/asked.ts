import { ask } from '../../engine/client.ts'
import type { FitsAnswer, TiersAnswer } from '../../engine/method/machines.ts'
import { type Question, question } from '../../engine/question.ts'
import { type MachinesState, fitQuestion, isSparse, tiersQuestion } from './schema.ts'

/** All machines for one model. */
export const fits: Question<FitsAnswer> = question()
/** A fast and a slow memory under its experts. */
export const tiered: Question<TiersAnswer> = question()

/** Hands may still be moving, ms. */
const SETTLE = 150

let askedFits = ''
let askedTiers = ''

/** Asks what `state` changes; a machine that is only looked at asks nothing. */
export function askFor(state: MachinesState): void {
  const fit = fitQuestion(state)
  const key = JSON.stringify({ ...fit, prices: [...state.prices] })
  if (key !== askedFits) {
    const delay = askedFits === '' ? 0 : SETTLE
    askedFits = key
    fits.ask((options) => ask('machines.fits', fit, options), delay)
  }
  if (!isSparse(state.model)) return
  const tier = tiersQuestion(state)
  if (JSON.stringify(tier) === askedTiers) return
  const delay = askedTiers === '' ? 0 : SETTLE
  askedTiers = JSON.stringify(tier)
  tiered.ask((options) => ask('machines.tiers', tier, options), delay)
}
