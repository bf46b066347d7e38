import type { Operator } from '../model/index.ts'

/** One operator of a pass and what each prompt and each decoding sequence of a rank adds to its figures. */
export interface Line {
  /** Overwritten with every pass. */
  readonly operator: Mutable<Operator>
  readonly prompt: Amounts
  readonly sequence: Amounts
  /** Figures beyond those of `Amounts` that follow the sequences of a pass. */
  readonly others: readonly Other[]
  /** Whether passes with prompts, and passes with decoding sequences, run it. */
  readonly inPrompt: boolean
  readonly inSequence: boolean
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
type Amounts = Pick<Operator, 'rows' | 'flops' | 'cacheBytes' | 'activationBytes'>
type Numbers = Record<string, unknown>

interface Other {
  readonly target: Numbers
  readonly field: string
  readonly prompt: number
  readonly sequence: number
}

/** Operators of three passes: one prompt alone, one decoding sequence alone, and several of both. */
export interface Probes {
  readonly prompt: readonly Operator[]
  readonly sequence: readonly Operator[]
  readonly many: readonly Operator[]
}

const NOTHING: Amounts = { rows: 0, flops: 0, cacheBytes: 0, activationBytes: 0 }
const AMOUNTS: ReadonlySet<string> = new Set(Object.keys(NOTHING))

/** The lines of all operators of `many`; those that differ only in how often they run are one. */
export function operatorLines({ prompt, sequence, many }: Probes): Line[] {
  const lines: Line[] = []
  const sources: Operator[] = []
  let [p, s] = [0, 0]
  for (const operator of many) {
    // A pass without prompts lacks their attention, and the other way round: the rest stands in the same order.
    const ofPrompt = isKin(prompt[p], operator) ? prompt[p++] : undefined
    const ofSequence = isKin(sequence[s], operator) ? sequence[s++] : undefined
    const same = sources.findIndex((source) => source.name === operator.name && isSame(source, operator))
    if (same >= 0) {
      lines[same]!.operator.count += operator.count
      continue
    }
    sources.push(operator)
    lines.push(lineOf(operator, ofPrompt, ofSequence))
  }
  return lines
}

function isKin(a: Operator | undefined, b: Operator): boolean {
  return a !== undefined && a.name === b.name && a.kind === b.kind
}

/** Writes the figures of a pass with so many sequences on a rank into the line's operator. */
export function setOperator(line: Line, prompts: number, decoding: number): void {
  const { operator, prompt, sequence, others } = line
  operator.rows = prompt.rows * prompts + sequence.rows * decoding
  operator.flops = prompt.flops * prompts + sequence.flops * decoding
  operator.cacheBytes = prompt.cacheBytes * prompts + sequence.cacheBytes * decoding
  operator.activationBytes = prompt.activationBytes * prompts + sequence.activationBytes * decoding
  for (const other of others) other.target[other.field] = other.prompt * prompts + other.sequence * decoding
}

// Equal in a pass with both sorts of sequences is equal in every pass.
function isSame(a: object, b: object): boolean {
  const [left, right] = [a as Numbers, b as Numbers]
  for (const field in left) {
    if (left[field] === right[field] || field === 'count') continue
    const [inner, other] = [left[field], right[field]]
    if (!isRecord(inner) || !isRecord(other) || !isSame(inner, other)) return false
  }
  return true
}

function lineOf(source: Operator, prompt: Operator | undefined, sequence: Operator | undefined): Line {
  const operator = alike(source)
  const others: Other[] = []
  addOthers(others, operator, prompt, sequence)
  for (const field of NESTED) {
    const value = operator[field]
    if (value === undefined) continue
    const copy = { ...value }
    Object.assign(operator, { [field]: copy })
    addOthers(others, copy, prompt?.[field], sequence?.[field])
  }
  return {
    operator,
    prompt: prompt ?? NOTHING,
    sequence: sequence ?? NOTHING,
    others,
    inPrompt: prompt !== undefined,
    inSequence: sequence !== undefined,
  }
}

/** Every field, in one order: objects of one shape are read several times faster than a mixture of them. */
function alike(operator: Operator): Mutable<Operator> {
  const { name, kind, split, count, rows, flops, weightBytes, cacheBytes, activationBytes, format } = operator
  const { inner, columns, blockScaled, cacheHeads, keys, chain, heads, routing } = operator
  const all: AllFields = {
    name,
    kind,
    split,
    count,
    rows,
    inner,
    columns,
    flops,
    weightBytes,
    cacheBytes,
    activationBytes,
    format,
    blockScaled,
    cacheHeads,
    keys,
    chain,
    heads,
    routing,
  }
  return all as Operator
}

type AllFields = { readonly [K in keyof Required<Operator>]: Operator[K] }

/** Fields of an operator that have fields of their own. */
const NESTED = ['heads', 'routing'] as const satisfies (keyof Operator)[]

// What is the same for several sequences as for one does not follow them.
function addOthers(into: Other[], many: object, prompt: object | undefined, sequence: object | undefined): void {
  const target = many as Numbers
  const one = (prompt ?? sequence) as Numbers
  for (const field in target) {
    if (target[field] === one[field] || typeof one[field] !== 'number' || AMOUNTS.has(field)) continue
    into.push({ target, field, prompt: numberIn(prompt, field), sequence: numberIn(sequence, field) })
  }
}

function numberIn(fields: object | undefined, field: string): number {
  const value = (fields as Numbers | undefined)?.[field]
  return typeof value === 'number' ? value : 0
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
