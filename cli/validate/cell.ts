import { PincerError, nearest } from '../../src/index.ts'
import { parseNumber } from '../input/number.ts'
import type { RowInputs } from './row-kind.ts'

/** The text of a column. @throws PincerError `missing_field` when it is blank */
export function textCell(inputs: RowInputs, column: string): string {
  const text = inputs.get(column)
  if (text === undefined) throw new PincerError({ code: 'missing_field', path: [column], message: 'is blank' })
  return text
}

/** The number in a column. @throws PincerError when it is blank or no number */
export function numberCell(inputs: RowInputs, column: string): number {
  return parseNumber(textCell(inputs, column), [column])
}

/** The number in a column, or undefined when it is blank. @throws PincerError when it is no number */
export function optionalNumberCell(inputs: RowInputs, column: string): number | undefined {
  return inputs.has(column) ? numberCell(inputs, column) : undefined
}

/** Whether a cell says that nothing is stated. */
export function isNotStated(text: string): boolean {
  return /^(?:unset|unknown|not stated|not disclosed|n\/?a|[-–—?])$/i.test(text)
}

const MOST = 1e7

/**
 * The whole number from 1 in a column, with or without a remark ("576 (secondary)"); undefined when it is blank or says that
 * it is not stated.
 * @throws PincerError `invalid_value` for anything else
 */
export function countCell(inputs: RowInputs, column: string): number | undefined {
  const text = inputs.get(column)
  if (text === undefined || isNotStated(text)) return undefined
  const [, digits] = /^(\d+|\d{1,3}(?:,\d{3})+)(?:\s*\(.*\))?$/.exec(text) ?? []
  const value = digits === undefined ? Number.NaN : Number(digits.replaceAll(',', ''))
  if (value >= 1 && value <= MOST) return value
  const message = `must be a whole number from 1 to ${MOST.toLocaleString('en-US')}, not "${text.slice(0, 40)}"`
  throw new PincerError({ code: 'invalid_value', path: [column], message })
}

/**
 * The label in a column, one of `labels`; undefined when it is blank.
 * @throws PincerError `invalid_value` for any other
 */
export function labelCell<L extends string>(inputs: RowInputs, column: string, labels: readonly L[]): L | undefined {
  const text = inputs.get(column)
  if (text === undefined) return undefined
  const label = labels.find((each) => each === text)
  if (label !== undefined) return label
  const near = nearest(text, labels)
  throw new PincerError({
    code: 'invalid_value',
    path: [column],
    message: `"${text.slice(0, 40)}" is none of ${labels.join(', ')}`,
    ...(near === undefined ? {} : { suggestion: `did you mean "${near}"?` }),
  })
}
