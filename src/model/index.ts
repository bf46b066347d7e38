/**
 * Hugging Face config → architecture → counts, cache sizes and operators: what a model computes and stores. Comes in:
 * configs and catalog entries. Goes out: ModelArch and exact numbers about it. Knows no machine and no time.
 */
export type {
  CompressedMixer,
  DenseFfn,
  ExtraParams,
  Ffn,
  GqaMixer,
  LayerGroup,
  LinearMixer,
  MlaMixer,
  Mixer,
  ModelArch,
  MoeFfn,
  SparseIndex,
  WeightFormats,
} from './arch.ts'
export { configDocument, parseConfigText } from './config-text.ts'
export { type GroupParams, type ParamCounts, groupParams, paramCounts } from './count.ts'
export { type DeclaredModel, declaredArch } from './declared.ts'
export { findModel, modelArch } from './entry-arch.ts'
export { supportedFamilies } from './family-registry.ts'
export { type TokenFlops, flopsPerToken } from './flop.ts'
export { type KvKind, type KvPart, cacheValueBytes, kvBreakdown, kvBytes, kvBytesPerToken, stateBytes } from './kv.ts'
export { hasExperts, totalLayers } from './layer.ts'
export { parseConfig } from './parse-config.ts'
export type { About } from './skeleton.ts'
export { checkpointBytes, formatsFor, weightBytes } from './weight.ts'
export {
  ACTIVATION_BYTES,
  type Operator,
  type OperatorKind,
  type Routing,
  type ServingFormats,
  gemm,
} from './operator.ts'
export { EXPERT_SPREAD, distinctExperts } from './ffn-operators.ts'
export { passOperators } from './operators.ts'
export { type Pass, decodePass, passTokens, prefillPass, splitPass } from './pass.ts'
