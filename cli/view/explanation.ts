import { sources } from '../../src/index.ts'
import type { Io } from '../io.ts'
import { paletteOf } from '../io.ts'
import { paragraph } from './text.ts'

/** How one headline number came about. */
export interface Explanation {
  readonly quantity: string
  /** The formula in words or symbols. */
  readonly formula: string
  /** The same with the values in it, ending in the result. */
  readonly values: string
  /** What went in, each with its origin. */
  readonly inputs: readonly string[]
  /** Ids of catalog sources. */
  readonly sources: readonly string[]
}

/** One paragraph each; nothing where none were asked for. */
export function explanationText(explanations: readonly Explanation[] | undefined, io: Io): string {
  const colors = paletteOf(io)
  return (explanations ?? [])
    .map((explanation) =>
      [
        colors.bold(explanation.quantity),
        paragraph('  = ', explanation.formula, io.columns),
        paragraph('  = ', explanation.values, io.columns),
        ...explanation.inputs.map((input) => paragraph('    ', input, io.columns)),
        ...sourceLines(explanation.sources).map((line) => paragraph('    ', colors.dim(line), io.columns)),
      ].join('\n'),
    )
    .join('\n\n')
}

/** Every source once, as a paragraph of its own. */
export function sourceText(ids: readonly string[], io: Io): string {
  return sourceLines(ids)
    .map((line) => paragraph('', line, io.columns))
    .join('\n')
}

/** "[id] title, publisher, date, url" of each source. */
function sourceLines(ids: readonly string[]): string[] {
  return [...new Set(ids)].map((id) => {
    const source = sources().find((known) => known.id === id)
    return source === undefined
      ? `[${id}]`
      : `[${id}] ${source.title}. ${source.publisher}, ${source.published}. ${source.url}`
  })
}
