import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bar } from '../../cli/view/bar.ts'
import { paramText, rateText, shareText } from '../../cli/view/figure.ts'
import { jsonText } from '../../cli/view/json.ts'
import { tableText } from '../../cli/view/table.ts'
import { paragraph, printable, textWidth, wrap } from '../../cli/view/text.ts'

const io = (columns: number, color = false): Parameters<typeof tableText>[1] => ({
  stdout: { write: () => true },
  stderr: { write: () => true },
  columns,
  color,
  cwd: '/',
})

const letters = (part: string): number => part.replaceAll(/[^a-z0-9]/g, '').length

const cell = fc.stringMatching(/^[a-z0-9/. -]{0,40}$/)

describe('tableText', () => {
  it('never exceeds the terminal from 40 columns on, and loses no letter', () => {
    const table = fc.integer({ min: 1, max: 8 }).chain((columns) =>
      fc.record({
        head: fc.array(cell, { minLength: columns, maxLength: columns }),
        rows: fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 4 }),
        left: fc.uniqueArray(fc.nat({ max: columns - 1 })),
      }),
    )
    fc.assert(
      fc.property(table, fc.integer({ min: 40, max: 140 }), (view, columns) => {
        const text = tableText(view, io(columns))
        for (const line of text.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(columns)
        const shown = letters(text)
        const expected = view.rows.reduce((sum, row) => sum + letters(row.join('')), 0)
        expect(shown).toBeGreaterThanOrEqual(expected)
      }),
      { numRuns: 300 },
    )
  })

  it('wraps the titles of number columns first, then text, and keeps numbers whole', () => {
    const view = { head: ['model', 'tokens per second'], rows: [['a rather long name', '1,234 tok/s']] }
    expect(tableText(view, io(60))).toContain('a rather long name  ')
    expect(tableText(view, io(31)).split('\n').slice(0, 2)).toEqual([
      'model                tokens per',
      '                         second',
    ])
    expect(tableText(view, io(26))).toContain('1,234 tok/s')
  })

  it('leaves out a head of blanks, and colours the head on demand', () => {
    expect(tableText({ head: ['', ''], rows: [['a', '1']] }, io(60))).toBe('a  1')
    expect(tableText({ head: ['x'], rows: [['a']] }, io(60, true))).toContain('\u001B[')
    expect(tableText({ head: ['x'], rows: [['a']] }, io(60))).not.toContain('\u001B[')
  })
})

describe('wrap and paragraph', () => {
  it('break at spaces, then at hyphens, then anywhere', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three'])
    expect(wrap('meta-llama/Llama-3.1-8B-Instruct', 20)).toEqual(['meta-llama/Llama-3.', '1-8B-Instruct'])
    expect(wrap('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij'])
    expect(paragraph('– ', 'one two three four five six', 22)).toBe('– one two three four\n  five six')
  })

  it('counts wide characters twice and colours not at all', () => {
    expect(textWidth('模型')).toBe(4)
    expect(textWidth('\u001B[31mred\u001B[39m')).toBe(3)
  })
})

describe('printable', () => {
  it('shows control characters instead of sending them to the terminal', () => {
    expect(printable('a\u001B[2Jb\nc\u0007')).toBe('a\\x1b[2Jb c\\x07')
  })
})

describe('figures', () => {
  it('print with three digits in the unit of their field', () => {
    expect([236e9, 21.4e9, 1.04e12, 22e6, 999.9e9].map(paramText)).toEqual(['236 B', '21.4 B', '1.04 T', '22 M', '1 T'])
    expect([0.0001, -0.0001, 0.0886, 1, 12.5].map(shareText)).toEqual(['0.0 %', '0.0 %', '8.9 %', '100.0 %', '1,250 %'])
    expect([31.26, 1234, 661_000].map(rateText)).toEqual(['31.3', '1,230', '661 k'])
  })

  it('never draw a part as nothing, nor wider than its room', () => {
    expect(bar(0, 10)).toBe('')
    expect(bar(1e-6, 10)).toBe('▏')
    expect(bar(0.5, 10)).toBe('█████')
    expect(bar(7, 10)).toBe('██████████')
  })
})

describe('jsonText', () => {
  it('refuses numbers that JSON cannot hold instead of printing null', () => {
    expect(() => jsonText({ ttft: { value: Number.NaN } })).toThrow('the output field "value" is NaN')
    expect(() => jsonText({ capacity: Number.POSITIVE_INFINITY })).toThrow('Infinity')
  })
})
