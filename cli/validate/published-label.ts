import { type Format, PincerError } from '../../src/index.ts'
import { countCell, isNotStated, labelCell } from './cell.ts'
import type { RowInputs } from './row-kind.ts'

const PRECISIONS: readonly (readonly [RegExp, Format])[] = [
  [/mxfp4/, 'mxfp4'],
  [/fp4/, 'fp4'],
  [/fp8|8-bit/, 'fp8'],
  [/bf16|fp16|16-bit/, 'bf16'],
  [/int8/, 'int8'],
  [/int4|4-bit/, 'int4'],
]

/**
 * The format of the weights that a remark such as "FP8 weights, 6-bit KV" names first; undefined when none is stated.
 * @throws PincerError `unknown_format` when it names none that is known
 */
export function precisionOf(inputs: RowInputs): Format | undefined {
  const text = (inputs.get('precision') ?? '').toLowerCase()
  if (text === '' || isNotStated(text)) return undefined
  const found = PRECISIONS.map(([pattern, format]) => ({ format, at: text.search(pattern) })).filter(
    ({ at }) => at >= 0,
  )
  found.sort((a, b) => a.at - b.at)
  if (found[0] !== undefined) return found[0].format
  const message = `"${text.slice(0, 40)}" names no format that is known`
  const suggestion = 'bf16, fp8, fp4, mxfp4, int8 and int4 are'
  throw new PincerError({ code: 'unknown_format', path: ['precision'], message, suggestion })
}

/** Prompt and output length of a context given as "1k/8k" or "1000/1000". */
export function lengthsOf(inputs: RowInputs): { isl: number; osl: number } | undefined {
  const [isl, osl] = contextOf(inputs)
  return isl === undefined || osl === undefined ? undefined : { isl, osl }
}

/**
 * Cached tokens per user that a context states: a plain number, "avg KV 4,989 tokens", or the sum of two lengths. A limit
 * ("up to 131k") says nothing of use.
 */
export function contextLength(inputs: RowInputs): number | undefined {
  const parts = contextOf(inputs)
  return parts.length === 0 ? undefined : parts.reduce((sum, part) => sum + part, 0)
}

const LIMIT = /^up to /i

// None, one length, or two. Throws for a text that means none of them.
function contextOf(inputs: RowInputs): number[] {
  const text = inputs.get('context')
  if (text === undefined || isNotStated(text) || LIMIT.test(text)) return []
  const average = /^avg KV (.*?)(?: tokens)?$/i.exec(text)?.[1]
  const parts = (average === undefined ? text.split('/') : [average]).map(tokens)
  const known = parts.filter((part) => part !== undefined)
  if (known.length === parts.length && known.length <= 2) return known
  throw new PincerError({
    code: 'invalid_value',
    path: ['context'],
    message: `"${text.slice(0, 40)}" is no length`,
    suggestion: 'write whole tokens ("4096", "4k"), a prompt and an output ("1000/1000"), or "avg KV 4989 tokens"',
  })
}

const LONGEST = 1e8

function tokens(text: string): number | undefined {
  const [, digits, kilo] = /^(\d+(?:\.\d+)?|\d{1,3}(?:,\d{3})+)(k?)$/i.exec(text.trim()) ?? []
  const value = digits === undefined ? Number.NaN : Number(digits.replaceAll(',', '')) * (kilo === '' ? 1 : 1000)
  return Number.isInteger(value) && value >= 1 && value <= LONGEST ? value : undefined
}

/** Scenarios of MLPerf Inference. */
const SCENARIOS = ['offline', 'server', 'interactive'] as const

/** The benchmark scenario of a row. @throws PincerError `invalid_value` for one that the suite lacks */
export function scenarioLabel(inputs: RowInputs): (typeof SCENARIOS)[number] | undefined {
  const text = inputs.get('scenario')?.toLowerCase()
  return SCENARIOS.find((name) => name === text) ?? labelCell(inputs, 'scenario', SCENARIOS)
}

/**
 * Checks every label of a row, also those that its kind of machine has no use for.
 * @throws PincerError with the column of the first that cannot be understood
 */
export function requireLabels(inputs: RowInputs): void {
  precisionOf(inputs)
  contextOf(inputs)
  scenarioLabel(inputs)
  for (const column of ['n_chips', 'concurrency']) countCell(inputs, column)
}

/** Cells that hold something and state nothing. */
export function labelRemarks(inputs: RowInputs): string[] {
  const columns = ['n_chips', 'concurrency', 'context', 'precision']
  return columns.flatMap((column) => {
    const text = inputs.get(column)
    const isStated = text !== undefined && !isNotStated(text) && !(column === 'context' && LIMIT.test(text))
    return text === undefined || isStated ? [] : [`${column} "${text.slice(0, 40)}" is read as not stated`]
  })
}
