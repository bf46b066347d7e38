import { type Library, type Machine, kernelConstants, lightTime } from '../../src/kernel/index.ts'
import { computeTime, memoryTime } from '../../src/kernel/operator-time.ts'
import { MOST_AXES } from '../../src/kernel/lattice.ts'
import { type OperatorFamily, SURFACES, type Variant, surfaceBase } from '../../src/kernel/surface-family.ts'
import {
  type GqaMixer,
  type MlaMixer,
  type Operator,
  type Pass,
  decodePass,
  gemm,
  prefillPass,
} from '../../src/model/index.ts'
import { groupedMixer, latentMixer, loneAttention, loneExperts } from '../../src/refit/lone-operator.ts'
import type { Format } from '../../src/units/index.ts'
import { type Row, number, readTable, seconds } from './read-table.ts'
import type { Timing } from './timing.ts'

const LIBRARIES: Readonly<Record<string, Library>> = { VLLM: 'vllm', SGLang: 'sglang', TRTLLM: 'trtllm' }

type Kind = readonly [Variant, Format]

const GEMM_KINDS: Readonly<Record<string, Kind>> = {
  bfloat16: ['bf16', 'bf16'],
  fp8: ['fp8', 'fp8'],
  fp8_block: ['fp8-block', 'fp8'],
  nvfp4: ['fp4', 'fp4'],
  int4_wo: ['int4', 'int4'],
}

const EXPERT_KINDS: Readonly<Record<string, Kind>> = {
  ...GEMM_KINDS,
  w4a16_mxfp4: ['mxfp4', 'mxfp4'],
  w4a8_mxfp4_mxfp8: ['mxfp4', 'mxfp4'],
}

/** Load of the experts that is timed: popularity by a power law, as routers' is. */
const DISTRIBUTION = 'power_law_1.2'

interface Read {
  readonly variant: Variant
  readonly shape: string
  readonly operator: Operator
}

type Reader = (row: Row) => Read | undefined

/** Tables that surfaces are fitted to, and how their rows are read. */
const READERS: Readonly<Record<OperatorFamily, { readonly table: string; readonly read: Reader }>> = {
  gemm: { table: 'gemm', read: readGemm },
  experts: { table: 'moe', read: readExperts },
  decode: { table: 'generation_attention', read: readDecode },
  prefill: { table: 'context_attention', read: readPrefill },
  'latent-decode': { table: 'generation_mla', read: (row) => readLatent(row, false) },
  'latent-prefill': { table: 'context_mla', read: (row) => readLatent(row, true) },
}

/** Timings of one family on one chip: of every engine's kernels for a shape the fastest, in the order of the table. */
export async function operatorTimings(folder: string, machine: Machine, family: OperatorFamily): Promise<Timing[]> {
  const { table, read } = READERS[family]
  const fastest = new Map<string, Read & { readonly library: Library; readonly seconds: number }>()
  for (const row of await readTable(folder, machine.id, table)) {
    const library = LIBRARIES[String(row['framework'])]
    const found = read(row)
    if (library === undefined || found === undefined) continue
    const key = `${library} ${found.variant} ${found.shape}`
    const old = fastest.get(key)
    if (old === undefined || seconds(row) < old.seconds) fastest.set(key, { ...found, library, seconds: seconds(row) })
  }
  const { axes, place, launches } = SURFACES[family]
  const { launch } = kernelConstants()
  const point = new Float64Array(MOST_AXES)
  return [...fastest.values()].map(({ operator, ...timing }) => {
    place(operator, point)
    const base = surfaceBase(computeTime(operator, machine), memoryTime(operator, machine), launches * launch)
    return { ...timing, point: [...point.subarray(0, axes.length)], base, light: lightTime(operator, machine) }
  })
}

function readGemm(row: Row): ReturnType<Reader> {
  const kind = GEMM_KINDS[String(row['gemm_dtype'])]
  if (kind === undefined) return undefined
  const [rows, columns, inner] = [number(row, 'm'), number(row, 'n'), number(row, 'k')]
  const operator = gemm('gemm', 1, { rows, inner, columns }, kind[1])
  return { variant: kind[0], shape: `${rows} ${columns} ${inner}`, operator }
}

function readExperts(row: Row): ReturnType<Reader> {
  const kind = EXPERT_KINDS[String(row['moe_dtype'])]
  if (kind === undefined || row['distribution'] !== DISTRIBUTION || !isGated(row)) return undefined
  const [tokens, hidden, inter] = [number(row, 'num_tokens'), number(row, 'hidden_size'), number(row, 'inter_size')]
  const [topk, experts] = [number(row, 'topk'), number(row, 'num_experts')]
  const [moeTp, moeEp] = [number(row, 'moe_tp_size'), number(row, 'moe_ep_size')]
  // With experts dealt out the timed rank is one to which nearly all tokens go, whatever the load is called: no rank of an engine.
  if (moeEp !== 1) return undefined
  const operator = loneExperts({ tokens, hidden, inter, topk, experts, moeTp }, kind[1])
  return { variant: kind[0], shape: [tokens, hidden, inter, topk, experts, moeTp, moeEp].join(' '), operator }
}

// Nemotron's experts have no gate (1856 wide, or 22 of 512): two matrices instead of three, by kernels of their own.
function isGated(row: Row): boolean {
  const isNemotron = number(row, 'inter_size') === 1856 || number(row, 'topk') === 22
  return !isNemotron && !String(row['kernel_source']).includes('nongated')
}

// Windows only shorten what is read; full attention covers their lengths.
function gqa(row: Row): { mixer: GqaMixer; name: string } | undefined {
  if (number(row, 'window_size') > 0 || row['attn_dtype'] !== 'bfloat16') return undefined
  const [heads, kvHeads, dim] = [number(row, 'num_heads'), number(row, 'num_key_value_heads'), number(row, 'head_dim')]
  return { mixer: groupedMixer(heads, kvHeads, dim), name: `${heads} ${kvHeads} ${dim}` }
}

function readDecode(row: Row): ReturnType<Reader> {
  const found = gqa(row)
  if (found === undefined) return undefined
  const [batch, step] = [number(row, 'batch_size'), number(row, 'step')]
  return attention(row, found.mixer, decodePass(batch, step + 1), found.name)
}

function readPrefill(row: Row): ReturnType<Reader> {
  const found = gqa(row)
  if (found === undefined) return undefined
  const [batch, length, cached] = [number(row, 'batch_size'), number(row, 'isl'), number(row, 'step')]
  return attention(row, found.mixer, prefillPass(batch, length, cached), found.name)
}

function readLatent(row: Row, isPrefill: boolean): ReturnType<Reader> {
  if (row['mla_dtype'] !== 'bfloat16') return undefined
  const heads = number(row, 'num_heads')
  const [batch, length, step] = [number(row, 'batch_size'), number(row, 'isl'), number(row, 'step')]
  const pass = isPrefill ? prefillPass(batch, length, step) : decodePass(batch, step + 1)
  return attention(row, latentMixer(heads), pass, String(heads))
}

function attention(row: Row, mixer: GqaMixer | MlaMixer, pass: Pass, name: string): ReturnType<Reader> {
  const variant = row['kv_cache_dtype'] === 'fp8' ? 'fp8' : 'bf16'
  return {
    variant,
    shape: `${name} ${number(row, 'batch_size')} ${number(row, 'isl')} ${number(row, 'step')}`,
    operator: loneAttention(mixer, pass, variant),
  }
}
