import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PincerError, nearest } from '../../src/issue/index.ts'

describe('PincerError', () => {
  it('says where, what and what instead, one line per issue', () => {
    const error = new PincerError([
      { code: 'unknown_chip', path: ['chip'], message: 'unknown chip "h10"', suggestion: 'did you mean h100?' },
      { code: 'invalid_value', path: ['workload', 'isl'], message: 'must be positive' },
    ])
    expect(error.message).toBe('chip: unknown chip "h10"; did you mean h100?\nworkload.isl: must be positive')
    expect(error.issues).toHaveLength(2)
  })

  it('takes one issue alone', () => {
    expect(new PincerError({ code: 'offline', path: [], message: 'no network' }).message).toBe('no network')
  })
})

describe('nearest', () => {
  const names = ['h100-sxm', 'h200-sxm', 'b200-sxm', 'cerebras-wse3', 'groq-lpu-v1']

  it('finds typing errors, prefixes and other punctuation', () => {
    expect(nearest('h10', names)).toBe('h100-sxm')
    expect(nearest('H100_SXM', names)).toBe('h100-sxm')
    expect(nearest('cerebras-wse-3', names)).toBe('cerebras-wse3')
    expect(nearest('grok-lpu-v1', names)).toBe('groq-lpu-v1')
  })

  it('suggests nothing for something else', () => {
    expect(nearest('tomato soup', names)).toBeUndefined()
    expect(nearest('x', [])).toBeUndefined()
  })

  it('finds every name itself and never throws', () => {
    fc.assert(fc.property(fc.constantFrom(...names), (name) => nearest(name, names) === name))
    fc.assert(
      fc.property(fc.string({ maxLength: 5000 }), (text) => {
        const found = nearest(text, names)
        expect(found === undefined || names.includes(found)).toBe(true)
      }),
    )
  })
})
