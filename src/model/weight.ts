import { type Bytes, type Format, bytesPerWeight } from '../units/index.ts'
import type { ModelArch, WeightFormats } from './arch.ts'
import { ffnParams, mixerParams, paramCounts } from './count.ts'

/** Parameters by the format that governs them. `plain` ones (norms, biases, routers, extras) stay in 16 bits. */
interface FormatShares {
  readonly ffn: number
  readonly attention: number
  readonly embedding: number
  readonly plain: number
}

/** Bytes of one parameter that no format touches. */
const PLAIN_BYTES = 2

/** Bytes of all resident weights in `formats`, block scales included; multi-token-prediction heads excluded. */
export function weightBytes(arch: ModelArch, formats: WeightFormats): Bytes {
  const shares = formatShares(arch)
  return (
    shares.ffn * bytesPerWeight(formats.ffn) +
    shares.attention * bytesPerWeight(formats.attention) +
    shares.embedding * bytesPerWeight(formats.embedding) +
    shares.plain * plainBytes(formats)
  )
}

/** Bytes of the published checkpoint, without its multi-token-prediction heads. */
export function checkpointBytes(arch: ModelArch): Bytes {
  return weightBytes(arch, arch.checkpoint)
}

// A model served in FP32 keeps its norms in FP32 too.
function plainBytes(formats: WeightFormats): number {
  return formats.embedding === 'fp32' ? 4 : PLAIN_BYTES
}

function formatShares(arch: ModelArch): FormatShares {
  const counts = paramCounts(arch)
  let ffn = 0
  let attention = 0
  for (const group of arch.layers) {
    const part = ffnParams(arch, group.ffn)
    const routerParams = group.ffn.kind === 'moe' ? arch.hidden * group.ffn.experts : 0
    const expertBiases = expertBiasParams(part.routed, group.ffn)
    ffn += group.count * (part.routed - expertBiases + part.shared.matrices - routerParams)
    attention += group.count * mixerParams(arch.hidden, group.mixer).matrices
  }
  const embedding = counts.embedding + counts.head
  return { ffn, attention, embedding, plain: counts.total - ffn - attention - embedding }
}

function expertBiasParams(routed: number, ffn: ModelArch['layers'][number]['ffn']): number {
  if (ffn.kind !== 'moe' || !ffn.bias) return 0
  return routed - ffn.experts * (ffn.gated ? 3 : 2) * ffn.expertHidden * ffn.inter
}

/**
 * What serving `arch` at `precision` means for each part, as published checkpoints do it. Embedding and head stay in 16
 * bits except in FP32. FP4 (NVFP4) takes FFN and attention, but latent and compressed attention stays in FP8 (DeepSeek
 * and kin); MXFP4 takes the FFN only (gpt-oss). `ffn` means routed and shared experts alike.
 */
export function formatsFor(arch: ModelArch, precision: Format): WeightFormats {
  const embedding: Format = precision === 'fp32' || precision === 'tf32' ? precision : 'bf16'
  if (precision === 'mxfp4') return { ffn: 'mxfp4', attention: 'bf16', embedding }
  if (precision === 'fp4' && hasLatentAttention(arch)) return { ffn: 'fp4', attention: 'fp8', embedding }
  return { ffn: precision, attention: precision, embedding }
}

function hasLatentAttention(arch: ModelArch): boolean {
  return arch.layers.some(({ mixer }) => mixer.kind === 'mla' || mixer.kind === 'compressed')
}
