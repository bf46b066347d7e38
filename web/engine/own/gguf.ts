import { PincerError } from '../../../src/index.ts'
import { HeaderReader, damaged } from './reader.ts'

/** A value of the metadata; of lists of text only how long they are. */
export type GgufValue = string | number | boolean | readonly number[] | { readonly length: number }

export interface GgufTensor {
  readonly name: string
  /** Number of elements. */
  readonly params: number
}

/** What the header of a GGUF file says. */
export interface GgufHeader {
  readonly metadata: ReadonlyMap<string, GgufValue>
  readonly tensors: readonly GgufTensor[]
  /** Where the header ends; the weights follow. */
  readonly end: number
  /** Bytes taken from the file. */
  readonly read: number
}

/** "GGUF", little-endian. */
const MAGIC = 0x46554747
/** Counts beyond these are damage, not models. */
const MOST_TENSORS = 1_000_000
const MOST_ENTRIES = 100_000
const LONGEST_LIST = 10_000_000
const LONGEST_NAME = 65_535
/** Lists of numbers up to this length are kept: one number per layer. */
const KEPT = 4096

/** Bytes of the numeric types by their number in the format; 8 is text, 9 a list. */
const WIDTHS: ReadonlyMap<number, number> = new Map([
  [0, 1],
  [1, 1],
  [2, 2],
  [3, 2],
  [4, 4],
  [5, 4],
  [6, 4],
  [7, 1],
  [10, 8],
  [11, 8],
  [12, 8],
])
const [TEXT, LIST] = [8, 9]

/**
 * Reads the header of a GGUF file (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, versions 2 and 3), nothing of its weights.
 * @throws PincerError `unreadable` for a file that is none or is damaged, `unsupported` for another version
 */
export async function readGguf(file: Blob): Promise<GgufHeader> {
  const reader = new HeaderReader(file)
  if ((await reader.u32()) !== MAGIC) throw damaged('it does not start with "GGUF"')
  const version = await reader.u32()
  if (version !== 2 && version !== 3) {
    const message = `is GGUF version ${version}`
    throw new PincerError({ code: 'unsupported', path: ['file'], message, suggestion: 'versions 2 and 3 are read' })
  }
  const tensorCount = bounded(await reader.u64(), MOST_TENSORS, 'tensors')
  const entries = bounded(await reader.u64(), MOST_ENTRIES, 'entries')
  const metadata = new Map<string, GgufValue>()
  for (let i = 0; i < entries; i++) {
    const name = await text(reader, LONGEST_NAME)
    metadata.set(name, await value(reader, await reader.u32()))
  }
  const tensors: GgufTensor[] = []
  for (let i = 0; i < tensorCount; i++) tensors.push(await tensor(reader))
  return { metadata, tensors, end: reader.at, read: reader.read }
}

async function tensor(reader: HeaderReader): Promise<GgufTensor> {
  const name = await text(reader, LONGEST_NAME)
  const dimensions = bounded(await reader.u32(), 8, 'dimensions')
  let params = 1
  for (let i = 0; i < dimensions; i++) params *= await reader.u64()
  // The type and the place of the weights.
  reader.skip(4 + 8)
  if (!Number.isSafeInteger(params)) throw damaged(`the tensor ${name.slice(0, 60)} has ${params} elements`)
  return { name, params }
}

async function text(reader: HeaderReader, most: number): Promise<string> {
  return reader.text(bounded(await reader.u64(), most, 'characters'))
}

async function value(reader: HeaderReader, type: number): Promise<GgufValue> {
  if (type === TEXT) return text(reader, 2 ** 26)
  if (type === LIST) return list(reader)
  return number(await reader.view(widthOf(type)), 0, type)
}

async function list(reader: HeaderReader): Promise<GgufValue> {
  const type = await reader.u32()
  const length = bounded(await reader.u64(), LONGEST_LIST, 'items')
  if (type === TEXT) {
    for (let i = 0; i < length; i++) reader.skip(bounded(await reader.u64(), 2 ** 26, 'characters'))
    return { length }
  }
  if (type === LIST) throw damaged('a list of lists')
  const width = widthOf(type)
  if (length > KEPT) {
    reader.skip(length * width)
    return { length }
  }
  const view = await reader.view(length * width)
  return Array.from({ length }, (_, i) => Number(number(view, i * width, type)))
}

function widthOf(type: number): number {
  const width = WIDTHS.get(type)
  if (width === undefined) throw damaged(`a value of the type ${type}`)
  return width
}

// Little-endian; whole numbers of 64 bits lose nothing that a size of a model needs.
function number(view: DataView, at: number, type: number): number | boolean {
  switch (type) {
    case 0:
      return view.getUint8(at)
    case 1:
      return view.getInt8(at)
    case 2:
      return view.getUint16(at, true)
    case 3:
      return view.getInt16(at, true)
    case 4:
      return view.getUint32(at, true)
    case 5:
      return view.getInt32(at, true)
    case 6:
      return view.getFloat32(at, true)
    case 7:
      return view.getUint8(at) !== 0
    case 10:
      return Number(view.getBigUint64(at, true))
    case 11:
      return Number(view.getBigInt64(at, true))
    default:
      return view.getFloat64(at, true)
  }
}

function bounded(count: number, most: number, what: string): number {
  if (count <= most) return count
  throw damaged(`${count} ${what}`)
}
