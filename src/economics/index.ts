/**
 * Money. In: figures with sources (prices, power, life, interest), speeds. Out: USD per chip-hour with its parts and
 * interval, USD per million tokens, margins, break-even. Must not know: how speeds and powers were predicted.
 */
export {
  CHIP_HOUR_PARTS,
  capitalRecoveryFactor,
  chipHourCost,
  type ChipHourCost,
  type ChipHourPart,
} from './chip-hour.ts'
export { type ChipHourInput, givenFigure, type OwnedInput, type QuotedInput } from './chip-hour-input.ts'
export { defaultChipHour, ownedChipHour, purchasePrice } from './default-chip-hour.ts'
export type { Interval } from './interval.ts'
export {
  breakEvenUtilisation,
  costMargin,
  costPerMtok,
  fleetCost,
  joulesPerToken,
  tokenCost,
  type TokenCost,
  type TokenCostInput,
  tokenRevenue,
} from './token-cost.ts'
