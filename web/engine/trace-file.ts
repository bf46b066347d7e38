import { PincerError, type Trace, TraceReader } from '../../src/index.ts'
import type { Call } from './protocol.ts'
import { checkTraceSize, tooLarge } from './trace-size.ts'

/** Of a compressed file, unpacked. */
const MOST_UNPACKED: number = 2 ** 30
/** Requests that a page simulates at once. */
export const MOST_PAGE_REQUESTS = 1_000_000

/**
 * All requests of a trace file, plain or gzip, read piece by piece; as the command line reads it.
 * @throws PincerError `too_large`, `unreadable`, and what TraceReader throws
 */
export async function readTrace(file: File, call: Call): Promise<Trace> {
  checkTraceSize(file)
  const reader = new TraceReader({ about: file.name, batchRows: Number.POSITIVE_INFINITY })
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let [packed, unpacked] = [0, 0]
  const counted = file.stream().pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform: (bytes, controller) => {
        packed += bytes.length
        controller.enqueue(bytes)
      },
    }),
  )
  const bytes = (await isGzip(file)) ? counted.pipeThrough(new DecompressionStream('gzip')) : counted
  for await (const piece of piecesOf(bytes, file.name)) {
    unpacked += piece.length
    if (unpacked > MOST_UNPACKED) throw tooLarge(file.name, 'the file has more than 1 GiB unpacked')
    reader.push(textOf(decoder, file.name, piece))
    call.progress(packed, file.size)
    await call.pause()
  }
  reader.push(textOf(decoder, file.name))
  const [requests] = reader.end()
  if (requests === undefined) throw unreadable(file.name, 'has no requests')
  if (requests.count > MOST_PAGE_REQUESTS) {
    throw tooLarge(file.name, `${requests.count.toLocaleString('en-US')} requests are more than a page simulates`)
  }
  return { requests, report: reader.report() }
}

async function isGzip(file: File): Promise<boolean> {
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer())
  return first === 0x1f && second === 0x8b
}

// A reader by hand: not every browser can iterate over a stream.
async function* piecesOf(stream: ReadableStream<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(() => {
        throw unreadable(name, 'is damaged or ends early, or was changed while it was read')
      })
      if (done) return
      yield value
    }
  } finally {
    void reader.cancel().catch(() => undefined)
  }
}

function textOf(decoder: TextDecoder, name: string, piece?: Uint8Array): string {
  try {
    return decoder.decode(piece as Uint8Array<ArrayBuffer> | undefined, { stream: piece !== undefined })
  } catch {
    throw unreadable(name, 'is not UTF-8 text')
  }
}

function unreadable(name: string, why: string): PincerError {
  return new PincerError({ code: 'unreadable', path: [name], message: `the file ${why}` })
}
