import type { Format } from '../../src/index.ts'
import type { RowInputs } from './row-kind.ts'

const PRECISIONS: readonly (readonly [RegExp, Format])[] = [
  [/mxfp4/, 'mxfp4'],
  [/fp4/, 'fp4'],
  [/fp8|8-bit/, 'fp8'],
  [/bf16|fp16|16-bit/, 'bf16'],
  [/int8/, 'int8'],
  [/int4|4-bit/, 'int4'],
]

/** The format of the weights that a remark such as "FP8 weights, 6-bit KV" names first; undefined when it names none. */
export function precisionOf(inputs: RowInputs): Format | undefined {
  const text = (inputs.get('precision') ?? '').toLowerCase()
  const found = PRECISIONS.map(([pattern, format]) => ({ format, at: text.search(pattern) })).filter(
    ({ at }) => at >= 0,
  )
  found.sort((a, b) => a.at - b.at)
  return found[0]?.format
}

/** Prompt and output length of a context given as "1k/8k" or "1000/1000". */
export function lengthsOf(inputs: RowInputs): { isl: number; osl: number } | undefined {
  const [isl, osl, more] = (inputs.get('context') ?? '').split('/').map(tokens)
  return isl === undefined || osl === undefined || more !== undefined ? undefined : { isl, osl }
}

/**
 * Cached tokens per user that a context states: a plain number, "avg KV 4,989 tokens", or the sum of two lengths. A limit
 * ("up to 131k") says nothing of use.
 */
export function contextLength(inputs: RowInputs): number | undefined {
  const text = inputs.get('context') ?? ''
  const lengths = lengthsOf(inputs)
  if (lengths !== undefined) return lengths.isl + lengths.osl
  return tokens(text) ?? tokens(/avg KV ([\d.,]+k?)/i.exec(text)?.[1] ?? '')
}

function tokens(text: string): number | undefined {
  const [, digits, kilo] = /^([\d.,]+)(k?)$/i.exec(text.trim()) ?? []
  const value = digits === undefined ? Number.NaN : Number(digits.replaceAll(',', '')) * (kilo === '' ? 1 : 1000)
  return Number.isInteger(value) && value > 0 ? value : undefined
}
