import {
  type GqaMixer,
  type LayerGroup,
  type MlaMixer,
  type ModelArch,
  type MoeFfn,
  type Operator,
  type Pass,
  decodePass,
} from '../model/index.ts'
import { chipWork, tensorMapping } from '../parallel/index.ts'
import type { Format } from '../units/index.ts'

/** Routed experts of one layer, of which the timed rank holds all, each divided `moeTp` ways along its width. */
export interface ExpertShape {
  readonly tokens: number
  readonly hidden: number
  readonly inter: number
  readonly topk: number
  readonly experts: number
  readonly moeTp: number
}

/** The experts of a gated mixture as a layer of a model would list them: three matrices each, in `format`. */
export function loneExperts({ tokens, hidden, inter, topk, experts, moeTp }: ExpertShape, format: Format): Operator {
  const shape = { experts, topk, inter, expertHidden: hidden }
  const ffn: MoeFfn = {
    kind: 'moe',
    ...shape,
    gated: true,
    bias: false,
    sharedInter: 0,
    denseInter: 0,
    sharedGate: false,
  }
  const layer: LayerGroup = { count: 1, mixer: { kind: 'none' }, ffn }
  const mapping = { ...tensorMapping(1), moeTp }
  const { operators } = chipWork(archOf(hidden, layer), decodePass(tokens, 1), mapping, {
    weights: { ffn: format, attention: 'bf16', embedding: 'bf16' },
    cache: 'bf16',
  })
  return operators.find(({ kind }) => kind === 'expert-gemm')!
}

/** Grouped-query attention with nothing around it. */
export function groupedMixer(heads: number, kvHeads: number, headDim: number): GqaMixer {
  const plain = { sharedKv: false, outputGate: false, bias: false, qkNorm: false }
  return { kind: 'gqa', heads, kvHeads, headDim, valueDim: headDim, ...plain }
}

/** Multi-head latent attention of DeepSeek's dimensions (DeepSeek-V2 §2.1, V3's config), which every table is measured with. */
export function latentMixer(heads: number): MlaMixer {
  const ranks = { queryRank: 1536, kvRank: 512, nopeDim: 128, ropeDim: 64, valueDim: 128 }
  return { kind: 'mla', heads, ...ranks, outputGate: false }
}

/** The attention of one pass, projections left out: queries in 16 bits over a cache in `cache`. */
export function loneAttention(mixer: GqaMixer | MlaMixer, pass: Pass, cache: Format): Operator {
  const layer: LayerGroup = { count: 1, mixer, ffn: { kind: 'none' } }
  const weights = { ffn: 'bf16', attention: 'bf16', embedding: 'bf16' } as const
  const { operators } = chipWork(archOf(4096, layer), pass, tensorMapping(1), { weights, cache })
  const wanted = pass.prefillTokens > 0 ? 'prefill-attention' : 'decode-attention'
  return operators.find(({ kind }) => kind === wanted)!
}

function archOf(hidden: number, layer: LayerGroup): ModelArch {
  return {
    id: 'kernel',
    name: 'kernel',
    family: 'kernel',
    hidden,
    vocab: 1,
    tiedEmbeddings: true,
    maxContext: 1e6,
    layers: [layer],
    mtpLayers: 0,
    checkpoint: { ffn: 'bf16', attention: 'bf16', embedding: 'bf16' },
    extraParams: [],
  }
}
