/**
 * What cheaper tokens do to the sale of accelerators, if the stated assumptions hold: a scenario, no forecast and no advice. In: assumptions
 * with sources, cost ratios of a comparison. Out: tokens, demand for accelerators and GPU vendors’ revenue beside a baseline, as
 * distributions, and the elasticity on which the answer turns. Must not know: how speeds and costs were predicted.
 */
export { MARKET_SUPPORT, parseMarket } from './input.ts'
export { market, type MarketOptions, type MarketOutcome, type MarketResult } from './market.ts'
export { adoption, fleetDepth, marketPath, purchases, revenueRatio } from './path.ts'
export { revenueThreshold, type Threshold, type ThresholdSide } from './threshold.ts'
export {
  MARKET_NAMES,
  type MarketInput,
  type MarketName,
  type MarketScenario,
  type MarketValues,
  type MarketYear,
  type Revenue,
} from './types.ts'
