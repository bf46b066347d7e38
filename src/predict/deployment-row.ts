import { PincerError } from '../issue/index.ts'
import { draftsOf } from './draft-label.ts'
import { fleetChips, fleetPools } from './fleet-label.ts'
import { HARNESS } from './workload.ts'

/** One row of a table of measured deployments: column → text. Only the columns below are looked at. */
export type DeploymentRow = Readonly<Record<string, string | undefined>>

/** The question a row asks, as a scenario file, and what had to be read differently from how it is labelled. */
export interface DeploymentQuestion {
  readonly scenario: Readonly<Record<string, unknown>>
  readonly notes: readonly string[]
}

interface Degrees {
  readonly tp: number
  readonly pp: number
  readonly dp: number
  readonly moeTp?: number
  readonly moeEp?: number
}

/**
 * Scenario of a row in the column layout of public deployment tables (model, chip, precision, engine, mode, isl, osl,
 * concurrency, tp, pp, dp_attention, moe_tp, moe_ep, prefill_*, decode_*, spec_decode). Measured columns are not among them, so
 * no prediction can see a measurement. All rows are taken to be made by the InferenceX harness.
 * @throws PincerError `missing_field` when a label that the prediction needs is blank
 */
export function deploymentQuestion(row: DeploymentRow): DeploymentQuestion {
  const notes: string[] = []
  // Six rows of pools do not say their load; the default stands in.
  const clients =
    row['mode'] === 'disaggregated' ? whole(row, 'concurrency', CUSTOMARY_CLIENTS) : whole(row, 'concurrency')
  const load = { isl: whole(row, 'isl'), osl: whole(row, 'osl'), concurrency: clients }
  const base = {
    model: text(row, 'model'),
    chip: text(row, 'chip'),
    precision: text(row, 'precision'),
    engine: text(row, 'engine'),
    cacheFormat: cacheFormat(row),
    ...recipe(row, load),
    ...optional('speculation', draftsOf(row)),
  }
  const fleet = fleetChips(row)
  if (fleet !== undefined) {
    notes.push(`labels repaired: tp ${fleet} read as the chips of all pools`)
    return { scenario: { ...base, disaggregated: fleetPools(fleet, load.concurrency) }, notes }
  }
  const mode = row['mode'] ?? 'aggregated'
  if (mode === 'disaggregated') {
    return {
      scenario: {
        ...base,
        disaggregated: { prefill: pool(row, 'prefill_', notes), decode: pool(row, 'decode_', notes) },
      },
      notes,
    }
  }
  return { scenario: { ...base, mapping: repaired(degrees(row, ''), notes) }, notes }
}

const CUSTOMARY_CLIENTS = 64

interface Load {
  readonly isl: number
  readonly osl: number
  readonly concurrency: number
}

/** Lengths that InferenceX measures; NVIDIA's own rows have others, but for a few that repeat InferenceX. */
const INFERENCEX_LENGTHS: ReadonlySet<string> = new Set(['1024/1024', '1024/8192', '8192/1024'])

/** Tokens. Measured TTFT of prompts of 128 to 512 tokens is that of several a step, of those of 1024 that of one. */
const LEAST_BUDGET = 1024

/**
 * How the row was measured. InferenceX: random lengths, tokens streamed in groups, vLLM's step budget set to two prompts.
 * NVIDIA's own: fixed lengths, each token streamed, and AIConfigurator's budget of one prompt and what decodes beside it, so
 * that prompts run one at a time; shorter ones share steps of `LEAST_BUDGET`.
 */
function recipe(row: DeploymentRow, load: Load): Readonly<Record<string, unknown>> {
  const { isl, osl, concurrency } = load
  const engine = row['engine']
  if (INFERENCEX_LENGTHS.has(`${isl}/${osl}`)) {
    const budget = engine === 'vllm' ? { tokenBudget: Math.max(2048, 2 * isl) } : {}
    return { streamInterval: 'harness', workload: { ...load, ...HARNESS }, ...budget }
  }
  const beside = concurrency / whole(row, 'dp_attention', 1)
  const tokenBudget = engine === 'sglang' ? 8192 : Math.max(LEAST_BUDGET, Math.ceil((isl + beside + 64) / 64) * 64)
  return { streamInterval: 1, workload: { ...load, ...HARNESS, spread: 1 }, tokenBudget }
}

/** Recipes keep the cache of low-precision checkpoints in 8 bits with TensorRT-LLM, and with the others on Blackwell. */
function cacheFormat(row: DeploymentRow): 'fp8' | 'bf16' {
  const isBlackwell = /^g?b[23]00/i.test(row['chip'] ?? '')
  return row['precision'] !== 'bf16' && (row['engine'] === 'trtllm' || isBlackwell) ? 'fp8' : 'bf16'
}

/**
 * Undoes three known misreadings of engine flags in the public table: `tp T, ep E` recorded as tp = T·E with experts T × E, and
 * `data-parallel attention` recorded as tp = dp = T with ep = T². Rows with either label carry the same measurements as
 * rows labelled T, and a replica of that size would span more chips than the machine they ran on. A degree such as 36, which
 * divides no model's heads, is one of attention data parallelism.
 */
function repaired(labels: Degrees, notes: string[]): Degrees {
  const { tp, pp, dp, moeTp = 1, moeEp = 1 } = labels
  const ranks = tp * dp
  if (dp === 1 && !isPowerOfTwo(tp)) {
    notes.push(`labels repaired: tp ${tp} read as attention data parallelism over ${tp} ranks`)
    return { ...labels, tp: 1, dp: tp }
  }
  const isSquare = tp === dp && tp > 1 && moeTp === 1 && moeEp === tp * tp
  if (isSquare) {
    notes.push(`labels repaired: tp ${tp} × dp ${dp} read as tp ${tp}`)
    return { tp, pp, dp: 1, moeTp: 1, moeEp: tp }
  }
  const isProduct =
    ranks > 8 && moeEp > 1 && moeTp > 1 && moeTp * moeEp === ranks && moeTp % moeEp === 0 && (tp === 1 || dp === 1)
  if (!isProduct) return labels
  notes.push(`labels repaired: ${ranks} ranks read as ${moeTp}`)
  const size = dp === 1 ? { tp: moeTp, dp: 1 } : { tp: 1, dp: moeTp }
  return { ...size, pp, moeTp: moeTp / moeEp, moeEp }
}

function pool(
  row: DeploymentRow,
  prefix: 'prefill_' | 'decode_',
  notes: string[],
): { workers?: number; mapping: Degrees } {
  const labels = degrees(row, prefix)
  if ((row[`${prefix}workers`]?.trim() ?? '') !== '')
    return { workers: whole(row, `${prefix}workers`), mapping: labels }
  return { mapping: attentionRepaired(row, prefix, labels, notes) }
}

/** Clients above which published recipes decode with attention data parallelism, where the label is lost. */
const MANY_CLIENTS = 512

/**
 * Rows that have lost their worker counts have lost the flag for attention data parallelism too: they say tp = n, dp = 1 for all.
 * Rows of the same recipes that kept both prefill DeepSeek's models with it, and decode with it for many clients or on more than a
 * node. Expert degrees then span all ranks.
 */
function attentionRepaired(
  row: DeploymentRow,
  prefix: 'prefill_' | 'decode_',
  labels: Degrees,
  notes: string[],
): Degrees {
  const { tp, pp, dp } = labels
  const isLatent = /deepseek/i.test(row['model'] ?? '')
  const isWide = tp > 16 || !isPowerOfTwo(tp)
  const isMany = whole(row, 'concurrency', 1) >= MANY_CLIENTS
  if (!isLatent || dp > 1 || tp === 1) return { tp, pp, dp }
  if (prefix === 'decode_' && !isWide && !isMany) return { tp, pp, dp: 1, moeEp: tp }
  notes.push(`labels repaired: ${prefix}tp ${tp} read as attention data parallelism over ${tp} ranks`)
  return { tp: 1, pp, dp: tp, ...(256 % tp === 0 ? { moeEp: tp } : {}) }
}

function degrees(row: DeploymentRow, prefix: string): Degrees {
  return {
    tp: whole(row, `${prefix}tp`),
    pp: whole(row, `${prefix}pp`, 1),
    dp: whole(row, `${prefix}dp_attention`, 1),
    ...given('moeTp', row, `${prefix}moe_tp`),
    ...given('moeEp', row, `${prefix}moe_ep`),
  }
}

function isPowerOfTwo(n: number): boolean {
  return Number.isInteger(Math.log2(n))
}

// A blank MoE degree follows attention's.
function given<K extends string>(key: K, row: DeploymentRow, column: string): { [P in K]?: number } {
  const blank = ['', '0', '0.0'].includes(row[column]?.trim() ?? '')
  return blank ? {} : ({ [key]: whole(row, column) } as { [P in K]?: number })
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V })
}

function text(row: DeploymentRow, column: string): string {
  const value = row[column]?.trim() ?? ''
  if (value === '') throw new PincerError({ code: 'missing_field', path: [column], message: 'is blank' })
  return value
}

function whole(row: DeploymentRow, column: string, otherwise?: number): number {
  const value = row[column]?.trim() ?? ''
  if (value === '' && otherwise !== undefined) return otherwise
  const number = Number(text(row, column))
  if (Number.isInteger(number) && number >= 1) return number
  throw new PincerError({
    code: 'invalid_value',
    path: [column],
    message: `must be a whole number from 1, not "${value.slice(0, 40)}"`,
  })
}
