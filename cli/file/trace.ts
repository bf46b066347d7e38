import { type FileHandle, open } from 'node:fs/promises'
import { isAscii } from 'node:buffer'
import { resolve } from 'node:path'
import { Readable, pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import {
  PincerError,
  type TraceTable,
  type Trace,
  type TraceOptions,
  TraceReader,
  type TraceReport,
} from '../../src/index.ts'
import { faultText, unreadable } from './read.ts'

const CHUNK_BYTES = 1 << 20

/** A trace that is read as it is used. */
export interface TraceStream {
  /** Tables of requests in arrival order; memory stays that of a few tables however long the file is. */
  readonly tables: AsyncGenerator<TraceTable, void, void>
  /** What has been read so far; complete once `tables` has ended. */
  readonly report: () => TraceReport
}

/**
 * Opens a trace (plain text or gzip, whatever its name) for reading in tables of `batchRows` requests.
 * While reading, throws PincerError: `unreadable` (no such file, not UTF-8, a gzip stream that is cut or damaged) and what
 * TraceReader throws.
 */
export function streamTrace(path: string, cwd: string, options: TraceOptions = {}): TraceStream {
  const reader = new TraceReader({ about: path, ...options })
  return { tables: tablesOf(reader, path, cwd), report: () => reader.report() }
}

/** All requests of a trace file, sorted by arrival. Throws as `streamTrace` does. */
export async function readTrace(path: string, cwd: string, options: TraceOptions = {}): Promise<Trace> {
  const { tables, report } = streamTrace(path, cwd, { ...options, batchRows: Number.POSITIVE_INFINITY })
  for await (const requests of tables) return { requests, report: report() }
  throw new PincerError(unreadable(path, 'has no requests'))
}

async function* tablesOf(reader: TraceReader, path: string, cwd: string): AsyncGenerator<TraceTable, void, void> {
  for await (const text of texts(path, cwd)) yield* reader.push(text)
  yield* reader.end()
}

async function* texts(path: string, cwd: string): AsyncGenerator<string, void, void> {
  const decode = textDecoder(path)
  for await (const bytes of plainBytes(path, cwd)) yield decode(bytes)
  yield decode()
}

// The decoder keeps what is left of a character cut by a chunk; until one has been met, plain ASCII takes the short way.
function textDecoder(path: string): (bytes?: Buffer) => string {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let isPlain = true
  return (bytes) => {
    isPlain &&= bytes === undefined || isAscii(bytes)
    if (isPlain) return bytes?.toString('latin1') ?? ''
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined })
    } catch {
      throw new PincerError(unreadable(path, 'is not UTF-8 text'))
    }
  }
}

async function* plainBytes(path: string, cwd: string): AsyncGenerator<Buffer, void, void> {
  const chunks = fileBytes(path, cwd)
  try {
    const first = await chunks.next()
    if (first.done === true) return
    const all = startingWith(first.value, chunks)
    if (first.value[0] === 0x1f && first.value[1] === 0x8b) yield* unzipped(all, path)
    else yield* all
  } finally {
    // A reader that stops at the first piece never came to the rest, which holds the file open.
    await chunks.return()
  }
}

async function* startingWith(
  first: Buffer,
  rest: AsyncGenerator<Buffer, void, void>,
): AsyncGenerator<Buffer, void, void> {
  yield first
  yield* rest
}

async function* fileBytes(path: string, cwd: string): AsyncGenerator<Buffer, void, void> {
  const file = await opened(path, cwd)
  try {
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES)
      if (bytesRead === 0) return
      yield buffer.subarray(0, bytesRead)
    }
  } catch (fault) {
    // A folder opens, and fails at the first read.
    throw new PincerError(unreadable(path, faultText(fault)))
  } finally {
    await file.close()
  }
}

async function opened(path: string, cwd: string): Promise<FileHandle> {
  try {
    return await open(resolve(cwd, path), 'r')
  } catch (fault) {
    throw new PincerError(unreadable(path, faultText(fault)))
  }
}

async function* unzipped(chunks: AsyncGenerator<Buffer, void, void>, path: string): AsyncGenerator<Buffer, void, void> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES })
  // Faults of the file reach the reader through gunzip, which pipeline destroys with them.
  pipeline(Readable.from(chunks, { objectMode: false, highWaterMark: CHUNK_BYTES }), gunzip, () => undefined)
  try {
    for await (const bytes of gunzip) yield bytes as Buffer
  } catch (fault) {
    if (fault instanceof PincerError) throw fault
    throw new PincerError(unreadable(path, gzipFault(fault)))
  }
}

function gzipFault(fault: unknown): string {
  const code = (fault as NodeJS.ErrnoException).code
  if (code === 'Z_BUF_ERROR') return 'is a gzip stream that ends early (cut off while copying?)'
  return `is a damaged gzip stream (${code ?? 'unknown fault'})`
}
