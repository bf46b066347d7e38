import { describe, expect, it } from 'vitest'
import { PincerError, possible } from '../../src/issue/index.ts'

describe('what is possible', () => {
  it('is a list of one, and of none where the input asks for what cannot be', () => {
    expect(possible(() => 7)).toEqual([7])
    const fault = new PincerError({ code: 'does_not_fit', path: ['chips'], message: 'too few' })
    expect(
      possible(() => {
        throw fault
      }),
    ).toEqual([])
  })

  it('hides no bug', () => {
    expect(() =>
      possible(() => {
        throw new TypeError('a bug')
      }),
    ).toThrow('a bug')
  })
})
