import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { claims, verdicts } from '../../src/index.ts'

const WEB = join(import.meta.dirname, '../../web')
const TABLES = [
  'i18n',
  ...readdirSync(join(WEB, 'view')).flatMap((name) =>
    existsSync(join(WEB, 'view', name, 'en.ts')) ? [`view/${name}`] : [],
  ),
]

type Table = Readonly<Record<string, unknown>>

async function tables(folder: string): Promise<{ en: Table; zh: Table }> {
  const [english, chinese] = await Promise.all([
    import(join(WEB, folder, 'en.ts')) as Promise<{ en: Table }>,
    import(join(WEB, folder, 'zh.ts')) as Promise<{ zh: Table }>,
  ])
  return { en: english.en, zh: chinese.zh }
}

/** Paths of all strings and functions of a table. */
function leaves(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [`${path}: ${typeof value}`]
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`))
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : []
}

describe.each(TABLES)('the strings of %s', (folder) => {
  it('are all there in Chinese', async () => {
    const { en, zh } = await tables(folder)
    const missing = leaves(en).filter((leaf) => !leaves(zh).includes(leaf))
    expect(missing).toEqual([])
    expect(strings(zh).filter((text) => text.trim() === '')).toEqual([])
  })

  it('have the marks of Chinese, and one word for tokens', () => {
    const lines = readFileSync(join(WEB, folder, 'zh.ts'), 'utf8').split('\n')
    // A mark of English beside a Chinese character; of functions too, which is why the source is read.
    expect(lines.filter((line) => /[一-鿿][,:;?!()]|[,:;?!)][一-鿿]|词元/.test(line))).toEqual([])
  })
})

describe('words of the engine in Chinese', () => {
  it('are there for every claim and every condition', async () => {
    const { zh } = await import('../../web/view/pincer/zh.ts')
    expect(claims().filter(({ id }) => !/[一-鿿]/.test(zh.claim[id]?.text ?? ''))).toEqual([])
    const conditions = verdicts().flatMap(({ wouldHoldIf }) => wouldHoldIf.map(({ condition }) => condition))
    expect(conditions.length).toBeGreaterThan(20)
    expect(conditions.filter((words) => !/[一-鿿]/.test(zh.condition(words)))).toEqual([])
    // A group that the pattern lacks would stay as `$7`.
    expect(conditions.map(zh.condition).filter((words) => /\$\d(?![\d.,])/.test(words))).toEqual([])
  })
})
