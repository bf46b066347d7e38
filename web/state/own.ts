import { type ReadonlySignal, computed, signal } from '@preact/signals'
import { catalog } from 'virtual:default-answer'
import type { ChipName, Listed, ModelName } from '../engine/catalog-list.ts'
import type { ReadChip, ReadModel } from '../engine/own/read-file.ts'
import { BadField, type Finder, finderOf } from './field.ts'

type Given = Readonly<Record<string, unknown>>

/** A model or chip that somebody brought along, under an id that its content makes. */
export type Own = (ReadModel | ReadChip) & { readonly id: string }
export type OwnModel = ReadModel & { readonly id: string }
export type OwnChip = ReadChip & { readonly id: string }

/** How ids of one's own start: links hold the id and nothing of what it stands for. */
const PREFIX = 'own:'
const STORE = 'pincer.own'
/** More than this is no help in a list. */
const MOST = 40

const all = signal<readonly Own[]>(restored())
export const ownModels: ReadonlySignal<readonly OwnModel[]> = computed(() =>
  all.value.filter((each) => each.kind === 'model'),
)
export const ownChips: ReadonlySignal<readonly OwnChip[]> = computed(() =>
  all.value.filter((each) => each.kind === 'chip'),
)

/** Takes a model or chip in; the same content keeps its id. */
export function addOwn(read: ReadModel | ReadChip): Own {
  const own: Own = { ...read, id: `${PREFIX}${hashOf(JSON.stringify(read.given))}` }
  keep([own, ...all.peek().filter(({ id }) => id !== own.id)].slice(0, MOST))
  return own
}

export function removeOwn(id: string): void {
  keep(all.peek().filter((each) => each.id !== id))
}

// It lasts as long as the tab, and never leaves it.
function keep(next: readonly Own[]): void {
  all.value = next
  try {
    sessionStorage.setItem(STORE, JSON.stringify(next))
  } catch {
    // Without storage, or with too little of it, it lasts as long as the page.
  }
}

function restored(): readonly Own[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(STORE) ?? '[]')
    return Array.isArray(kept) ? kept.filter(isOwn) : []
  } catch {
    return []
  }
}

function isOwn(value: unknown): value is Own {
  if (typeof value !== 'object' || value === null) return false
  const { id, kind, name, given } = value as Partial<Own>
  const isNamed = typeof id === 'string' && id.startsWith(PREFIX) && typeof name === 'string'
  return isNamed && (kind === 'model' || kind === 'chip') && typeof given === 'object'
}

// FNV-1a over the characters: tells contents of one session apart, and guards nothing.
function hashOf(text: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0
  return hash.toString(36)
}

export const MODELS: readonly ModelName[] = catalog.models
export const CHIPS: readonly ChipName[] = catalog.chips

/** Finds a model of the catalog or one's own, by id or alias. */
export const findModelName: Finder = finderWith(MODELS, ownModels)

/** Finds a chip of the catalog or one's own: any, or those of one kind. */
export function chipFinder(kind?: ChipName['kind']): Finder {
  const isOf = (each: ChipName['kind']): boolean => kind === undefined || each === kind
  return finderWith(
    CHIPS.filter((chip) => isOf(chip.kind)),
    computed(() => ownChips.value.filter(({ machine }) => isOf(machine))),
  )
}

// Own ones are read in the finder, so that a link is read again when something is added.
function finderWith(names: readonly (ModelName | ChipName)[], own: ReadonlySignal<readonly Own[]>): Finder {
  const find = finderOf(names)
  return (text) => {
    const name = text.trim().toLowerCase()
    if (!name.startsWith(PREFIX)) return find(text)
    if (own.value.some(({ id }) => id === name)) return name
    throw new BadField({ kind: 'own' })
  }
}

/** Chips of one kind, one's own first. */
export function listedChips(kind: ChipName['kind']): readonly ChipName[] {
  const own = ownChips.value.filter(({ machine }) => machine === kind).map(listedChip)
  return [...own, ...CHIPS.filter((chip) => chip.kind === kind)]
}

/** What the engine takes for a chosen model: its id, or the description of one's own. */
export function modelInput(id: string): string | Given {
  return ownModels.value.find((each) => each.id === id)?.given ?? id
}

/** What the engine takes for a chosen chip. */
export function chipInput(id: string): string | Given {
  return ownChips.value.find((each) => each.id === id)?.given ?? id
}

/** The path that a command line gives to a description of one's own, or the id. */
export function pathOf(id: string): string {
  const own = all.value.find((each) => each.id === id)
  if (own === undefined) return id
  const name = own.name.toLowerCase().replaceAll(/[^a-z0-9.]+/g, '-')
  return own.kind === 'chip' ? `./${name}.chip.json` : `./${name}.json`
}

/** The id that the engine's answers call a chosen chip by. */
export function engineId(id: string): string {
  const own = ownChips.value.find((each) => each.id === id)
  return own === undefined ? id : String(own.given['id'])
}

/** The id of what was asked of the engine: of the catalog, or of one's own. */
export function askedId(asked: unknown): string {
  return typeof asked === 'object' && asked !== null ? String((asked as Given)['id']) : String(asked)
}

/** The id that links call something by which an answer of the engine names. */
export function linkId(id: string): string {
  if ([...MODELS, ...CHIPS].some((listed) => listed.id === id)) return id
  return all.value.find(({ given }) => given['id'] === id)?.id ?? id
}

/** A model by its id here, or by the one that answers of the engine call it. */
export function modelOf(id: string): ModelName | undefined {
  const listed = MODELS.find((model) => model.id === id)
  if (listed !== undefined) return listed
  const own = ownModels.value.find((each) => each.id === id || each.given['id'] === id)
  return own === undefined ? undefined : { ...own, aliases: [] }
}

/** A chip by its id here, or by the one that answers of the engine call it. */
export function chipOf(id: string): ChipName | undefined {
  const listed = CHIPS.find((chip) => chip.id === id)
  if (listed !== undefined) return listed
  const own = ownChips.value.find((each) => each.id === id || each.given['id'] === id)
  return own === undefined ? undefined : listedChip(own)
}

function listedChip({ id, name, vendor, machine, memory, capacity, bandwidth }: OwnChip): ChipName {
  const listed = (value: number | undefined): Listed => (value === undefined ? {} : { value })
  return {
    id,
    name,
    vendor,
    aliases: [],
    kind: machine,
    memory,
    capacity: listed(capacity),
    bandwidth: listed(bandwidth),
  }
}

export function modelName(id: string): string {
  return modelOf(id)?.name ?? id
}

export function chipName(id: string): string {
  return chipOf(id)?.name ?? id
}
