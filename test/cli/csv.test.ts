import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvText, parseCsv, requireColumns } from '../../cli/file/csv.ts'
import { PincerError } from '../../src/index.ts'

async function messageOf(text: string): Promise<string> {
  try {
    requireColumns(await parseCsv(text, 'f.csv'), ['id', 'concurrency'], 'f.csv')
  } catch (fault) {
    if (fault instanceof PincerError) return fault.message
    throw fault
  }
  return ''
}

describe('parseCsv', () => {
  it('reads quotes, blanks, a byte order mark and Windows line ends', async () => {
    const { columns, rows } = await parseCsv('\uFEFFid,note,x\r\na,"one, ""two""\nlines",\r\n\r\nb,,2\r\n', 'f.csv')
    expect(columns).toEqual(['id', 'note', 'x'])
    expect(rows.map(({ number, cells }) => [number, Object.fromEntries(cells)])).toEqual([
      [1, { id: 'a', note: 'one, "two"\nlines' }],
      [2, { id: 'b', x: '2' }],
    ])
  })

  it.each([
    ['', 'f.csv: the file is empty; the first line must name the columns'],
    ['id,id\n1,2', 'f.csv: the header names column "id" twice'],
    ['id,concurrency\na,1\nb,2,3', 'f.csv: row 2 has 3 cells where the header has 2'],
    ['id,concurrency\na,"1\nb,2', 'f.csv: line 3: a quote is opened and never closed'],
    ['id,concurrency\na,b"c"', 'f.csv: line 2: a quote stands inside an unquoted cell'],
    ['id,concurency\na,1', 'f.csv: the header lacks column "concurrency"; it has "concurency"'],
  ])('says what is wrong with %j', async (text, message) => {
    expect(await messageOf(text)).toBe(message)
  })

  it('reads back what csvText writes', async () => {
    const cell = fc.string().map((text) => text.trim())
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }), async (pairs) => {
        const rows = pairs.map(([a, b]) => [`x${a}`, b] as const)
        const read = await parseCsv(csvText(['a', 'b'], rows), 'f.csv')
        expect(read.rows.map(({ cells }) => [cells.get('a'), cells.get('b') ?? ''])).toEqual(
          rows.map((row) => [...row]),
        )
      }),
      { numRuns: 50 },
    )
  })

  it('writes numbers with six digits and unknown ones as blanks', () => {
    expect(
      csvText(
        ['a', 'b'],
        [
          [1 / 3, undefined],
          [1_234_567.8, 0],
        ],
      ),
    ).toBe('a,b\n0.333333,\n1234570,0\n')
  })

  it('knows no magic columns', async () => {
    const { rows } = await parseCsv('__proto__,constructor\n1,2\n', 'f.csv')
    expect(rows[0]?.cells.get('__proto__')).toBe('1')
    expect(rows[0]?.cells.get('toString')).toBeUndefined()
  })
})
