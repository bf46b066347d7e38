import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { BenchResult } from './result.ts'
import { timeRepeats } from './repeat.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const ENTRY = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))

/** Milliseconds from starting a process to the end of `pincer --version`, as built. */
export function startMilliseconds(): BenchResult {
  // Nothing may be printed but the results, and stale output would be measured.
  execFileSync(process.execPath, [`${ROOT}node_modules/typescript/bin/tsc`, '-b', 'cli'], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const { median, least } = timeRepeats(() => execFileSync(process.execPath, [ENTRY, '--version']), 15, 3)
  return { name: 'cli.start_ms', value: median, unit: 'ms', best: least }
}
