import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonFault } from '../../cli/file/json-fault.ts'
import { DEEPEST, parseConfigJson, parseJson } from '../../cli/file/json.ts'
import { PincerError } from '../../src/index.ts'

function issueOf(work: () => unknown): PincerError['issues'][number] | undefined {
  try {
    work()
  } catch (fault) {
    if (fault instanceof PincerError) return fault.issues[0]
    throw fault
  }
  return undefined
}

describe('parseJson', () => {
  it('is JSON.parse on what is JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        fc.pre(!/"(__proto__|constructor|prototype)":/.test(JSON.stringify(value)))
        expect(parseJson(JSON.stringify(value, undefined, 1), 'x')).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it.each([
    ['{"a": 1,\n "b" 2}', 'line 2, column 6: found "2" where ":" was expected'],
    ['{"a":}', 'line 1, column 6: found "}" where a value was expected'],
    ['[1,2,]', 'line 1, column 6: found "]" where a value was expected'],
    ['{"a":1,}', 'line 1, column 8: found "}" where a key in double quotes was expected'],
    ['', 'line 1, column 1: the text ends where a value was expected'],
    ['{"a":1', 'line 1, column 7: the text ends where "," or "}" was expected'],
    ['[1] 2', 'line 1, column 5: found "2" where the end was expected'],
    ["{'a': 1}", 'line 1, column 2: found "\'" where a key in double quotes was expected'],
    ['[Infinity]', 'line 1, column 2: found "I" where a value was expected'],
    ['["a\nb"]', 'line 1, column 2: found "\\"" where a value was expected'],
  ])('says where %j stops being JSON', (text, message) => {
    expect(issueOf(() => parseJson(text, 'file.json'))).toEqual({
      code: 'malformed_json',
      path: ['file.json'],
      message,
    })
  })

  it('finds a fault exactly where JSON.parse finds one', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 3 }),
        fc.nat(),
        fc.constantFrom('', '}', ',', '"', '1', 'x'),
        (value, at, insert) => {
          const text = JSON.stringify(value)
          const broken = text.slice(0, at % text.length) + insert + text.slice((at % text.length) + 1)
          const isJson = (() => {
            try {
              JSON.parse(broken)
              return true
            } catch {
              return false
            }
          })()
          const fault = jsonFault(broken)
          // A broken key may have become that of its neighbour.
          if (fault === undefined || !fault.message.endsWith('twice in one object')) {
            expect(fault === undefined).toBe(isJson)
          }
        },
      ),
      { numRuns: 500 },
    )
  })

  it.each([
    ['{"a": 1,\n "b": {"a": 2}, "a": 3}', 'line 2, column 17: the key "a" stands twice in one object'],
    ['[{"a": 1}, {"b": {"x": 1, "\\u0078": 2}}]', 'line 1, column 27: the key "x" stands twice in one object'],
  ])('refuses %j, of which JSON.parse would keep the last value', (text, message) => {
    expect(issueOf(() => parseJson(text, 'f.json'))).toEqual({ code: 'malformed_json', path: ['f.json'], message })
    expect(issueOf(() => parseConfigJson(text, 'f.json'))?.message).toBe(message)
  })

  it('lets objects beside and inside each other share keys', () => {
    const text = '[{"a": {"a": {"a": 1}}}, {"a": "a"}, ["a", "a"]]'
    expect(parseJson(text, 'x')).toEqual(JSON.parse(text))
  })

  it('refuses deep nesting without touching the stack, brackets in strings aside', () => {
    const deep = '['.repeat(1_000_000) + ']'.repeat(1_000_000)
    expect(issueOf(() => parseJson(deep, 'x'))?.code).toBe('too_large')
    expect(parseJson('['.repeat(DEEPEST) + ']'.repeat(DEEPEST), 'x')).toBeDefined()
    expect(issueOf(() => parseJson('['.repeat(DEEPEST + 1) + ']'.repeat(DEEPEST + 1), 'x'))?.code).toBe('too_large')
    expect(parseJson(JSON.stringify({ text: '[{'.repeat(100) }), 'x')).toEqual({ text: '[{'.repeat(100) })
  })

  it.each(['__proto__', 'constructor', 'prototype'])('refuses the key %s at any depth', (key) => {
    const issue = issueOf(() => parseJson(`{"model": [{"${key}": {"x": 1}}]}`, 'x'))
    expect(issue).toMatchObject({ code: 'unknown_field', path: ['x', 'model', 0, key] })
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  })

  it('reads the Infinity and NaN of Python in configs as not set, and leaves strings alone', () => {
    const text = '{"limit": [0.0, Infinity], "low": -Infinity, "no": NaN, "text": "NaN \\" Infinity"}'
    expect(parseConfigJson(text, 'x')).toEqual({ limit: [0, null], low: null, no: null, text: 'NaN " Infinity' })
  })

  it('copes with megabytes of one string', () => {
    const text = `{"Infinity": "${'a\\"b'.repeat(500_000)}", "x": Infinity}`
    expect(parseConfigJson(text, 'x')).toMatchObject({ x: null })
    expect(issueOf(() => parseJson(`${text.slice(0, -1)},}`, 'x'))?.message).toMatch(/^line 1, column 200\d+: /)
  })
})
