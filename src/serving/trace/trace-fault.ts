import type { Issue } from '../../issue/index.ts'
import type { RowFault, RowFaultKind } from './trace-row.ts'

/** Kinds of faults in words, for counts. */
export const FAULT_TEXT: Readonly<Record<RowFaultKind, string>> = {
  shape: 'not a row of this file',
  missing: 'no value',
  'not-a-number': 'not a number',
  'not-a-time': 'not a time',
  'below-one': 'below 1 token',
  'not-whole': 'not a whole number',
  'too-large': 'too large',
  'refused-key': 'a key that is not accepted',
  'block-id': 'not a list of block ids',
}

/** The issue of one row, with its line and what stands there. */
export function rowIssue(fault: RowFault, line: number, about: string, isCsv: boolean): Issue {
  const where = fault.field === '' ? '' : `${fault.field} `
  const message = `line ${line}: ${where}${wording(fault)}`
  const suggestion = SUGGESTIONS[fault.kind]
  return { code: codeOf(fault, isCsv), path: [about], message, ...(suggestion === undefined ? {} : { suggestion }) }
}

function wording({ kind, found }: RowFault): string {
  const cell = JSON.stringify(found.slice(0, 40))
  switch (kind) {
    case 'shape':
      return found
    case 'missing':
      return 'is missing'
    case 'not-a-number':
      return `is ${cell}, not a number`
    case 'not-a-time':
      return `is ${cell}, not a time in the unit of this column`
    case 'below-one':
      return `is ${found}; a request has at least 1 token`
    case 'not-whole':
      return `is ${found}, not a whole number of tokens`
    case 'too-large':
      return `is ${found}, too large`
    case 'refused-key':
      return 'is a key that is not accepted'
    case 'block-id':
      return `has ${cell}, not whole numbers from 0 to 2147483647`
  }
}

const SUGGESTIONS: Readonly<Partial<Record<RowFaultKind, string>>> = {
  'below-one': 'such rows can be left out and counted with invalidRows: "skip"',
  'not-a-number': 'such rows can be left out and counted with invalidRows: "skip"',
  missing: 'such rows can be left out and counted with invalidRows: "skip"',
  'block-id': 'number the blocks anew from 0',
}

function codeOf({ kind }: RowFault, isCsv: boolean): Issue['code'] {
  if (kind === 'refused-key') return 'unknown_field'
  if (kind === 'too-large') return 'too_large'
  if (kind === 'missing') return 'missing_field'
  if (kind === 'shape') return isCsv ? 'malformed_csv' : 'malformed_json'
  return 'invalid_value'
}
