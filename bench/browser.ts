import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env } from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import type { BenchResult } from './result.ts'

const USUAL_PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The simulator's benches in a headless Chromium (`CHROME_PATH` or the usual places); nothing where there is none. */
export async function browserResults(): Promise<BenchResult[]> {
  const chromium = [env['CHROME_PATH'] ?? '', ...USUAL_PLACES].find((path) => path !== '' && existsSync(path))
  if (chromium === undefined) return []
  const folder = mkdtempSync(join(tmpdir(), 'pincer-bench-'))
  try {
    const page = join(folder, 'page.html')
    writeFileSync(page, `<!doctype html><meta charset="utf-8"><script>${await pageScript()}</script>`)
    const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--dump-dom']
    const document = execFileSync(chromium, [...flags, `--user-data-dir=${folder}`, pathToFileURL(page).href], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 120_000,
      // The page that comes back holds its script.
      maxBuffer: 64e6,
    })
    const results = JSON.parse(/<title>(.*)<\/title>/.exec(document)?.[1] ?? '[]') as BenchResult[]
    return results.map((result) => ({
      ...result,
      name: result.name.replace('requests_per_s', 'chromium_requests_per_s'),
    }))
  } finally {
    rmSync(folder, { recursive: true, maxRetries: 5, retryDelay: 200 })
  }
}

async function pageScript(): Promise<string> {
  const entry = fileURLToPath(new URL('browser-page.ts', import.meta.url))
  const options = { bundle: true, format: 'iife', platform: 'browser', write: false, logLevel: 'silent' } as const
  const { outputFiles } = await build({ entryPoints: [entry], ...options })
  return (outputFiles[0]?.text ?? '').replaceAll('</script', String.raw`<\/script`)
}
