import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { totalLayers } from '../../src/model/index.ts'
import { AttentionTable } from './attention-table.ts'
import { type Deployment, expertsOf } from './deployment.ts'
import { ExpertTable } from './expert-table.ts'
import type { LengthMix } from './length-mix.ts'
import { type Line, layerLines } from './line.ts'
import { SkewTable, skewMeta } from './skew-table.ts'

/** Kernels that run in every layer, by their name in dense.csv and how often. */
const PER_LAYER: Readonly<Record<string, number>> = {
  layernorm: 2, // before attention and before the FFN
  qkv_proj: 1,
  qk_norm: 1, // one row holds the norms of queries and keys
  rotary_emb: 1,
  o_proj: 1,
  gate_up_proj: 1,
  act_fn: 1,
  down_proj: 1,
}
/** Kernels that run once a step, by tokens and by sequences that get a token. */
const ONCE = ['embedding', 'final_layernorm']
const PER_SEQUENCE = ['lm_head', 'sampler']

/** The measured kernel times of one GPU of a deployment, added up to a step. All times µs. */
export class KernelTables {
  readonly layers: number
  private readonly deployment: Deployment
  private readonly dense: ReadonlyMap<string, Line>
  private readonly perSequence: ReadonlyMap<string, Line>
  private readonly attention: AttentionTable
  private readonly experts: ExpertTable | null
  private readonly skew: SkewTable

  /** `folder` holds meta.yaml and tp1/, tp2/ … */
  constructor(folder: string, deployment: Deployment) {
    const tables = join(folder, `tp${deployment.tp}`)
    // Experts are profiled whole, on one GPU.
    const experts = join(folder, 'tp1', 'moe.csv')
    this.deployment = deployment
    this.layers = totalLayers(deployment.arch)
    this.dense = layerLines(join(tables, 'dense.csv'), 'tokens')
    this.perSequence = layerLines(join(tables, 'per_sequence.csv'), 'sequences')
    this.attention = new AttentionTable(join(tables, 'attention.csv'))
    this.experts = existsSync(experts) ? new ExpertTable(experts) : null
    const meta = readFileSync(join(folder, 'meta.yaml'), 'utf8')
    this.skew = new SkewTable(join(tables, 'skew_fit.csv'), skewMeta(meta, deployment.tp))
  }

  /** All of a step but attention: `tokens` in it, `sequences` of which get a token. */
  linear(tokens: number, sequences: number): number {
    const padded = graphSize(tokens)
    const layer = sum(Object.entries(PER_LAYER), ([name, times]) => times * (this.dense.get(name)?.at(padded) ?? 0))
    const once = sum(ONCE, (name) => this.dense.get(name)?.at(padded) ?? 0)
    const each = sum(PER_SEQUENCE, (name) => this.perSequence.get(name)?.at(sequences) ?? 0)
    return this.layers * (layer + this.expertTime(padded) + this.exchange(padded)) + once + each
  }

  /** Attention of a prompt's first `chunk` tokens alone, in one layer. */
  promptAttention(chunk: number): number {
    return this.attention.at({ chunk, before: 0, sequences: 0, context: 0 })
  }

  /**
   * What decoding sequences with contexts of `mix`, stretched to the mean `context`, add to the attention of a chunk (0: no prompt
   * in the step) in one layer: expected over batches drawn from the mix.
   */
  decodeAttention(mix: LengthMix, sequences: number, context: number, chunk: number): number {
    const at = (k: number): number => this.attention.at({ chunk, before: 0, sequences, context: k })
    const even = at(context)
    const stretch = context / mix.meanContext
    const uneven = mix.extremes(sequences).map((extremes) => {
      const [shortest, longest] = [extremes.shortest * stretch, extremes.longest * stretch]
      const share = this.skew.share({ chunk, sequences, shortest, mean: context, longest })
      return share === 0 ? 0 : share * (at(longest) - even)
    })
    return even + sum(uneven, (time) => time) / uneven.length - this.promptAttention(chunk)
  }

  // Experts are spread over the groups: a GPU has its part of the experts, and of the tokens of all groups alike.
  private expertTime(tokens: number): number {
    const routed = expertsOf(this.deployment.arch)
    if (this.experts === null || routed === undefined) return 0
    const groups = this.deployment.isExpertParallel ? this.deployment.dp : 1
    const missed = (1 - routed.perToken / routed.experts) ** (tokens * groups)
    return this.experts.at(tokens, (routed.experts / groups) * (1 - missed))
  }

  /**
   * A layer's exchange between GPUs: two all-reduces of the tokens' hidden vectors (tensor parallel), or gathering the tokens of
   * the other groups for the experts and scattering what they made (expert parallel). Two GPUs send each vector once each way.
   */
  private exchange(tokens: number): number {
    const { arch, tp, dp, isExpertParallel, link } = this.deployment
    const once = link.latency + (tokens * arch.hidden * 2) / link.rate
    return (tp > 1 ? 2 * once : 0) + (dp > 1 && isExpertParallel ? 2 * once : 0)
  }
}

/** Tokens a captured CUDA graph of vLLM 0.19 has for a step of `tokens`: 1, 2, 4, by 8 to 256, by 16 to 512; above no graph is used. */
function graphSize(tokens: number): number {
  if (tokens > 512 || tokens <= 2) return tokens
  if (tokens <= 4) return 4
  return tokens <= 256 ? 8 * Math.ceil(tokens / 8) : 16 * Math.ceil(tokens / 16)
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0)
}
