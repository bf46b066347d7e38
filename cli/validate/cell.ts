import { PincerError } from '../../src/index.ts'
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

/** The number a cell starts with ("576 (secondary)" is 576), or undefined when it starts with none. */
export function leadingNumber(inputs: RowInputs, column: string): number | undefined {
  const digits = /^\d[\d,]*(?:\.\d+)?/.exec(inputs.get(column) ?? '')?.[0]
  return digits === undefined ? undefined : Number(digits.replaceAll(',', ''))
}
