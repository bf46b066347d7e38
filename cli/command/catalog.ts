import {
  PincerError,
  chipIds,
  chips,
  findChip,
  findModelEntry,
  findSource,
  modelEntries,
  nearest,
  prices,
  sources,
} from '../../src/index.ts'
import type { Io } from '../io.ts'
import { chipDetail, chipTable } from '../view/chip.ts'
import { writeJson } from '../view/json.ts'
import { modelDetail, modelDocument, modelTable } from '../view/model.ts'
import { Page } from '../view/page.ts'
import { priceTable } from '../view/price.ts'
import { sourceDetail, sourceTable } from '../view/source.ts'
import type { CatalogOptions } from './catalog-definition.ts'

const KINDS = ['chips', 'models', 'prices', 'sources'] as const
type Kind = (typeof KINDS)[number]

/** `pincer catalog`: lists of what is known, or one item with every figure and its source. */
export function catalogAction(kind: string | undefined, id: string | undefined, options: CatalogOptions, io: Io): void {
  const listing = kind === undefined ? overview() : listingOf(kindOf(kind), id)
  if (options.json === true) writeJson({ schema: 'pincer.catalog.v1', ...listing.document() }, io)
  else listing.page(new Page(io), io, options.explain === true).write()
}

/** One view of the catalog: what it is as data and as text. */
interface Listing {
  readonly document: () => object
  readonly page: (page: Page, io: Io, explain: boolean) => Page
}

function kindOf(text: string): Kind {
  const kind = KINDS.find((name) => name === text || name === `${text}s`)
  if (kind !== undefined) return kind
  const near = nearest(text, KINDS)
  throw new PincerError({
    code: 'invalid_value',
    path: ['kind'],
    message: `"${text.slice(0, 60)}" is no part of the catalog`,
    suggestion: near === undefined ? `use one of ${KINDS.join(', ')}` : `did you mean "${near}"?`,
  })
}

function overview(): Listing {
  const counts = {
    chips: chipIds().length,
    models: modelEntries().length,
    prices: prices().length,
    sources: sources().length,
  }
  const lines = KINDS.map((kind) => `${kind.padEnd(9)}${counts[kind].toString().padStart(5)}   pincer catalog ${kind}`)
  return { document: () => ({ counts }), page: (page) => page.title('The catalog').block(lines.join('\n')) }
}

function listingOf(kind: Kind, id: string | undefined): Listing {
  return { chips: chipListing, models: modelListing, prices: priceListing, sources: sourceListing }[kind](id)
}

function chipListing(id: string | undefined): Listing {
  if (id === undefined) {
    return {
      document: () => ({ kind: 'chips', items: chips() }),
      page: (page, io) => page.title('Chips').block(chipTable(chips(), io)),
    }
  }
  const chip = findChip(id)
  return {
    document: () => ({ kind: 'chips', item: chip }),
    page: (page, io, explain) => chipDetail(chip, page, io, explain),
  }
}

function modelListing(id: string | undefined): Listing {
  if (id === undefined) {
    return {
      document: () => ({ kind: 'models', items: modelEntries().map(modelDocument) }),
      page: (page, io) => page.title('Models').block(modelTable(modelEntries(), io)),
    }
  }
  return {
    document: () => ({ kind: 'models', item: modelDocument(findModelEntry(id)) }),
    page: (page, io, explain) => modelDetail(findModelEntry(id), page, io, explain),
  }
}

function priceListing(subject: string | undefined): Listing {
  const chosen = subject === undefined ? prices() : pricesOf(subject)
  return {
    document: () => ({ kind: 'prices', items: chosen }),
    page: (page, io, explain) =>
      priceTable(chosen, page.title('Prices and power'), io, explain || subject !== undefined),
  }
}

// A price is asked for by its id, or all prices of a chip or other subject.
function pricesOf(subject: string): ReturnType<typeof prices> {
  const byId = prices().filter((price) => price.id === subject)
  if (byId.length > 0) return byId
  const id =
    chipIds().includes(subject) || !prices().some((price) => price.subject === subject) ? chipOr(subject) : subject
  const found = prices().filter((price) => price.subject === id)
  if (found.length > 0) return found
  const near = nearest(subject, [...new Set(prices().flatMap((price) => [price.subject, price.id]))])
  const message = `no price is known of "${subject.slice(0, 80)}"`
  throw new PincerError({
    code: 'unknown_price',
    path: ['prices'],
    message,
    ...(near === undefined ? {} : { suggestion: `did you mean "${near}"?` }),
  })
}

function chipOr(subject: string): string {
  try {
    return findChip(subject).id
  } catch {
    return subject
  }
}

function sourceListing(id: string | undefined): Listing {
  if (id === undefined) {
    return {
      document: () => ({ kind: 'sources', items: sources() }),
      page: (page, io) => page.title('Sources').block(sourceTable(sources(), io)),
    }
  }
  const source = findSource(id)
  return { document: () => ({ kind: 'sources', item: source }), page: (page, io) => sourceDetail(source, page, io) }
}
