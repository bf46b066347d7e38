import { PINCER_PICTURES } from '../../scripts/pincer/picture.ts'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PICTURES } from '../../scripts/picture.ts'

const ROOT = join(import.meta.dirname, '../..')
const PAGES = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
]

/** Pictures that `npm run accuracy` makes of the residuals. */
const ACCURACY = ['accuracy-concurrency.svg', 'accuracy-scatter.svg']

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

/** Anchors of a page's headings, as forges make them. */
function anchors(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  )
}

describe('documentation', () => {
  it.each(PAGES)('%s links to what is there', (page) => {
    const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link)
    const broken = links.filter((link) => {
      if (/^https?:/.test(link)) return false
      const [path = '', anchor] = link.split('#')
      const target = path === '' ? page : join(dirname(page), path)
      if (!existsSync(join(ROOT, target))) return true
      return anchor !== undefined && !anchors(target).includes(anchor)
    })
    expect(broken).toEqual([])
  })

  it('shows every picture that is made, and makes every picture', () => {
    const files = [...PICTURES.map(({ file }) => file), ...ACCURACY, ...Object.keys(PINCER_PICTURES)]
    expect(readdirSync(join(ROOT, 'docs/pictures')).toSorted()).toEqual(files.toSorted())
    const shown = PAGES.map(read).join('\n')
    for (const file of files) expect(shown).toContain(`pictures/${file})`)
  })

  it.each(PICTURES)('has a whole picture: $file', ({ file }) => {
    const svg = read(`docs/pictures/${file}`)
    expect(svg).not.toMatch(/NaN|undefined|Infinity/)
    const open: string[] = []
    for (const [, close, name, self] of svg.matchAll(/<(\/?)(\w+)[^>]*?(\/?)>/g)) {
      if (close === '/') expect(open.pop()).toBe(name)
      else if (self !== '/') open.push(name!)
    }
    expect(open).toEqual([])
    expect(svg.match(/class="(?:line line|points line|bar|cell)\d"/g)?.length).toBeGreaterThan(0)
  })

  it('draws the same picture each time', async () => {
    const [, schedulers] = PICTURES
    expect(await schedulers!.make()).toBe(await schedulers!.make())
  })
})
