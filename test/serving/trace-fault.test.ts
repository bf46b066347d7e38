import { describe, expect, it } from 'vitest'
import { PincerError } from '../../src/issue/index.ts'
import { LONGEST_LINE, TraceReader, type TraceOptions, parseTrace } from '../../src/serving/trace/trace.ts'

const AZURE = 'TIMESTAMP,ContextTokens,GeneratedTokens\n'
const OWN = 'arrival_s,prompt,output\n'

function faultOf(text: string, options: TraceOptions = {}): { code: string; text: string } {
  try {
    parseTrace(text, { about: 'trace.csv', ...options })
  } catch (error) {
    if (!(error instanceof PincerError)) throw error
    expect(error.issues[0]!.path).toEqual(['trace.csv'])
    return { code: error.issues[0]!.code, text: error.message }
  }
  throw new Error('nothing was thrown')
}

describe('rows at fault', () => {
  it.each([
    [
      `${AZURE}2023-11-16 18:15:46.1,374,0\n`,
      'invalid_value',
      'line 2: GeneratedTokens is 0; a request has at least 1',
    ],
    [`${AZURE}2023-11-16 18:15:46.1,-5,3\n`, 'invalid_value', 'line 2: ContextTokens is -5'],
    [`${AZURE}2023-11-16 18:15:46.1,NaN,3\n`, 'invalid_value', 'line 2: ContextTokens is "NaN", not a number'],
    [`${AZURE}2023-11-16 18:15:46.1,Infinity,3\n`, 'invalid_value', 'not a number'],
    [`${AZURE}2023-11-16 18:15:46.1,0x10,3\n`, 'invalid_value', 'not a number'],
    [`${AZURE}2023-11-16 18:15:46.1,12.5,3\n`, 'invalid_value', 'line 2: ContextTokens is 12.5, not a whole number'],
    [`${AZURE}2023-11-16 18:15:46.1,3e9,3\n`, 'too_large', 'line 2: ContextTokens is 3e9, too large'],
    [`${AZURE}2023-11-16 18:15:46.1,,3\n`, 'missing_field', 'line 2: ContextTokens is missing'],
    [
      `${AZURE}2023-02-29 18:15:46.1,1,3\n`,
      'invalid_value',
      'line 2: TIMESTAMP is "2023-02-29 18:15:46.1", not a time',
    ],
    [`${AZURE}2023-02-28 24:15:46.1,1,3\n`, 'invalid_value', 'not a time'],
    [`${AZURE}yesterday,1,3\n`, 'invalid_value', 'not a time'],
    [
      `${AZURE}2023-11-16 18:15:46.1,1,3\n2023-11-16 18:15:46.1,1\n`,
      'malformed_csv',
      'line 3: 2 cells under a header of 3',
    ],
    [`${AZURE}2023-11-16 18:15:46.1,1,3,4\n`, 'malformed_csv', 'line 2: 4 cells under a header of 3'],
    [`${AZURE}"2023-11-16 18:15:46.1,1,3\n`, 'malformed_csv', 'line 2: a quote that is not closed'],
    [`${OWN}NaN,1,3\n`, 'invalid_value', 'line 2: arrival_s is "NaN", not a time'],
    [`${OWN}1e40,1,3\n`, 'too_large', 'line 2: arrival_s is 1e40, too large'],
    [`${OWN}0,1,3\n300000,1,3\n`, 'too_large', 'line 3: 83 hours from the start'],
  ])('refuses %j', (text, code, message) => {
    const fault = faultOf(text)
    expect(fault.code).toBe(code)
    expect(fault.text).toContain(message)
  })

  it.each([
    ['{"timestamp": 3, "input_length": 10, "hash_ids": [2]}', 'missing_field', 'line 2: output_length is missing'],
    [
      '{"timestamp": 3, "input_length": 10, "output_length": 0, "hash_ids": [2]}',
      'invalid_value',
      'output_length is 0',
    ],
    ['{"timestamp": 3, "input_length": 10, "output_length": 4', 'malformed_json', 'line 2: not a JSON object'],
    ['{"timestamp": 3 "input_length": 10, "output_length": 4}', 'malformed_json', 'line 2: not a JSON object'],
    ['[1, 2]', 'malformed_json', 'line 2: not a JSON object'],
    [
      '{"timestamp": null, "input_length": 10, "output_length": 4, "hash_ids": []}',
      'invalid_value',
      'timestamp is "null"',
    ],
    [
      '{"timestamp": 3, "input_length": 10, "output_length": 4, "hash_ids": [-1]}',
      'invalid_value',
      'hash_ids has "-1"',
    ],
    [
      '{"timestamp": 3, "input_length": 10, "output_length": 4, "hash_ids": [1.5]}',
      'invalid_value',
      'hash_ids has "1.5"',
    ],
    [
      '{"timestamp": 3, "input_length": 10, "output_length": 4, "hash_ids": [2147483648]}',
      'invalid_value',
      'hash_ids has',
    ],
    ['{"timestamp": 3, "input_length": 10, "output_length": 4, "hash_ids": ["a"]}', 'invalid_value', 'hash_ids has'],
    ['{"timestamp": 3, "input_length": 10, "output_length": 4, "hash_ids": 7}', 'invalid_value', 'hash_ids has "7"'],
    [
      '{"timestamp": 3, "input_length": 10, "output_length": 4, "hash_ids": [1], "__proto__": 1}',
      'unknown_field',
      '__proto__',
    ],
    ['{"__proto__": {"timestamp": 3}, "input_length": 10, "output_length": 4}', 'unknown_field', '__proto__'],
    ['{"constru\\u0063tor": 1, "timestamp": 3, "input_length": 1, "output_length": 4}', 'unknown_field', 'constructor'],
  ])('refuses %s', (line, code, message) => {
    const first = '{"timestamp": 1, "input_length": 600, "output_length": 4, "hash_ids": [0, 1]}'
    const fault = faultOf(`${first}\n${line}\n`)
    expect(fault.code).toBe(code)
    expect(fault.text).toContain(message)
    expect({}).not.toHaveProperty('timestamp')
  })

  it('leaves rows out and counts them by reason when asked to', () => {
    const text = `${OWN}0,1,3\n1,0,3\n2,x,3\nnan,1,3\n3,1,0\n3,1\n4,1,0\n5,7,7\n`
    const { requests, report } = parseTrace(text, { invalidRows: 'skip' })
    expect([...requests.prompt]).toEqual([1, 7])
    expect(report).toMatchObject({ rows: 8, requests: 2 })
    expect(report.skipped).toEqual([
      { reason: 'prompt: below 1 token', rows: 1, firstLine: 3 },
      { reason: 'prompt: not a number', rows: 1, firstLine: 4 },
      { reason: 'arrival_s: not a time', rows: 1, firstLine: 5 },
      { reason: 'output: below 1 token', rows: 2, firstLine: 6 },
      { reason: 'not a row of this file', rows: 1, firstLine: 7 },
    ])
    expect(report.requests + report.skipped.reduce((sum, { rows }) => sum + rows, 0)).toBe(report.rows)
  })

  it('says when nothing is left', () => {
    expect(faultOf('').text).toContain('the file is empty')
    expect(faultOf('\uFEFF\n\n').text).toContain('there are no rows')
    expect(faultOf(OWN).text).toContain('there are no rows')
    expect(faultOf(`${OWN}0,0,3\n`, { invalidRows: 'skip' }).text).toContain('1 × prompt: below 1 token')
    expect(faultOf(`${OWN}0,1,3\n`, { window: { from: 5, to: 6 } }).text).toContain('1 × outside the window')
  })

  it('refuses a line above 16 MiB before it is complete', () => {
    const reader = new TraceReader()
    const piece = 'x'.repeat(2 ** 20)
    reader.push(OWN)
    for (let i = 0; i < LONGEST_LINE / 2 ** 20; i++) reader.push(piece)
    expect(() => reader.push(piece)).toThrow(/line 2 is longer than 16 MiB/)
    expect(() => parseTrace(`${OWN}${'x'.repeat(LONGEST_LINE + 1)}\n`)).toThrow(/line 2 is longer than 16 MiB/)
  })
})

describe('headers at fault', () => {
  it.each([
    ['1,2,3\n4,5,6\n', 'malformed_csv', 'line 1 is no header'],
    ['arrival_s,prompt,prompt,output\n', 'malformed_csv', 'names column "prompt" twice'],
    ['arrival_s,prompt\n0,1\n', 'missing_field', 'no column is the output length in tokens'],
    ['prompt,output\n1,2\n', 'missing_field', 'no column is the time of arrival'],
    ['when_s,prompt,output\n0,1,2\n', 'missing_field', 'it has "when_s", "prompt", "output"'],
    ['arrival,prompt,output\n0,1,2\n', 'invalid_value', 'the unit of "arrival" is not known; say it with timeUnit'],
    ['arrival_s,timestamp,prompt,output\n0,1,2,3\n', 'invalid_value', '"arrival_s" and "timestamp" may both be'],
    ['arrival_s,prompt,input_tokens,output\n0,1,2,3\n', 'invalid_value', 'say which with columns.prompt'],
    ['{"timestamp": 1, "prompt": 5, "output": 4}\n', 'invalid_value', 'the unit of "timestamp" is not known'],
    ['{"arrival_s": 1, "prompt": 5, "output": 4, "hash_ids": [1]}\n', 'missing_field', 'tokens per block of hash_ids'],
    ['{"timestamp": 1, "input_length": 600, "output_length": 4, "hash_ids": [1]}\n', 'invalid_value', 'would be 2'],
    ['{\n  "timestamp": 1\n}\n', 'malformed_json', 'line 1 is not a whole JSON object'],
    ['{"__proto__": 5, "output": 4, "arrival_s": 1}\n', 'missing_field', 'prompt length'],
  ])('asks about %j', (text, code, message) => {
    const fault = faultOf(text)
    expect(fault.code).toBe(code)
    expect(fault.text).toContain(message)
  })

  it('takes the answers', () => {
    expect([...parseTrace('arrival,prompt,output\n0,1,2\n9,1,2\n', { timeUnit: 'ms' }).requests.arrival]).toEqual([
      0, 288e6,
    ])
    expect(parseTrace('prompt,output\n1,2\n', { lengthsOnly: true }).requests.timed).toBe(false)
    const columns = { prompt: 'input_tokens' }
    expect([...parseTrace('arrival_s,prompt,input_tokens,output\n0,1,2,3\n', { columns }).requests.prompt]).toEqual([2])
    expect(faultOf(`${OWN}0,1,2\n`, { columns: { prompt: 'promt' } }).text).toContain('did you mean "prompt"?')
    expect(faultOf(`${OWN}0,1,2\n`, { columns: { prompt: '__proto__' } }).code).toBe('missing_field')
  })

  it('refuses settings that make no sense', () => {
    expect(() => new TraceReader({ batchRows: 0 })).toThrow(PincerError)
    expect(() => new TraceReader({ window: { from: 5, to: 5 } })).toThrow(PincerError)
    expect(() => new TraceReader({ window: { from: Number.NaN, to: 5 } })).toThrow(PincerError)
  })
})
