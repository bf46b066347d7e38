import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findModelEntry } from '../../src/catalog/index.ts'
import { PincerError } from '../../src/issue/index.ts'
import { findModel, paramCounts, parseConfigText } from '../../src/model/index.ts'

const about = { id: 'test/model' }
const llama = JSON.stringify(findModelEntry('llama-3.1-8b').config, null, 2)

function issueOf(text: string): { code: string; message: string } {
  try {
    parseConfigText(text, about)
  } catch (error) {
    if (error instanceof PincerError) return error.issues[0] ?? expect.fail('an error without issues')
    throw error
  }
  return expect.fail('the text was accepted')
}

test('reads the text of a config', () => {
  expect(paramCounts(parseConfigText(llama, about))).toEqual(paramCounts(findModel('llama-3.1-8b')))
  expect(parseConfigText(`\uFEFF${llama}`, about).hidden).toBe(4096)
})

test('accepts the bare Infinity and NaN that Python writes, outside of strings only', () => {
  const extra = '{"time_step_limit": [0.0, Infinity], "a": NaN, "b": -Infinity, "note": "Infinity, \\"NaN\\"", '
  expect(parseConfigText(extra + llama.slice(1), about).hidden).toBe(4096)
  expect(issueOf(llama.replace('4096', 'NaN')).message).toContain('got NaN')
})

describe('broken text', () => {
  test.each([
    ['', 'line 1, column 1: unexpected end'],
    ['{"a": 1,}', 'line 1, column 9: expected a field name'],
    ['{\n  "a": 1\n  "b": 2\n}', 'line 3, column 3: expected "," or "}"'],
    ['{"a": tru}', 'line 1, column 7: unexpected "t"'],
    ['{"a": "x', 'unterminated text'],
    ['{"a": "\\q"}', 'unknown escape'],
    ['{"a" 1}', 'expected ":"'],
    ['[1 2]', 'expected "," or "]"'],
    ['{} {}', 'after the end'],
    ['{"a": 01}', 'expected "," or "}"'],
    ['{"hidden_size": 1, "hidden_size": 2}', 'column 20: the field "hidden_size" is there twice'],
  ])('%j: %s', (text, message) => {
    const issue = issueOf(text)
    expect(issue.code).toBe('malformed_json')
    expect(issue.message).toContain(message)
  })

  test('too deep or too long is refused without reading on', () => {
    expect(issueOf('['.repeat(100_000)).message).toContain('nested deeper than 64 levels')
    expect(issueOf(`"${'x'.repeat(17 * 1024 * 1024)}"`).code).toBe('too_large')
  })

  test('names of prototype properties are just fields', () => {
    const text = `{"__proto__": {"model_type": "llama"}, "constructor": 1}`
    expect(issueOf(text)).toMatchObject({ code: 'missing_field' })
    expect(({} as Record<string, unknown>)['model_type']).toBeUndefined()
  })
})

test('agrees with JSON.parse on every JSON document', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), (value) => {
      // As a field nobody reads, any value is fine: the error would come from the parser.
      expect(parseConfigText(`{"ignored": ${value}, ${llama.slice(1)}`, about).vocab).toBe(128_256)
    }),
  )
})

test('cut anywhere, a config is malformed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: llama.length - 1 }), (length) => {
      expect(issueOf(llama.slice(0, length)).code).toBe('malformed_json')
    }),
  )
})
