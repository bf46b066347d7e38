import { type Source, findSource } from '../../src/index.ts'

/** The publications among `ids`, by id; "given" and "derived" are none. */
export function citedSources(ids: Iterable<string>): Record<string, Source> {
  return Object.fromEntries([...new Set(ids)].flatMap((id) => known(id)))
}

function known(id: string): [string, Source][] {
  try {
    return [[id, findSource(id)]]
  } catch {
    return []
  }
}
