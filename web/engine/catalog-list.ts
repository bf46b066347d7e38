import { chips, findModel, hasExperts, modelEntries, paramCounts } from '../../src/index.ts'

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
}

export interface CatalogList {
  readonly models: readonly ModelName[]
  readonly chips: readonly ChipName[]
}

/** The names a page offers; made while the app is built, so that choosing needs no engine. */
export function catalogList(): CatalogList {
  return {
    models: modelEntries().map(({ id, name, aliases }) => {
      const arch = findModel(id)
      const { total, active } = paramCounts(arch)
      return { id, name, aliases, isSparse: hasExperts(arch), total, active }
    }),
    chips: chips().map(({ id, name, vendor, aliases, kind }) => ({ id, name, vendor, aliases, kind })),
  }
}
