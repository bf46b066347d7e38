import {
  type Known,
  type Source,
  chips,
  findModel,
  findSource,
  hasExperts,
  isKnown,
  modelEntries,
  paramCounts,
  storeOf,
} from '../../src/index.ts'

/** A model as a list of choices shows it. */
export interface ModelName {
  readonly id: string
  readonly name: string
  readonly aliases: readonly string[]
  readonly isSparse: boolean
  /** All parameters, and those that one token uses. */
  readonly total: number
  readonly active: number
}

/** A machine as a list of choices shows it. */
export interface ChipName {
  readonly id: string
  readonly name: string
  readonly vendor: string
  readonly aliases: readonly string[]
  readonly kind: 'hbm' | 'sram'
  /** The memory that weights are read from: its bytes, and bytes per second. */
  readonly memory: string
  readonly capacity: Listed
  readonly bandwidth: Listed
}

/** A figure with its publication; no value where nobody published one. */
export interface Listed {
  readonly value?: number
  readonly source?: Source
}

export interface CatalogList {
  readonly models: readonly ModelName[]
  readonly chips: readonly ChipName[]
}

/** The names a page offers, in their order; made while the app is built, so that choosing needs no engine. */
export function catalogList(): CatalogList {
  const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
    a.name.localeCompare(b.name, 'en', { numeric: true })
  return {
    models: modelEntries()
      .toSorted(byName)
      .map(({ id, name, aliases }) => {
        const arch = findModel(id)
        const { total, active } = paramCounts(arch)
        return { id, name, aliases, isSparse: hasExperts(arch), total, active }
      }),
    chips: chips()
      .toSorted(byName)
      .map((chip) => {
        const { id, name, vendor, aliases, kind } = chip
        const store = storeOf(chip)
        const memory = {
          memory: store?.name ?? '',
          capacity: listed(store?.capacity),
          bandwidth: listed(store?.bandwidth),
        }
        return { id, name, vendor, aliases, kind, ...memory }
      }),
  }
}

function listed(figure: Known | undefined): Listed {
  return figure === undefined || !isKnown(figure) ? {} : { value: figure.value, source: findSource(figure.source) }
}
