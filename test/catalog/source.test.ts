import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import legacy from '../../catalog/legacy-chips.json' with { type: 'json' }
import { chips, type Figure, findSource, modelEntries, prices, sources, USER_SOURCE } from '../../src/catalog/index.ts'
import { BASES, DATE } from '../../src/catalog/parse-figure.ts'
import { PincerError } from '../../src/issue/index.ts'

/** Values under the key `source` and the `[source-id]` marks inside notes, anywhere in `value`. */
function citations(value: unknown): string[] {
  if (typeof value === 'string') return [...value.matchAll(/\[([a-z0-9][a-z0-9.-]+)\]/g)].map((match) => match[1]!)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, part]) =>
    key === 'source' && typeof part === 'string' ? [part] : citations(part),
  )
}

function textsUnder(folder: string, suffix: string): string[] {
  const root = new URL(`../../${folder}/`, import.meta.url)
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(suffix))
  return names.filter((name) => !name.endsWith('sources.json')).map((name) => readFileSync(new URL(name, root), 'utf8'))
}

describe('the sources of the catalog', () => {
  test.each(sources().map((source) => [source.id, source] as const))('%s is complete', (id, source) => {
    const { title, publisher, url, published, accessed, kind, license, ...rest } = source
    expect(rest).toEqual({ id })
    expect(id).toMatch(/^[a-z0-9][a-z0-9.-]+$/)
    for (const text of [title, publisher, ...(license === undefined ? [] : [license])]) expect(text).toMatch(/\S/)
    expect(url).toMatch(/^(https:\/\/\S+|unknown: .+)$/)
    if (!/^(commit [0-9a-f]{7}|undated)$/.test(published)) expect(published).toMatch(DATE)
    if (accessed !== 'undated') expect(accessed).toMatch(DATE)
    expect(BASES).toContain(kind)
    // A document nobody can open is never passed off as a primary one.
    if (url.startsWith('unknown')) expect(kind).toBe('secondary')
  })

  test('are found by every chip, price and model that cites them', () => {
    const cited = new Set(citations([chips(), prices(), modelEntries(), legacy]))
    expect(cited.size).toBeGreaterThan(50)
    for (const id of cited) expect(findSource(id).id).toBe(id)
  })

  test('stand behind every number of retired chips and interconnects', () => {
    const parts = [...legacy.chips, ...Object.values(legacy.interconnect)].flatMap((entry) =>
      Object.entries(entry).filter(([, part]) => typeof part !== 'string' && !Array.isArray(part)),
    )
    expect(parts.length).toBeGreaterThan(25)
    for (const [, figure] of parts) {
      const { value, unit, source, basis, note, ...rest } = figure as unknown as Figure
      expect(rest).toEqual({})
      expect(value).toBeGreaterThan(0)
      expect(['FLOP/s', 'B', 'B/s', 'chips']).toContain(unit)
      expect(BASES).toContain(basis)
      expect(findSource(source).id).toBe(source)
      if (note !== undefined) expect(note).toMatch(/\S/)
    }
  })

  test('stand once each', () => {
    const text = ['sources.json', 'model-sources.json']
      .map((name) => readFileSync(new URL(`../../catalog/${name}`, import.meta.url), 'utf8'))
      .join('\n')
    const ids = [...text.matchAll(/"id": "([^"]+)"/g)].map(([, id]) => id)
    expect(ids).toHaveLength(sources().length)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('are all cited', () => {
    const data = textsUnder('catalog', '.json').flatMap((text) => citations(JSON.parse(text)))
    const code = textsUnder('src', '.ts').flatMap((text) =>
      [...text.matchAll(/source: '([^']+)'/g)].map((match) => match[1]!),
    )
    const cited = new Set([...data, ...code])
    expect(
      sources()
        .filter((source) => !cited.has(source.id))
        .map((source) => source.id),
    ).toEqual([])
  })

  test('name a publication on GitHub by its commit, or say that it is undated', () => {
    const files = sources().filter((source) => source.url.startsWith('https://github.com/'))
    expect(files.length).toBeGreaterThan(20)
    for (const { id, url, title } of files) {
      const [, commit, path] = /\/blob\/([0-9a-f]{7})\/(.+)$/.exec(url) ?? []
      if (commit === undefined) expect(title, id).toContain('summary.md')
      else expect(title, id).toContain(path)
    }
  })
})

describe('findSource', () => {
  test('knows numbers that a user gave without a source', () => {
    expect(findSource('user')).toBe(USER_SOURCE)
  })

  test.each(['epoch-hardware', '__proto__', 'constructor'])('refuses %s', (id) => {
    expect(() => findSource(id)).toThrow(PincerError)
  })

  test('suggests the nearest', () => {
    expect(() => findSource('epoch-ml-hardwares')).toThrow(/did you mean "epoch-ml-hardware"/)
  })
})
