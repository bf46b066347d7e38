import type { Ffn, LayerGroup, Mixer, ModelArch } from './arch.ts'
import { ffnOperators } from './ffn-operators.ts'
import { hasExperts } from './layer.ts'
import { mixerOperators } from './mixer-operators.ts'
import { type Operator, type ServingFormats, elementwise, gemm } from './operator.ts'
import { type Pass, passTokens } from './pass.ts'

/**
 * All operators of one pass over the whole model, unsplit. Embedding look-ups (one row per token) are left out:
 * < 0.1 % of the bytes.
 */
export function passOperators(arch: ModelArch, pass: Pass, formats: ServingFormats): Operator[] {
  const operators: Operator[] = []
  for (const group of arch.layers) operators.push(...layerOperators(arch, group, pass, formats))
  operators.push(headOperator(arch, pass, formats))
  return hasExperts(arch) ? operators.map(blockScaled) : operators
}

// 8-bit checkpoints with experts scale by blocks (DeepSeek, Qwen, GLM, MiniMax), dense ones by tensor or channel.
function blockScaled(operator: Operator): Operator {
  return operator.kind === 'gemm' && operator.format === 'fp8' ? { ...operator, blockScaled: true } : operator
}

function layerOperators(arch: ModelArch, group: LayerGroup, pass: Pass, formats: ServingFormats): Operator[] {
  const tokens = passTokens(pass)
  return [
    ...mixerOperators(arch, group, pass, formats),
    ...ffnOperators(arch, group.ffn, group.count, tokens, formats.weights.ffn),
    elementwise('norms', group.count, tokens, normValues(arch.hidden, group.mixer, group.ffn)),
  ]
}

// Each of the (at most) two norms reads the residual and the branch and writes both; the activation function
// reads two FFN-wide tensors and writes one.
function normValues(hidden: number, mixer: Mixer, ffn: Ffn): number {
  const norms = (mixer.kind === 'none' ? 0 : 1) + (ffn.kind === 'none' ? 0 : 1)
  const activation =
    ffn.kind === 'dense'
      ? 3 * ffn.inter
      : ffn.kind === 'moe'
        ? 3 * (ffn.topk * ffn.inter + ffn.sharedInter + ffn.denseInter)
        : 0
  return norms * 4 * hidden + activation
}

// The head runs on the last position of each finished prompt and on every decoded token.
function headOperator(arch: ModelArch, pass: Pass, formats: ServingFormats): Operator {
  const rows = pass.prefillSequences + pass.decodeSequences * pass.decodeTokens
  return gemm('lm-head', 1, { rows, inner: arch.hidden, columns: arch.vocab }, formats.weights.embedding)
}
