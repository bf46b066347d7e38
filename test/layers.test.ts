import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

/** Rooms of the engine in the order in which data flows; a room may import earlier ones only. */
const ROOMS = [
  'issue',
  'units',
  'catalog',
  'model',
  'parallel',
  'kernel',
  'dataflow',
  'step',
  'tiers',
  'serving',
  'training',
  'energy',
  'economics',
  'uncertainty',
  'predict',
  'contest',
  'refit',
  'search',
  'fit',
  'explain',
  'solve',
  'claims',
  'market',
  'chart',
]

const root = join(import.meta.dirname, '..')

interface Import {
  readonly from: string
  readonly target: string
}

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) return sources(path)
    return /\.tsx?$/.test(name) ? [path] : []
  })
}

function imports(folder: string): Import[] {
  return sources(folder).flatMap((file) => {
    const found = readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)
    return [...found].map((match) => ({ from: file.slice(root.length + 1), target: match[1]! }))
  })
}

/** `../kernel/index.ts` as seen from `src/step/engine.ts` is the path `src/kernel/index.ts`. */
function resolved({ from, target }: Import): string {
  return target.startsWith('.') ? join(from, '..', target) : target
}

describe('layers', () => {
  it('has a room for every folder of src, and the other way round', () => {
    const folders = readdirSync(join(root, 'src')).filter((name) => statSync(join(root, 'src', name)).isDirectory())
    const full = folders.filter((name) => readdirSync(join(root, 'src', name)).length > 0)
    expect(full.toSorted()).toEqual(ROOMS.toSorted())
  })

  it('lets a room import earlier rooms only, and only their index', () => {
    const faults = imports(join(root, 'src')).filter((entry) => {
      const target = resolved(entry)
      const [, own, file] = entry.from.split('/')
      const [top, room, inner] = target.split('/')
      if (top !== 'src' || file === undefined || room === own) return false
      return inner !== 'index.ts' || ROOMS.indexOf(room!) > ROOMS.indexOf(own!)
    })
    expect(faults).toEqual([])
  })

  it('keeps Node, the DOM and unlisted packages out of src', () => {
    const packages = new Set([
      'zod/mini',
      'zod/v4/locales/en.js',
      'pure-rand/distribution/uniformFloat64',
      'pure-rand/generator/xoroshiro128plus',
      'pure-rand/types/RandomGenerator',
    ])
    const foreign = imports(join(root, 'src')).filter(({ target }) => !target.startsWith('.') && !packages.has(target))
    expect(foreign).toEqual([])
  })

  it('keeps clocks, randomness and the environment out of src', () => {
    const impure = sources(join(root, 'src')).filter((file) =>
      /Math\.random|Date\.now|new Date\(\)|performance\.now|\bprocess\.(?:env|argv|exit|std|cwd|platform|hrtime|memory|nextTick|on)\b|globalThis\./.test(
        readFileSync(file, 'utf8'),
      ),
    )
    expect(impure).toEqual([])
  })

  it('lets shells use the public index of src only', () => {
    const faults = ['cli', 'server', 'web']
      .filter((folder) => existsSync(join(root, folder)))
      .flatMap((folder) => imports(join(root, folder)))
      .filter((entry) => {
        const target = resolved(entry)
        return target.startsWith('src/') && target !== 'src/index.ts'
      })
    expect(faults).toEqual([])
  })

  it('names a docs page for every room', () => {
    const missing = ROOMS.filter((room) => !existsSync(join(root, 'docs', `${room}.md`)))
    expect(missing).toEqual([])
  })
})
