import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { readTrace, streamTrace } from '../../cli/file/trace.ts'

const folder = mkdtempSync(join(tmpdir(), 'pincer-trace-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content)
  return name
}

// Longer than one read of a file, so that pieces meet inside lines.
const ROWS = 150_000
const LINES = Array.from({ length: ROWS }, (_, i) => `${i * 3},${(i % 900) + 1},${(i % 70) + 1}\n`)
const CSV = `arrival_ms,prompt_tokens,output_tokens\n${LINES.join('')}`

/** Names of files of the folder that this process holds open (Linux). */
function openFiles(): string[] {
  const held = existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd') : []
  return held.flatMap((fd) => {
    try {
      return [basename(readlinkSync(`/proc/self/fd/${fd}`))]
    } catch {
      return []
    }
  })
}

describe('trace files', () => {
  it('reads plain and gzip files alike, whatever their names', async () => {
    const plain = await readTrace(file('a.csv', CSV), folder)
    const zipped = await readTrace(file('b.csv', gzipSync(CSV)), folder)
    expect(plain.requests.count).toBe(ROWS)
    expect(zipped.report).toEqual(plain.report)
    for (const column of ['arrival', 'prompt', 'output'] as const) {
      expect(Buffer.from(zipped.requests[column].buffer).equals(Buffer.from(plain.requests[column].buffer))).toBe(true)
    }
    expect(plain.requests.arrival[ROWS - 1]).toBe((ROWS - 1) * 3 * 32e6)
    expect(plain.requests.prompt[ROWS - 1]).toBe(((ROWS - 1) % 900) + 1)
  })

  it('streams tables of the asked size and can be left early', async () => {
    const { tables, report } = streamTrace(file('c.csv', gzipSync(CSV)), folder, { batchRows: 40_000 })
    const counts: number[] = []
    for await (const table of tables) counts.push(table.count)
    expect(counts).toEqual([40_000, 40_000, 40_000, 30_000])
    expect(report()).toMatchObject({ rows: ROWS, requests: ROWS, skipped: [] })
    const early = streamTrace(file('d.csv', CSV), folder, { batchRows: 1000 })
    const { value } = await early.tables.next()
    expect(value?.count).toBe(1000)
    await early.tables.return()
    expect(openFiles()).not.toContain('d.csv')
  })

  it('reads UTF-8 in other columns, cut anywhere', async () => {
    const name = 'naïve – 你好 😀 '.repeat(20)
    const rows = Array.from(
      { length: 10_000 },
      (_, i) => `{"note":"${name}","arrival_s":${i},"prompt":1,"output":${i + 1}}\n`,
    )
    const { requests } = await readTrace(file('e.jsonl', `\uFEFF${rows.join('')}`), folder)
    expect(requests.output.at(-1)).toBe(10_000)
  })

  it.each([
    ['truncated.gz', gzipSync(CSV).subarray(0, 100_000), /gzip stream that ends early/],
    ['damaged.gz', damaged(gzipSync(CSV)), /damaged gzip stream|line \d+/],
    ['latin1.csv', Buffer.from('arrival_s,prompt,output,note\n0,1,2,caf\xe9\n', 'latin1'), /not UTF-8/],
    [
      'cut.csv',
      Buffer.concat([Buffer.from('arrival_s,prompt,output,note\n0,1,2,'), Buffer.from([0xe4, 0xbd])]),
      /not UTF-8/,
    ],
    ['empty.csv', Buffer.alloc(0), /empty\.csv: the file is empty/],
    ['empty.gz', gzipSync(''), /empty\.gz: the file is empty/],
  ])('refuses %s', async (name, bytes, message) => {
    await expect(readTrace(file(name, bytes), folder)).rejects.toThrow(message)
    await expect(readTrace(name, folder)).rejects.toHaveProperty('name', 'PincerError')
    expect(openFiles()).not.toContain(name)
  })

  it('refuses files that cannot be read', async () => {
    await expect(readTrace('none.csv', folder)).rejects.toThrow(/none\.csv: the file does not exist/)
    await expect(readTrace('.', folder)).rejects.toThrow(/is a folder/)
  })
})

function damaged(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy.fill(0x55, 50_000, 50_200)
  return copy
}
