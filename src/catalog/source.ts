import modelFile from '../../catalog/model-sources.json' with { type: 'json' }
import file from '../../catalog/sources.json' with { type: 'json' }
import { nearest, PincerError } from '../issue/index.ts'
import { USER_SOURCE_ID } from './parse-figure.ts'
import type { Source } from './types.ts'

/** What a number cites when its giver names no source. */
export const USER_SOURCE: Source = {
  id: USER_SOURCE_ID,
  title: 'Given by the user without a source',
  publisher: 'the user',
  url: 'unknown: no source given',
  published: 'undated',
  accessed: 'undated',
  kind: 'estimate',
}

// The files are checked by a test; their literals only widen on import.
const byId: ReadonlyMap<string, Source> = new Map(
  Object.entries({ ...file, ...modelFile } as unknown as Record<string, Source>),
)

/** Every publication the catalog cites. */
export function sources(): readonly Source[] {
  return [...byId.values()]
}

/** The publication a figure cites by `id`. @throws PincerError when the catalog has no such source */
export function findSource(id: string): Source {
  const source = id === USER_SOURCE_ID ? USER_SOURCE : byId.get(id)
  if (source !== undefined) return source
  const near = nearest(id, [...byId.keys()])
  const issue = { code: 'invalid_value' as const, path: ['source'], message: `unknown source "${id.slice(0, 80)}"` }
  throw new PincerError(near === undefined ? issue : { ...issue, suggestion: `did you mean "${near}"?` })
}
