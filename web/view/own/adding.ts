import { signal } from '@preact/signals'
import { type IssueCode, PincerError } from '../../../src/index.ts'
import { ask } from '../../engine/client.ts'
import { addOwn } from '../../state/own.ts'
import { text } from './text.ts'

type Given = Readonly<Record<string, unknown>>

/** Why something was not taken, and which of several it was. */
export interface Refused {
  readonly fault: Error
  readonly of?: string
}

/** What adding came to: shown, and said to screen readers. */
export interface Adding {
  readonly busy?: string
  readonly added: readonly string[]
  readonly faults: readonly Refused[]
}

const NOTHING: Adding = { added: [], faults: [] }

/** Of files and of the hub. */
export const adding = signal<Adding>(NOTHING)
/** Of the form of chips, whose faults belong beside it. */
export const addingChip = signal<Adding>(NOTHING)

/** Reads files one after the other; a fault of one does not keep the others out. */
export async function addFiles(files: readonly File[]): Promise<void> {
  const added: string[] = []
  const faults: Refused[] = []
  for (const file of files) {
    adding.value = { busy: text.peek().drop.reading(file.name), added, faults }
    try {
      added.push(addOwn(await ask('own.read', file)).name)
    } catch (fault) {
      faults.push({ fault: fault as Error, of: file.name })
    }
  }
  adding.value = { added, faults }
}

export async function addChip(description: Given): Promise<void> {
  try {
    addingChip.value = { added: [addOwn(await ask('own.chip', description)).name], faults: [] }
  } catch (fault) {
    addingChip.value = { added: [], faults: [{ fault: fault as Error }] }
  }
}

const HUB = 'https://huggingface.co'
const REPOSITORY = /^\w[\w.-]{0,95}\/[\w][\w.-]{0,95}$/
/** Configs are below 100 kB. */
const LARGEST = 16 * 2 ** 20
/** Longer than this nobody waits for a small file, ms. */
const PATIENCE = 15_000

/** Fetches config.json of a model of the hub, because somebody asked for it. */
export async function addFromHub(typed: string): Promise<void> {
  const id = typed
    .trim()
    .replace(/^(?:hf:|https:\/\/huggingface\.co\/)/, '')
    .replace(/\/$/, '')
  adding.value = { busy: text.peek().hub.fetching, added: [], faults: [] }
  try {
    const own = addOwn(await ask('own.document', { text: await fetched(id), name: id }))
    adding.value = { added: [own.name], faults: [] }
  } catch (fault) {
    adding.value = { added: [], faults: [{ fault: fault as Error }] }
  }
}

async function fetched(id: string): Promise<string> {
  const t = text.peek().hub
  if (!REPOSITORY.test(id)) throw refusal('invalid_value', t.badName)
  const response = await answered(`${HUB}/${id}/resolve/main/config.json`)
  if (response.status === 404) throw refusal('unknown_model', t.missing(id))
  if (!response.ok) throw refusal('unreadable', t.refused(id, String(response.status)))
  const body = await response.text()
  if (body.length > LARGEST) throw refusal('too_large', t.large)
  return body
}

async function answered(url: string): Promise<Response> {
  try {
    return await fetch(url, {
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(PATIENCE),
    })
  } catch {
    throw refusal('offline', text.peek().hub.offline)
  }
}

function refusal(code: IssueCode, message: string): PincerError {
  return new PincerError({ code, path: [], message })
}
