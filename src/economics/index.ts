/**
 * Money. In: figures with sources (prices, power, life, interest), speeds. Out: USD per chip-hour with its parts and
 * interval, USD per million tokens, per request and task, margins, break-even. Must not know: how speeds were predicted.
 */
export {
  CHIP_HOUR_PARTS,
  capitalRecoveryFactor,
  chipHourCost,
  type ChipHourCost,
  type ChipHourPart,
  paidChipHour,
} from './chip-hour.ts'
export { type ChipHourInput, type CostName, givenFigure, type OwnedInput, type QuotedInput } from './chip-hour-input.ts'
export { type ChipBill, chipBill, type Scale } from './chip-bill.ts'
export { defaultChipHour, ownedChipHour, ownedInputs } from './default-chip-hour.ts'
export { gridCarbon, gridNames } from './grid.ts'
export type { Interval } from './interval.ts'
export { type ApiPrice, apiPrices, type MarketKind, type MarketPrice, marketPrices } from './market-price.ts'
export {
  askedInput,
  isBuildUp,
  mapFigure,
  type Owner,
  OWNERS,
  ownerName,
  product,
  type TcoInputs,
  type TcoQuestion,
} from './owner.ts'
export { purchasePrice } from './purchase-price.ts'
export { callTokens, type Task, TASKS } from './task.ts'
export { TCO_FIELDS, TCO_NAMES, type TcoField, tcoFlag, type TcoName } from './tco-field.ts'
export { parseTco, parseTcoInput, tcoName } from './tco-file.ts'
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
export { mixCost, type PerKind, TOKEN_KINDS, type TokenKind, type TokenMix, tokenTimes } from './token-time.ts'
