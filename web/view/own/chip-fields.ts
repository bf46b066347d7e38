import { FORMATS, type Format } from '../../../src/index.ts'

type Given = Readonly<Record<string, unknown>>

/** The form of a chip: numbers as they are typed, in the units beside them. */
export interface ChipForm {
  readonly name: string
  readonly kind: 'hbm' | 'sram'
  readonly memoryName: string
  readonly capacity: string
  readonly bandwidth: string
  readonly cache: string
  readonly peaks: Readonly<Partial<Record<Format, string>>>
  readonly scaleUp: string
  readonly domain: string
  readonly scaleOut: string
  readonly power: string
  readonly node: string
}

export const EMPTY: ChipForm = {
  name: '',
  kind: 'hbm',
  memoryName: 'hbm',
  capacity: '',
  bandwidth: '',
  cache: '',
  peaks: {},
  scaleUp: '',
  domain: '',
  scaleOut: '',
  power: '',
  node: '',
}

export const MEMORY_NAMES = ['hbm', 'gddr', 'lpddr', 'ddr'] as const
/** Formats that the form asks for; a file may have others too. */
export const PEAKS: readonly Format[] = FORMATS.filter((format) => format !== 'tf32' && format !== 'fp32')

/** SI units of what is typed. */
const UNIT = { capacity: 1e9, bandwidth: 1e12, cache: 1e6, peak: 1e12, link: 1e9, one: 1 } as const

/** The description that the engine reads; what was left empty is left out, what is no number stays as it was typed. */
export function descriptionOf(form: ChipForm, name: string): Given {
  const isSram = form.kind === 'sram'
  const store = plain({
    name: isSram ? 'sram' : form.memoryName,
    role: 'store',
    capacity: typed(form.capacity, UNIT.capacity),
    bandwidth: typed(form.bandwidth, UNIT.bandwidth),
  })
  const cache = typed(form.cache, UNIT.cache)
  return plain({
    id: idOf(name),
    name,
    kind: form.kind,
    memory: isSram || cache === undefined ? [store] : [{ name: 'sram', role: 'cache', capacity: cache }, store],
    peak: plain(Object.fromEntries(PEAKS.map((format) => [format, typed(form.peaks[format] ?? '', UNIT.peak)]))),
    scaleUp: section({ bandwidth: typed(form.scaleUp, UNIT.link), domain: typed(form.domain, UNIT.one) }),
    scaleOut: section({ bandwidth: typed(form.scaleOut, UNIT.link) }),
    power: section({ tdp: typed(form.power, UNIT.one) }),
    node: section({ chips: typed(form.node, UNIT.one) }),
  })
}

/** The form with what a description says. */
export function formOf(description: Given, name: string): ChipForm {
  const memory = (description['memory'] ?? []) as readonly Given[]
  const cache = memory.find(({ role }) => role === 'cache')
  const store = memory.find(({ role }) => role !== 'cache')
  const peak = (description['peak'] ?? {}) as Given
  const at = (part: string, field: string): unknown => ((description[part] ?? {}) as Given)[field]
  const kind = description['kind'] === 'sram' ? 'sram' : 'hbm'
  return {
    name,
    kind,
    memoryName: kind === 'sram' ? 'hbm' : String(store?.['name'] ?? 'hbm'),
    capacity: shown(store?.['capacity'], UNIT.capacity),
    bandwidth: shown(store?.['bandwidth'], UNIT.bandwidth),
    cache: shown(cache?.['capacity'], UNIT.cache),
    peaks: Object.fromEntries(PEAKS.map((format) => [format, shown(peak[format], UNIT.peak)])),
    scaleUp: shown(at('scaleUp', 'bandwidth'), UNIT.link),
    domain: shown(at('scaleUp', 'domain'), UNIT.one),
    scaleOut: shown(at('scaleOut', 'bandwidth'), UNIT.link),
    power: shown(at('power', 'tdp'), UNIT.one),
    node: shown(at('node', 'chips'), UNIT.one),
  }
}

function typed(text: string, unit: number): number | string | undefined {
  const plainText = text.trim()
  if (plainText === '') return undefined
  const value = Number(plainText) * unit
  // Twelve digits: 3.35 · 10¹² is 3,350,000,000,000 and nothing beside it.
  return Number.isFinite(value) ? Number(value.toPrecision(12)) : plainText
}

function shown(value: unknown, unit: number): string {
  return typeof value === 'number' ? String(Number((value / unit).toPrecision(12))) : ''
}

function idOf(name: string): string {
  const id = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9.]+/g, '-')
    .replaceAll(/^[.-]+|-+$/g, '')
    .slice(0, 64)
  return id === '' ? 'own-chip' : id
}

function section(fields: Given): Given | undefined {
  const known = plain(fields)
  return Object.keys(known).length === 0 ? undefined : known
}

function plain(fields: Given): Given {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
