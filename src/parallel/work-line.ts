import {
  type ModelArch,
  type Operator,
  type Pass,
  type ServingFormats,
  passOperators,
  prefillPass,
} from '../model/index.ts'
import { type Line, operatorLines, setOperator } from './operator-line.ts'
import type { Mapping } from './mapping.ts'
import { type ChipWork, type Collective, perChip, rankCollectives, withoutFused } from './work.ts'

/** What the passes of one deployment have in common; they differ in how many sequences they hold. */
export interface PassShape {
  /** Tokens of a whole prompt. */
  readonly prompt: number
  /** Tokens per decoding sequence: 1, or 1 + drafts. */
  readonly decodeTokens: number
  /** Cached tokens per decoding sequence. */
  readonly context: number
}

/** A pass of that shape over `prompts` whole prompts (or parts of one) and `decoding` sequences. */
export function shapedPass(shape: PassShape, prompts: number, decoding: number): Pass {
  return {
    ...prefillPass(prompts, shape.prompt),
    decodeSequences: decoding,
    decodeTokens: shape.decodeTokens,
    decodeContext: shape.context,
  }
}

/** Work of the busiest chip in a pass of a deployment's shape. What it returns is overwritten by the next call. */
export type WorkLine = (prompts: number, decoding: number) => ChipWork

/**
 * `chipWork` for many passes of one shape. At fixed lengths rows, FLOPs and bytes of every operator and collective of an attention
 * rank are linear in the sequences of a pass; only how the chips share routed experts is not. So the operators of one prompt and of
 * one decoding sequence are worked out once, and a pass scales and adds them: equal to `chipWork` but for rounding in
 * the last digits, equal operators of different layers merged
 * and all elementwise ones in one.
 */
export function workLine(arch: ModelArch, mapping: Mapping, formats: ServingFormats, shape: PassShape): WorkLine {
  const { weights, cache } = formats
  const degrees = `${mapping.tp} ${mapping.pp} ${mapping.dp} ${mapping.moeTp} ${mapping.moeEp}`
  const key = `${degrees} ${weights.ffn} ${weights.attention} ${weights.embedding} ${cache} ${shape.prompt} ${shape.decodeTokens} ${shape.context}`
  let lines = LINES.get(arch)
  if (lines === undefined) LINES.set(arch, (lines = new Map()))
  let line = lines.get(key)
  if (line === undefined) {
    line = readLine(arch, mapping, formats, shape)
    if (lines.size >= MOST_LINES) lines.delete(lines.keys().next().value!)
    lines.set(key, line)
  }
  return line
}

/** The last lines of each model: engines, chips and prices make no difference to them, and questions come in rows. */
const LINES = new WeakMap<ModelArch, Map<string, WorkLine>>()
const MOST_LINES = 8

function readLine(arch: ModelArch, mapping: Mapping, formats: ServingFormats, shape: PassShape): WorkLine {
  const unit = (prompts: number, decoding: number): Operator[] => {
    const pass = shapedPass(shape, prompts, decoding)
    const operators = passOperators(arch, pass, formats).map((operator) =>
      operator.routing === undefined ? perChip(operator, mapping) : operator,
    )
    return withOneGlue(withoutFused(operators, rankCollectives(arch, pass, mapping)))
  }
  const lines = operatorLines({ prompt: unit(1, 0), sequence: unit(0, 1), many: unit(2, 3) })
  const transfers = transferLines((prompts, decoding) =>
    rankCollectives(arch, shapedPass(shape, prompts, decoding), mapping),
  )
  const collectives = transfers.map(({ transfer }) => transfer)
  const passes = {
    prompts: passOf(
      lines.filter(({ inPrompt }) => inPrompt),
      collectives,
    ),
    decoding: passOf(
      lines.filter(({ inSequence }) => inSequence),
      collectives,
    ),
    both: passOf(lines, collectives),
  }
  return (prompts, decoding) => {
    const p = prompts / mapping.pp / mapping.dp
    const d = decoding / mapping.pp / mapping.dp
    const at = decoding === 0 ? passes.prompts : prompts === 0 ? passes.decoding : passes.both
    setWork(at, p, d, mapping)
    for (const { transfer, prompt, sequence } of transfers) transfer.bytes = prompt * p + sequence * d
    return at
  }
}

// Glue takes a launch and the time of its bytes, so that many kernels take what as many of their mean take: one operator stands for all.
function withOneGlue(operators: readonly Operator[]): Operator[] {
  const glue = operators.filter(({ kind }) => kind === 'elementwise')
  const rest = operators.filter(({ kind }) => kind !== 'elementwise')
  const [first] = glue
  if (first === undefined) return rest
  const count = glue.reduce((sum, operator) => sum + operator.count, 0)
  const bytes = glue.reduce((sum, operator) => sum + operator.count * operator.activationBytes, 0)
  return [...rest, { ...first, name: 'glue', split: 'none', count, activationBytes: bytes / count }]
}

/** The operators that run in passes of one sort, and the lines they follow. */
interface LinedWork extends ChipWork {
  readonly lines: readonly Line[]
  readonly operators: Operator[]
}

function passOf(lines: readonly Line[], collectives: readonly Collective[]): LinedWork {
  return { lines, operators: lines.map(({ operator }) => operator), collectives }
}

// Experts are dealt out anew: how many are hit, and how unevenly, depends on the tokens.
function setWork({ lines, operators }: LinedWork, prompts: number, decoding: number, mapping: Mapping): void {
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!
    setOperator(line, prompts, decoding)
    if (line.operator.routing !== undefined) operators[i] = perChip(line.operator, mapping)
  }
}

interface TransferLine {
  readonly transfer: { -readonly [K in keyof Collective]: Collective[K] }
  readonly prompt: number
  readonly sequence: number
}

function transferLines(at: (prompts: number, decoding: number) => readonly Collective[]): TransferLine[] {
  const [ofPrompt, ofSequence] = [at(1, 0), at(0, 1)]
  const lines: TransferLine[] = []
  for (const [i, transfer] of at(1, 1).entries()) {
    const { name, bytes } = transfer
    const same = lines.find((line) => line.transfer.name === name && line.transfer.bytes === bytes)
    if (same !== undefined) same.transfer.count += transfer.count
    else {
      const [prompt, sequence] = [ofPrompt[i]?.bytes ?? 0, ofSequence[i]?.bytes ?? 0]
      lines.push({ transfer: { ...transfer }, prompt, sequence })
    }
  }
  return lines
}
