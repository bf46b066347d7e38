import { type Source, findSource } from '../../../src/index.ts'

/** Publications by id; ids that are none ("given", "derived", "assumption") are left out. */
export function sourceList(ids: Iterable<string>): Readonly<Record<string, Source>> {
  const found: Record<string, Source> = {}
  for (const id of ids) {
    try {
      found[id] = findSource(id)
    } catch {
      // No publication.
    }
  }
  return found
}
