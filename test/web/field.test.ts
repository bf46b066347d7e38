import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { choiceField, choicesField, numberField, numbersField } from '../../web/state/field.ts'
import { decode, encode, hashOf, splitHash } from '../../web/state/url.ts'

const NAMES = [{ id: 'h100-sxm', aliases: ['h100'] }, { id: 'b200-sxm' }, { id: 'org/Model-1', aliases: ['model'] }]
const PRICE = { from: 0.01, to: 1e6 }
const SCHEMA = {
  gpu: choiceField('h100', NAMES),
  more: choicesField(['b200-sxm'], NAMES, 2),
  speed: numberField(100, { from: 1, to: 1e4 }),
  isl: numberField(1024, { from: 1, to: 1e6, isWhole: true }),
  prices: numbersField(NAMES, PRICE),
}
const DEFAULT = decode(SCHEMA, '').state

describe('links', () => {
  it('say what differs from the defaults, and nothing else', () => {
    expect(encode(SCHEMA, DEFAULT)).toBe('')
    expect(encode(SCHEMA, { ...DEFAULT, gpu: 'org/Model-1', speed: 50 })).toBe('v=1&gpu=org/Model-1&speed=50')
    expect(encode(SCHEMA, { ...DEFAULT, prices: new Map([['b200-sxm', 2.5]]) })).toBe('v=1&prices=b200-sxm:2.5')
  })

  it('come back as they went', () => {
    const id = fc.constantFrom(...NAMES.map((name) => name.id))
    const price = fc.double({ min: PRICE.from, max: PRICE.to, noNaN: true })
    const states = fc.record({
      gpu: id,
      more: fc.uniqueArray(id, { minLength: 1, maxLength: 2 }),
      speed: fc.double({ min: 1, max: 1e4, noNaN: true }),
      isl: fc.integer({ min: 1, max: 1e6 }),
      prices: fc.uniqueArray(fc.tuple(id, price), { selector: ([name]) => name }).map((pairs) => new Map(pairs)),
    })
    fc.assert(
      fc.property(states, (state) => {
        const { view, query } = splitHash(hashOf('pincer', encode(SCHEMA, state)))
        expect(view).toBe('pincer')
        expect(decode(SCHEMA, query)).toEqual({ state, faults: [] })
      }),
    )
  })

  it('of any text give a state of the right types, and never throw', () => {
    const words = fc.constantFrom(
      'v=1',
      'gpu',
      '=',
      '&',
      '__proto__',
      'constructor',
      'h100',
      '%',
      '%zz',
      ':',
      ',',
      '1e999',
    )
    const queries = fc.oneof(
      fc.string(),
      fc.array(words).map((parts) => `v=1&${parts.join('')}`),
    )
    fc.assert(
      fc.property(queries, (query) => {
        const { state } = decode(SCHEMA, query)
        expect(Object.keys(state)).toEqual(Object.keys(SCHEMA))
        expect(NAMES.map(({ id }) => id)).toContain(state.gpu)
        expect(state.speed).toBeGreaterThanOrEqual(1)
        expect(({} as Record<string, unknown>)['gpu']).toBeUndefined()
      }),
    )
  })

  it.each([
    ['gpu=abacus', { kind: 'value', field: 'gpu', text: 'abacus', fault: { kind: 'choice', nearest: undefined } }],
    ['gpu=h10', { kind: 'value', field: 'gpu', text: 'h10', fault: { kind: 'choice', nearest: 'h100-sxm' } }],
    ['speed=fast', { kind: 'value', field: 'speed', text: 'fast', fault: { kind: 'number' } }],
    ['speed=0x10', { kind: 'value', field: 'speed', text: '0x10', fault: { kind: 'number' } }],
    ['speed=-1', { kind: 'value', field: 'speed', text: '-1', fault: { kind: 'range', from: 1, to: 1e4 } }],
    ['isl=1.5', { kind: 'value', field: 'isl', text: '1.5', fault: { kind: 'whole' } }],
    [
      'more=h100,b200-sxm,model',
      { kind: 'value', field: 'more', text: 'h100,b200-sxm,model', fault: { kind: 'many', most: 2 } },
    ],
    ['prices=h100', { kind: 'value', field: 'prices', text: 'h100', fault: { kind: 'pair' } }],
    ['prices=h100:0', { kind: 'value', field: 'prices', text: 'h100:0', fault: { kind: 'range', ...PRICE } }],
    ['__proto__=1', { kind: 'unknown', field: '__proto__' }],
    ['constructor=1', { kind: 'unknown', field: 'constructor' }],
    ['toString=1', { kind: 'unknown', field: 'toString' }],
    ['speed=50&speed=60', { kind: 'repeated', field: 'speed' }],
  ])('say what is wrong with %s', (query, fault) => {
    const { state, faults } = decode(SCHEMA, `v=1&${query}`)
    expect(faults).toEqual([fault])
    expect(state).toEqual(query.startsWith('speed=50') ? { ...DEFAULT, speed: 50 } : DEFAULT)
  })

  it('of another version, of none, or too long are not read', () => {
    expect(decode(SCHEMA, 'v=2&speed=50')).toEqual({ state: DEFAULT, faults: [{ kind: 'version', text: '2' }] })
    expect(decode(SCHEMA, 'speed=50')).toEqual({ state: DEFAULT, faults: [{ kind: 'version', text: '' }] })
    expect(decode(SCHEMA, `v=1&gpu=${'x'.repeat(5000)}`)).toEqual({ state: DEFAULT, faults: [{ kind: 'long' }] })
  })

  it('quote at most a line of what they say wrongly', () => {
    const [fault] = decode(SCHEMA, `v=1&gpu=${'<script>'.repeat(100)}`).faults
    expect(fault?.kind === 'value' && fault.text.length).toBe(60)
  })
})
