import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { appFolder } from '../../cli/command/serve.ts'
import { webHandler } from '../../cli/web/handler.ts'
import { PincerError } from '../../src/index.ts'
import { builtApp } from '../web/browser.ts'
import { ROOT, cli, inFolder } from './harness.ts'

describe('pincer serve', { timeout: 60_000 }, () => {
  let folder: string
  beforeAll(async () => {
    folder = await builtApp()
  }, 180_000)

  const start = (): ChildProcess =>
    spawn(process.execPath, [join(ROOT, 'dist/cli/main.js'), 'serve', '--port', '0'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })

  async function addressOf(child: ChildProcess): Promise<string> {
    const [chunk] = (await once(child.stdout!, 'data')) as [Buffer]
    return /http:\S+/.exec(chunk.toString())![0]
  }

  it('serves the app until it is told to end', async () => {
    const child = start()
    const url = await addressOf(child)
    const page = await fetch(url)
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('<div id="app">')
    const { port } = new URL(url)
    const { code, err } = await cli(['serve', '--port', port])
    expect(code).toBe(2)
    expect(err).toBe(`error: port: port ${port} is taken; choose another with --port, or 0 for any that is free\n`)
    child.kill('SIGTERM')
    const [exit] = await once(child, 'exit')
    expect(exit).toBe(0)
  })

  it('gives types, the policy of the page, and caches what has a hash in its name for good', async () => {
    const app = webHandler(folder)
    const script = readdirSync(join(folder, 'assets')).find((name) => name.endsWith('.js'))!
    const expected = [
      ['/', 'text/html', 'no-cache'],
      ['/sw.js', 'text/javascript', 'no-cache'],
      ['/icon.svg', 'image/svg+xml', 'no-cache'],
      ['/app.webmanifest', 'application/manifest+json', 'no-cache'],
      [`/assets/${script}`, 'text/javascript', 'public, max-age=31536000, immutable'],
    ] as const
    for (const [path, type, caching] of expected) {
      const { status, headers } = await app.request(path)
      expect([path, status]).toEqual([path, 200])
      expect(headers.get('Content-Type')).toContain(type)
      expect(headers.get('Cache-Control')).toBe(caching)
      expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
      const policy = headers.get('Content-Security-Policy') ?? ''
      for (const part of ["default-src 'none'", "script-src 'self';", "style-src 'self';", "frame-ancestors 'none'"]) {
        expect(policy).toContain(part)
      }
      expect(policy).not.toMatch(/unsafe|\*/)
    }
  })

  it.each([
    '/nothing',
    '/assets/nothing.js',
    '/..%2f..%2fpackage.json',
    '/../package.json',
    '/assets/..%2f..%2f..%2fpackage.json',
  ])('has nothing at %s', async (path) => {
    const response = await webHandler(folder).request(path)
    expect(response.status).toBe(404)
    expect(response.headers.get('Cache-Control')).toBe('no-cache')
    expect(await response.text()).not.toContain('pincer')
  })

  it.each([
    ['x', '"x" is not a number'],
    ['70000', 'must be a number from 0 to 65,535, not 70000'],
    ['80.5', 'must be a whole number'],
  ])('refuses port %s', async (port, message) => {
    expect(await cli(['serve', '--port', port])).toMatchObject({
      code: 2,
      err: expect.stringContaining(`port: ${message}`),
    })
  })

  it('refuses an address that is not here', async () => {
    const { code, err } = await cli(['serve', '--port', '0', '--host', '203.0.113.9'])
    expect(code).toBe(2)
    expect(err).toContain('cannot listen at 203.0.113.9:0')
  })

  it('says how to build the app where it is not built', async () => {
    await inFolder({ 'package.json': '{}' }, (root) => {
      const inside = join(root, 'dist/cli')
      mkdirSync(inside, { recursive: true })
      expect(() => appFolder(inside)).toThrow(PincerError)
      expect(() => appFolder(inside)).toThrow('the web app is not built; run "npm run build:web"')
    })
  })
})
