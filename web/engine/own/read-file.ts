import {
  type ModelArch,
  PincerError,
  configDocument,
  declaredArch,
  formatsFor,
  hasExperts,
  paramCounts,
  parseChip,
  parseConfig,
  storeOf,
  valueOf,
  weightBytes,
} from '../../../src/index.ts'
import { type GgufHeader, readGguf } from './gguf.ts'
import { ggufConfig } from './gguf-config.ts'
import { readSafetensors } from './safetensors.ts'

type Given = Readonly<Record<string, unknown>>

/** What was read of a file beside what it describes. */
export interface FileFacts {
  readonly name: string
  readonly size: number
  /** Bytes that were taken from it. */
  readonly read: number
}

/** A model that somebody brought along. */
export interface ReadModel {
  readonly kind: 'model'
  readonly name: string
  /** As a scenario file takes it. */
  readonly given: Given
  readonly family: string
  readonly isSparse: boolean
  readonly total: number
  readonly active: number
  /** Of the weights as the checkpoint has them. */
  readonly bytes: number
  readonly from: 'config' | 'counts' | 'gguf' | 'safetensors'
  readonly file: FileFacts
  /** Parameters that the file itself holds, where its header lists them. */
  readonly held?: number
  readonly bitsPerWeight?: number
}

/** A chip that somebody brought along. */
export interface ReadChip {
  readonly kind: 'chip'
  readonly name: string
  readonly given: Given
  readonly machine: 'hbm' | 'sram'
  readonly vendor: string
  readonly memory: string
  readonly capacity?: number
  readonly bandwidth?: number
}

/** JSON files beyond this are no configs. */
const LARGEST_JSON = 16 * 2 ** 20
/** A header that counts differently from its own tensors describes something else. */
const TOLERANCE = 0.02

/**
 * What a file describes: config.json, a file of counts, chip.json, GGUF or safetensors. Of the last two only the header is read.
 * @throws PincerError as the engine does for what the file describes, `unreadable` for a file that is nothing of these
 */
export async function readFile(file: File): Promise<ReadModel | ReadChip> {
  const name = file.name.toLowerCase()
  if (name.endsWith('.gguf')) return ggufModel(file)
  if (name.endsWith('.safetensors')) return safetensorsModel(file)
  if (name.endsWith('.json')) return readJson(file)
  throw new PincerError({
    code: 'unreadable',
    path: [file.name.slice(0, 80)],
    message: 'is nothing that is read here',
    suggestion: 'give a config.json, chip.json, .gguf or .safetensors file',
  })
}

async function readJson(file: File): Promise<ReadModel | ReadChip> {
  if (file.size > LARGEST_JSON) {
    const message = `has ${file.size} bytes; the limit is ${LARGEST_JSON}`
    throw new PincerError({ code: 'too_large', path: [file.name.slice(0, 80)], message })
  }
  return readDocument(await file.text(), { name: file.name, size: file.size, read: file.size })
}

/** What the text of a config.json, a file of counts or a chip.json describes. */
export function readDocument(text: string, file: FileFacts): ReadModel | ReadChip {
  const value = configDocument(text)
  if (isObject(value) && Array.isArray(value['memory']) && Object.hasOwn(value, 'peak')) return readChip(value)
  const name = nameOf(value, file.name)
  if (isObject(value) && Object.hasOwn(value, 'totalParams')) {
    const counts = {
      id: name,
      totalParams: countIn(value, 'totalParams'),
      activeParams: countIn(value, 'activeParams'),
    }
    return modelOf(declaredArch(counts), { given: counts, from: 'counts', file })
  }
  return modelOf(parseConfig(value, { id: name }), { given: { id: name, config: value }, from: 'config', file })
}

/** A chip as it is described, checked. @throws PincerError with every fault and its path */
export function readChip(description: Given): ReadChip {
  const chip = parseChip(description)
  const store = storeOf(chip)
  const capacity = store === undefined ? undefined : valueOf(store.capacity)
  const bandwidth = store === undefined ? undefined : valueOf(store.bandwidth)
  return {
    kind: 'chip',
    name: chip.name,
    given: description,
    machine: chip.kind,
    vendor: chip.vendor,
    memory: store?.name ?? '',
    ...(capacity === undefined ? {} : { capacity }),
    ...(bandwidth === undefined ? {} : { bandwidth }),
  }
}

async function ggufModel(file: File): Promise<ReadModel> {
  const header = await readGguf(file)
  const held = header.tensors.reduce((sum, { params }) => sum + params, 0)
  const isPart = Number(header.metadata.get('split.count') ?? 1) > 1
  const bitsPerWeight = held === 0 ? 16 : (8 * (file.size - header.end)) / held
  const name = ggufName(header, file.name)
  const config = ggufConfig(header, bitsPerWeight)
  const arch = parseConfig(config, { id: name })
  if (!isPart) requireCount(arch, held)
  return {
    ...modelOf(arch, { given: { id: name, config }, from: 'gguf', file: facts(file, header.read) }),
    ...(isPart ? {} : { held }),
    bitsPerWeight,
  }
}

// Heads, widths and experts of the header make a number of parameters: that of the tensors, or the header was misread.
function requireCount(arch: ModelArch, held: number): void {
  const { total } = paramCounts(arch)
  if (Math.abs(held / total - 1) <= TOLERANCE) return
  throw new PincerError({
    code: 'unsupported',
    path: ['general.architecture'],
    message: `the header describes ${total} parameters, the tensors of the file hold ${held}`,
    suggestion: 'give the config.json of the model',
  })
}

function ggufName({ metadata }: GgufHeader, fileName: string): string {
  const name = metadata.get('general.name')
  return typeof name === 'string' && name.trim() !== '' ? name.trim().slice(0, 80) : plainName(fileName)
}

async function safetensorsModel(file: File): Promise<ReadModel> {
  const { params, bytes, hasExperts: isSparse, read } = await readSafetensors(file)
  const refuse = (message: string): PincerError => {
    const suggestion = 'give the config.json that lies beside it'
    return new PincerError({ code: 'unsupported', path: [file.name.slice(0, 80)], message, suggestion })
  }
  if (/-\d{5}-of-\d{5}/.test(file.name)) throw refuse('is one part of several, which does not say what the model is')
  if (isSparse) throw refuse('holds experts, and does not say how many of them a token uses')
  const name = plainName(file.name)
  const counts = { id: name, totalParams: params, activeParams: params }
  const model = modelOf(declaredArch(counts), { given: counts, from: 'safetensors', file: facts(file, read) })
  return { ...model, held: params, bytes, bitsPerWeight: (8 * bytes) / params }
}

function modelOf(arch: ModelArch, { given, from, file }: Pick<ReadModel, 'given' | 'from' | 'file'>): ReadModel {
  const { total, active } = paramCounts(arch)
  return {
    kind: 'model',
    name: arch.name,
    given,
    family: arch.family,
    isSparse: hasExperts(arch),
    total,
    active,
    bytes: weightBytes(arch, formatsFor(arch, arch.checkpoint.ffn)),
    from,
    file,
  }
}

function facts({ name, size }: File, read: number): FileFacts {
  return { name, size, read }
}

function nameOf(value: unknown, fileName: string): string {
  const own = isObject(value) ? (value['_name_or_path'] ?? value['id']) : undefined
  if (typeof own === 'string' && /^[\w][\w./ -]{0,79}$/.test(own)) return own
  return plainName(fileName)
}

function plainName(fileName: string): string {
  const name = fileName.replace(/\.[a-z]+$/i, '').slice(0, 80)
  return name === '' ? 'model' : name
}

function countIn(value: Given, field: string): number {
  const count = value[field] ?? value['totalParams']
  if (typeof count === 'number') return count
  throw new PincerError({ code: 'invalid_value', path: [field], message: 'must be a number' })
}

function isObject(value: unknown): value is Given {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
