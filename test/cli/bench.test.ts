import { execFileSync, spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { CHROMIUM } from '../web/browser.ts'
import { ROOT } from './harness.ts'

const WEB = [
  'web.first_load_gzip_bytes',
  'web.first_paint_gzip_bytes',
  'web.interactive_ms',
  'web.answer_ms',
  'web.slider_ms',
  'web.slider_p95_ms',
  'web.slider_answer_ms',
]

describe('the bench', () => {
  it(
    'prints results and nothing else, and engine and catalog fit into 260 KB, large fits into 400',
    { timeout: 180_000 },
    () => {
      const out = execFileSync('npx', ['tsx', 'bench/index.ts', '--json', '--quick'], {
        cwd: ROOT,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      const { results } = JSON.parse(out) as { results: { name: string; value: number; unit: string }[] }
      const names = results.map(({ name }) => name)
      for (const name of [
        'predict.per_s',
        'search.configs_per_s',
        'serving.azure_conv.requests_per_s',
        'serving.azure_conv_1m.process_s',
        'serving.mooncake.requests_per_s',
        'uncertainty.samples_per_s',
        'cli.start_ms',
        ...(CHROMIUM === undefined ? [] : WEB),
        'bundle.gzip_bytes',
        'bundle.fits_gzip_bytes',
        'reference.sort_1m_ms',
      ])
        expect(names).toContain(name)
      for (const result of results) {
        expect(Object.keys(result)).toEqual(['name', 'value', 'unit'])
        // A page without a long task has none to report.
        if (result.name === 'web.frontier_longtask_ms') expect(result.value).toBeGreaterThanOrEqual(0)
        else expect(result.value).toBeGreaterThan(0)
      }
      const bytes = (of: string): number | undefined => results.find(({ name }) => name === of)?.value
      expect(bytes('bundle.gzip_bytes')).toBeLessThan(260_000)
      expect(bytes('bundle.fits_gzip_bytes')).toBeLessThan(400_000)
    },
  )

  it('names the groups there are when one is asked for that is none', () => {
    const { status, stdout, stderr } = spawnSync('npx', ['tsx', 'bench/index.ts', 'speed'], {
      cwd: ROOT,
      encoding: 'utf8',
    })
    expect(status).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain('there is no group "speed"; there are predict, search, serving')
  })
})
