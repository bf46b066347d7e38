import type { LayerGroup, ModelArch } from './arch.ts'
import { ffnOperators } from './ffn-operators.ts'
import { mixerOperators } from './mixer-operators.ts'
import { glueOperators, quantised } from './glue-operators.ts'
import { type Operator, type ServingFormats, gemm } from './operator.ts'
import { type Pass, passTokens } from './pass.ts'

/**
 * All operators of one pass over the whole model, unsplit. Embedding look-ups (one row per token) are left out:
 * < 0.1 % of the bytes.
 */
export function passOperators(arch: ModelArch, pass: Pass, formats: ServingFormats): Operator[] {
  const operators: Operator[] = []
  for (const group of arch.layers) operators.push(...layerOperators(arch, group, pass, formats))
  operators.push(headOperator(arch, pass, formats))
  return quantised(arch, operators)
}

function layerOperators(arch: ModelArch, group: LayerGroup, pass: Pass, formats: ServingFormats): Operator[] {
  const tokens = passTokens(pass)
  return [
    ...mixerOperators(arch, group, pass, formats),
    ...ffnOperators(arch, group.ffn, group.count, tokens, formats.weights.ffn),
    ...glueOperators(arch, group, tokens),
  ]
}

// The head runs on the last position of each finished prompt and on every decoded token.
function headOperator(arch: ModelArch, pass: Pass, formats: ServingFormats): Operator {
  const rows = pass.prefillSequences + pass.decodeSequences * pass.decodeTokens
  return gemm('lm-head', 1, { rows, inner: arch.hidden, columns: arch.vocab }, formats.weights.embedding)
}
