import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TraceReader, type TraceOptions, parseTrace } from '../../src/serving/trace/trace.ts'
import type { TraceTable } from '../../src/serving/trace/trace-table.ts'
import { timedTable } from '../../src/serving/arrival/arrival-table.ts'

const SECOND = 32e9
const MILLISECOND = 32e6

const AZURE = `TIMESTAMP,ContextTokens,GeneratedTokens\r
2023-11-16 18:15:46.6805900,374,44\r
2023-11-16 18:15:50.9951690,396,109\r
2023-11-16 18:15:51.2224670,879,55`

const MOONCAKE = `{"timestamp": 0, "input_length": 1100, "output_length": 500, "hash_ids": [0, 1, 2]}
{"timestamp": 3000, "input_length": 512, "output_length": 490, "hash_ids": [0]}
{"timestamp": 3000, "input_length": 1536, "output_length": 794, "hash_ids": [0, 1, 17]}
`

const BAILIAN = `{"chat_id": 159, "parent_chat_id": -1, "timestamp": 61.114, "input_length": 20, "output_length": 132, "type": "text", "turn": 1, "hash_ids": [1089, 1090]}
{"chat_id": 160, "parent_chat_id": 159, "timestamp": 61.5, "input_length": 33, "output_length": 7, "type": "text", "turn": 2, "hash_ids": [1089, 1090, 1091]}
`

const BURSTGPT = `Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type
5,ChatGPT,472,18,490,Conversation log
45,ChatGPT,1087,230,1317,Conversation log
45,GPT-4,417,0,417,API log
118,ChatGPT,1360,30,1390,API log
`

interface Plain {
  arrival: number[]
  prompt: number[]
  output: number[]
  blocks?: number[][]
}

function plain(table: TraceTable): Plain {
  const { prefix } = table
  const blocks = prefix && {
    blocks: [...table.prompt.keys()].map((row) => [...prefix.ids.subarray(prefix.start[row], prefix.start[row + 1])]),
  }
  expect(table.count).toBe(table.arrival.length)
  return { arrival: [...table.arrival], prompt: [...table.prompt], output: [...table.output], ...blocks }
}

describe('public formats', () => {
  it('reads the Azure traces to the tick, from the first request on', () => {
    const { requests, report } = parseTrace(AZURE)
    expect(plain(requests)).toEqual({
      arrival: [0, 43_145_790 * 3200, 45_418_770 * 3200],
      prompt: [374, 396, 879],
      output: [44, 109, 55],
    })
    expect(report).toEqual({ format: 'azure', rows: 3, requests: 3, skipped: [], adjusted: [], ties: 0 })
  })

  it('reads dates over month ends and leap days, with zones, fractions of any length', () => {
    const times = [
      ['2024-02-28 23:59:59', 0],
      ['2024-02-29T00:00:00.5', 1.5],
      ['2024-03-01 00:00:00.000000+00:00', 86_401],
      ['2024-03-01 02:30:00.1234567891+02:30', 86_401.1234567891],
      ['2024-03-01 00:00:01Z', 86_402],
    ] as const
    const rows = times.map(([time]) => `${time},1,1\n`)
    const { arrival } = parseTrace(`TIMESTAMP,ContextTokens,GeneratedTokens\n${rows.join('')}`).requests
    expect([...arrival]).toEqual(times.map(([, seconds]) => Math.round(seconds * SECOND)))
  })

  it('reads Mooncake with its blocks of 512 tokens; ties stay in file order', () => {
    const { requests, report } = parseTrace(MOONCAKE)
    expect(plain(requests)).toEqual({
      arrival: [0, 3 * SECOND, 3 * SECOND],
      prompt: [1100, 512, 1536],
      output: [500, 490, 794],
      blocks: [[0, 1, 2], [0], [0, 1, 17]],
    })
    expect(requests.prefix!.blockTokens).toBe(512)
    expect(report).toEqual({ format: 'mooncake', rows: 3, requests: 3, skipped: [], adjusted: [], ties: 1 })
  })

  it('reads Qwen-Bailian in seconds and blocks of 16', () => {
    const { requests, report } = parseTrace(BAILIAN)
    expect(report.format).toBe('bailian')
    expect(requests.prefix!.blockTokens).toBe(16)
    expect(plain(requests)).toEqual({
      arrival: [0, 386 * MILLISECOND],
      prompt: [20, 33],
      output: [132, 7],
      blocks: [
        [1089, 1090],
        [1089, 1090, 1091],
      ],
    })
  })

  it('reads BurstGPT and counts the requests it marks as failed', () => {
    const { requests, report } = parseTrace(BURSTGPT)
    expect(plain(requests)).toEqual({
      arrival: [0, 40 * SECOND, 113 * SECOND],
      prompt: [472, 1087, 1360],
      output: [18, 230, 30],
    })
    expect(report).toMatchObject({ format: 'burstgpt', rows: 4, requests: 3 })
    expect(report.skipped).toEqual([
      { reason: 'failed requests (0 tokens, as burstgpt marks them)', rows: 1, firstLine: 4 },
    ])
  })

  it('reads Vidur lists with and without arrivals', () => {
    const timed = parseTrace('arrived_at,num_prefill_tokens,num_decode_tokens\n0.5,374,44\n1.25,396,109\n')
    expect(timed.report.format).toBe('vidur')
    expect(plain(timed.requests).arrival).toEqual([0, 0.75 * SECOND])
    const list = parseTrace(',num_prefill_tokens,num_decode_tokens,pd_ratio\n0,374.0,44,8.5\n1,396,109,3.6\n').requests
    expect(list.timed).toBe(false)
    expect(plain(list)).toEqual({ arrival: [0, 0], prompt: [374, 396], output: [44, 109] })
    const given = timedTable(list, { kind: 'uniform', rate: 2 }, 1)
    expect([...given.arrival]).toEqual([0.5 * SECOND, SECOND])
    expect(given.timed).toBe(true)
  })
})

describe('traces of one’s own', () => {
  const rows = '\n0,10,5\n1500,20,6\n'

  it('takes the unit from the name', () => {
    for (const [header, scale] of [
      ['arrival_ms,prompt,output', MILLISECOND],
      ['Timestamp (s),Input Tokens,Output Tokens', SECOND],
      ['requestTimeUs,isl,osl', MILLISECOND / 1000],
      ['time[ns],prompt_len,output_len', 32],
      ['arrival_time_seconds;num_prompt_tokens;completion_tokens', SECOND],
    ] as const) {
      const text = header + (header.includes(';') ? rows.replaceAll(',', ';') : rows)
      expect(plain(parseTrace(text).requests)).toEqual({ arrival: [0, 1500 * scale], prompt: [10, 20], output: [5, 6] })
    }
  })

  it('takes dates as they are, in any order of columns, in quotes', () => {
    const text = `id,"output_tokens",note,started at,"input, tokens"
1,"7","said ""hi"", twice",2025-01-01T00:00:01Z,"100"
2,8,,2025-01-01T00:00:00Z,200
`
    const columns = { arrival: 'started at', prompt: 'input, tokens' }
    const { requests, report } = parseTrace(text, { columns })
    expect(plain(requests)).toEqual({ arrival: [0, SECOND], prompt: [200, 100], output: [8, 7] })
    expect(report.adjusted).toEqual([{ reason: 'earlier than a row before it: sorted by time', rows: 1, firstLine: 3 }])
  })

  it('reads JSON lines of any shape that JSON allows', () => {
    const text = `{"arrival_ms": 0, "prompt_tokens": 5, "completion_tokens": 6, "meta": {"a": [1, {"b": "}"}]}, "x": null}
  { "completion_tokens" :7, "arrival_ms":1.5e1,"prompt_tokens":"9" , "t\\u0061g": "q\\"uote" }

{"prompt_tokens": 1, "prompt_tokens": 3, "arrival_ms": 20, "completion_tokens": 1.0}`
    const { requests, report } = parseTrace(text)
    expect(plain(requests)).toEqual({
      arrival: [0, 15 * MILLISECOND, 20 * MILLISECOND],
      prompt: [5, 9, 3],
      output: [6, 7, 1],
    })
    expect(report).toMatchObject({ format: 'jsonl', rows: 3, requests: 3 })
  })

  it('keeps epoch times exact: the origin is taken off before anything is rounded', () => {
    const text = 'timestamp_s,prompt,output\n1787267980.000000001,1,1\n1787267980.000000002,1,1\n1787267981,1,1\n'
    expect([...parseTrace(text).requests.arrival]).toEqual([0, 32, SECOND - 32])
  })

  it('takes a block size for hash_ids of one’s own', () => {
    const text = '{"arrival_ms": 1, "input_length": 40, "output_length": 9, "hash_ids": [5, 6, 2147483647]}\n'
    expect(plain(parseTrace(text, { blockTokens: 16 }).requests).blocks).toEqual([[5, 6, 2_147_483_647]])
  })

  it('reads a part of a trace too long for the clock', () => {
    const text =
      'arrival_s,prompt,output\n' +
      [0, 100_000, 1_000_000, 1_000_030, 5e9].map((s) => `${s},1,${(s % 1000) + 1}\n`).join('')
    const { requests, report } = parseTrace(text, { window: { from: 999_990, to: 2_000_000 } })
    expect(plain(requests)).toEqual({ arrival: [0, 30 * SECOND], prompt: [1, 1], output: [1, 31] })
    expect(report.skipped).toEqual([{ reason: 'outside the window of 999990 … 2000000 s', rows: 3, firstLine: 2 }])
  })
})

describe('reading piece by piece', () => {
  const streamed = (pieces: readonly string[], options: TraceOptions): Plain & { tables: number } => {
    const reader = new TraceReader(options)
    const tables = [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()]
    const all = tables.map(plain)
    const hasBlocks = all[0]!.blocks !== undefined
    expect(reader.report().requests).toBe(tables.reduce((sum, table) => sum + table.count, 0))
    return {
      arrival: all.flatMap((table) => table.arrival),
      prompt: all.flatMap((table) => table.prompt),
      output: all.flatMap((table) => table.output),
      ...(hasBlocks ? { blocks: all.flatMap((table) => table.blocks!) } : {}),
      tables: tables.length,
    }
  }

  it('gives the same requests wherever the text is cut and however small the tables', () => {
    const cuts = fc.array(fc.nat(400), { maxLength: 8 })
    fc.assert(
      fc.property(
        fc.constantFrom(AZURE, MOONCAKE, BAILIAN),
        cuts,
        fc.integer({ min: 1, max: 4 }),
        (text, at, batchRows) => {
          const edges = [0, ...at.filter((cut) => cut < text.length).toSorted((a, b) => a - b), text.length]
          const pieces = edges.slice(1).map((edge, i) => text.slice(edges[i], edge))
          const { tables, ...requests } = streamed(pieces, { batchRows })
          expect(requests).toEqual(plain(parseTrace(text).requests))
          expect(tables).toBe(Math.ceil(requests.prompt.length / batchRows))
        },
      ),
    )
  })

  it('sorts stably: equal to sorting rows by time with file order between ties', () => {
    const lists = fc.array(fc.nat(20), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(lists, fc.integer({ min: 1, max: 70 }), (times, batchRows) => {
        const text = times
          .map((t, i) => `{"timestamp":${t},"input_length":${i + 1},"output_length":1,"hash_ids":[${i}]}\n`)
          .join('')
        const order = [...times.keys()].toSorted((a, b) => times[a]! - times[b]! || a - b)
        const first = times[order[0]!]!
        const expected = {
          arrival: order.map((row) => (times[row]! - first) * MILLISECOND),
          prompt: order.map((row) => row + 1),
          output: order.map(() => 1),
          blocks: order.map((row) => [row]),
        }
        expect(plain(parseTrace(text).requests)).toEqual(expected)
        const { tables, ...requests } = streamed([text], { batchRows: Math.max(batchRows, times.length) })
        expect(requests).toEqual(expected)
        expect(tables).toBe(1)
        const ties = order.filter((row, i) => i > 0 && times[row] === times[order[i - 1]!]).length
        expect(parseTrace(text).report.ties).toBe(ties)
      }),
    )
  })

  it('reorders within a table’s length and refuses what is further back, with the line', () => {
    const rows = (times: readonly number[]): string => times.map((t) => `${t},1,1\n`).join('')
    const header = 'arrival_s,prompt,output\n'
    const near = streamed([header + rows([0, 2, 1, 4, 3, 6, 5, 8, 7])], { batchRows: 2 })
    expect(near.arrival).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8].map((s) => s * SECOND))
    const reader = new TraceReader({ batchRows: 2 })
    expect(() => reader.push(header + rows([1, 2, 3, 4, 5, 6, 0]))).toThrow(
      /line 8 is earlier than rows already handed out/,
    )
  })
})
