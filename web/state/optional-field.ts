import { type Field, type NumberLimits, parseNumber } from './field.ts'

/** A number within limits that may be left out. */
export function optionalNumberField(limits: NumberLimits): Field<number | undefined> {
  return {
    default: undefined,
    parse: (text) => parseNumber(text, limits),
    print: (value) => (value === undefined ? '' : String(value)),
  }
}
