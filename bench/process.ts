import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { timeRepeats } from './repeat.ts'
import type { BenchResult } from './result.ts'

/**
 * Seconds from starting a process to its end in which it draws, serves and sums up so many requests of the conversation load, and
 * the most memory it took. The program is bundled into one file beforehand.
 */
export function processSeconds(): BenchResult[] {
  const folder = mkdtempSync(join(tmpdir(), 'pincer-bench-'))
  try {
    const outfile = join(folder, 'azure.mjs')
    const entry = fileURLToPath(new URL('azure-process.ts', import.meta.url))
    buildSync({ entryPoints: [entry], bundle: true, format: 'esm', platform: 'node', outfile, logLevel: 'silent' })
    return [
      ...timed(outfile, 2048, 'serving.azure_conv_2k', 5),
      ...timed(outfile, 1_000_000, 'serving.azure_conv_1m', 3),
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function timed(program: string, count: number, name: string, repeats: number): BenchResult[] {
  let kilobytes = 0
  const { median, least } = timeRepeats(
    () => {
      const text = execFileSync(process.execPath, [program, String(count)], { encoding: 'utf8' })
      kilobytes = Math.max(kilobytes, (JSON.parse(text) as { kilobytes: number }).kilobytes)
    },
    repeats,
    1,
  )
  return [
    { name: `${name}.process_s`, value: median / 1e3, unit: 's', best: least / 1e3 },
    { name: `${name}.memory_mb`, value: kilobytes / 1e3, unit: 'MB' },
  ]
}
