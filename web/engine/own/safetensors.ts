import type { PincerError } from '../../../src/index.ts'
import { HeaderReader, damaged } from './reader.ts'

/** What the header of a safetensors file says. */
export interface SafetensorsHeader {
  readonly params: number
  readonly tensors: number
  /** Bytes of all weights. */
  readonly bytes: number
  readonly hasExperts: boolean
  /** Bytes taken from the file. */
  readonly read: number
}

/** The format's own limit. */
const LONGEST = 100_000_000

/**
 * Reads the header of a safetensors file (eight bytes of length, then JSON), nothing of its weights.
 * @throws PincerError `unreadable` for a file that is none or is damaged
 */
export async function readSafetensors(file: Blob): Promise<SafetensorsHeader> {
  const reader = new HeaderReader(file)
  const length = await reader.u64()
  if (length > LONGEST || length > file.size) throw damaged(`${length} bytes of header in a file of ${file.size}`)
  const header = document(await reader.text(length))
  const tensors = Object.entries(header).filter(([name]) => name !== '__metadata__')
  const shapes = tensors.map(([name, tensor]) => tensorOf(name, tensor))
  return {
    params: shapes.reduce((sum, { params }) => sum + params, 0),
    bytes: shapes.reduce((sum, { bytes }) => sum + bytes, 0),
    tensors: tensors.length,
    hasExperts: tensors.some(([name]) => /\bexperts?\b|block_sparse_moe/.test(name)),
    read: reader.read,
  }
}

function document(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {
    // Said below.
  }
  throw damaged('it is no JSON object')
}

function tensorOf(name: string, tensor: unknown): { params: number; bytes: number } {
  const { shape, data_offsets: offsets } = (tensor ?? {}) as { shape?: unknown; data_offsets?: unknown }
  if (!isNumbers(shape) || !isNumbers(offsets) || offsets.length !== 2) throw noTensor(name)
  const params = shape.reduce((product, size) => product * size, 1)
  const bytes = (offsets[1] ?? 0) - (offsets[0] ?? 0)
  if (!Number.isSafeInteger(params) || bytes < 0) throw noTensor(name)
  return { params, bytes }
}

function noTensor(name: string): PincerError {
  return damaged(`the entry ${JSON.stringify(name.slice(0, 60))} is no tensor`)
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((each) => Number.isSafeInteger(each) && each >= 0)
}
