/**
 * Chips, prices, models and the publications they cite: unknown JSON comes in, typed entries whose every number
 * names its unit, source and basis go out. Knows nothing of operators, time or money made from them.
 */
export { type Basis, type Figure, isKnown, type Known, type Unknown, valueOf } from './figure.ts'
export type { Chip, MemoryTier, ModelEntry, Price, Source } from './types.ts'
export { chipIds, chips, findChip, plainName, storeOf } from './chip.ts'
export { BASES, DATE } from './parse-figure.ts'
export { parseFailure } from './parse-issue.ts'
export { findModelEntry, modelEntries } from './models.ts'
export { parseChip } from './parse-chip.ts'
export { defaultRental, defaultTco, findPrice, type PriceQuery, prices } from './price.ts'
export { parsePrices } from './parse-price.ts'
export { findSource, sources, USER_SOURCE } from './source.ts'
