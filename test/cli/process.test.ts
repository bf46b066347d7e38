import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import packageFile from '../../package.json' with { type: 'json' }
import { ROOT, inFolder } from './harness.ts'

const ENTRY = join(ROOT, 'dist/cli/main.js')
const V2 = ['predict', '--model', 'deepseek-v2', '--chip', 'h100-sxm', '--chips', '8']

function pincer(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [ENTRY, ...argv], {
    encoding: 'utf8',
    cwd: ROOT,
    env: { ...process.env, ...env },
  })
  return { code: status, out: stdout, err: stderr }
}

describe('the built pincer', () => {
  it('tells its version', () => {
    expect(pincer(['--version'])).toEqual({ code: 0, out: `${packageFile.version}\n`, err: '' })
  })

  it('answers without colours into a pipe, as wide as COLUMNS says', () => {
    const { code, out, err } = pincer([...V2], { COLUMNS: '70' })
    expect(`${code}${err}`).toBe('0')
    expect(out).not.toContain('\u001B')
    expect(Math.max(...out.split('\n').map((line) => [...line].length))).toBeLessThanOrEqual(70)
  })

  it('exits with 2 and one line for bad input', () => {
    const { code, out, err } = pincer(['predict', '--model', 'deepseek-v2', '--chip', 'h10'])
    expect({ code, out, err }).toEqual({
      code: 2,
      out: '',
      err: 'error: chip: unknown chip "h10"; did you mean "h100"?\n',
    })
  })

  it('does not mind a reader that leaves early', () => {
    const shown = execFileSync(
      'bash',
      ['-c', `set -o pipefail; "${process.execPath}" "${ENTRY}" catalog sources --json | head -n 1; echo "$?"`],
      { encoding: 'utf8' },
    )
    expect(shown).toBe('{\n0\n')
  })

  it('says so when the output cannot be written', () => {
    const script = `"${process.execPath}" "${ENTRY}" catalog > /dev/full`
    const { status, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 2, stderr: 'error: the output cannot be written (ENOSPC)\n' })
  })

  it('reads a file from a pipe and writes predictions into one', () =>
    inFolder({}, (folder) => {
      const script = `cat "${join(ROOT, 'examples/deployments.csv')}" | "${process.execPath}" "${ENTRY}" validate /dev/stdin --out /dev/stderr 2>&1 >/dev/null`
      const out = execFileSync('bash', ['-c', script], { encoding: 'utf8', cwd: folder })
      expect(out).toMatch(/^id,ttft_ms,.*\na1,\d/)
    }))
})
