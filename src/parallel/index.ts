/**
 * Operators of the whole model + a mapping → the operators and collectives of one chip. No machine, no time:
 * whoever times them never hears of tensor or expert parallelism.
 */
export { type Mapping, type MappingInput, chipsOf, parseMapping, tensorMapping } from './mapping.ts'
export { type ChipWork, type Collective, type CollectiveKind, chipWork } from './work.ts'
export { type PassShape, type WorkLine, shapedPass, workLine } from './work-line.ts'
export { type Residency, residentBytes } from './residency.ts'
export { rankImbalance } from './imbalance.ts'
