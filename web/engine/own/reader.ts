import { PincerError } from '../../../src/index.ts'

/** What one slice of a file holds: headers are read in few of them. */
const SLICE = 1 << 20
/** A header beyond this is none: the largest published ones, with vocabularies of 260,000 words, take about 20 MB. */
const LONGEST_HEADER = 128 * 2 ** 20

/**
 * Reads the start of a file bit by bit, in little-endian order, and never more of it than was asked for and the rest of a slice.
 * @throws PincerError `malformed_json` at the end of the file, `too_large` beyond 128 MiB
 */
export class HeaderReader {
  readonly #file: Blob
  /** Bytes of the file from `#start` on. */
  #view = new DataView(new ArrayBuffer(0))
  #start = 0
  #at = 0
  #read = 0

  constructor(file: Blob) {
    this.#file = file
  }

  /** Where the next byte is read. */
  get at(): number {
    return this.#at
  }

  /** Bytes that were taken from the file so far. */
  get read(): number {
    return this.#read
  }

  async u32(): Promise<number> {
    return (await this.#take(4)).getUint32(0, true)
  }

  /** @throws PincerError for a number that no size or count reaches */
  async u64(): Promise<number> {
    const value = (await this.#take(8)).getBigUint64(0, true)
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw damaged(`a count of ${value} at byte ${this.#at - 8}`)
    return Number(value)
  }

  async view(bytes: number): Promise<DataView> {
    return this.#take(bytes)
  }

  async text(bytes: number): Promise<string> {
    const { buffer, byteOffset, byteLength } = await this.#take(bytes)
    return new TextDecoder().decode(new Uint8Array(buffer, byteOffset, byteLength))
  }

  /** Goes on behind the next `bytes`, which are not looked at. */
  skip(bytes: number): void {
    this.#require(bytes)
    this.#at += bytes
  }

  #require(bytes: number): void {
    const end = this.#at + bytes
    if (end > LONGEST_HEADER) throw tooLong()
    if (end > this.#file.size) throw damaged(`the file ends at byte ${this.#file.size}, inside its header`)
  }

  async #take(bytes: number): Promise<DataView> {
    const from = this.#at
    this.#require(bytes)
    if (from < this.#start || from + bytes > this.#start + this.#view.byteLength) {
      const piece = this.#file.slice(from, Math.min(this.#file.size, from + Math.max(bytes, SLICE)))
      this.#view = new DataView(await piece.arrayBuffer())
      this.#start = from
      this.#read += this.#view.byteLength
    }
    this.#at += bytes
    return new DataView(this.#view.buffer, from - this.#start, bytes)
  }
}

/** The error of a header that cannot be. */
export function damaged(what: string): PincerError {
  return new PincerError({ code: 'unreadable', path: ['file'], message: `the header makes no sense: ${what}` })
}

function tooLong(): PincerError {
  const message = `the header is longer than ${LONGEST_HEADER} bytes`
  return new PincerError({ code: 'too_large', path: ['file'], message })
}
