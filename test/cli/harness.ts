import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../../cli/run.ts'

export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url))

export interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

interface Setting {
  readonly cwd?: string
  readonly columns?: number
  readonly color?: boolean
}

/** Runs a command line in process. */
export async function cli(
  argv: readonly string[],
  { cwd = ROOT, columns = 100, color = false }: Setting = {},
): Promise<Outcome> {
  const out: string[] = []
  const err: string[] = []
  const io = {
    stdout: { write: (text: string) => out.push(text) },
    stderr: { write: (text: string) => err.push(text) },
    columns,
    color,
    cwd,
  }
  const code = await run(argv, io)
  return { code, out: out.join(''), err: err.join('') }
}

/** The JSON document that a command prints. */
export async function cliJson<T = Record<string, unknown>>(argv: readonly string[], setting?: Setting): Promise<T> {
  const { code, out, err } = await cli([...argv, '--json'], setting)
  if (code !== 0) throw new Error(`exit ${code}: ${err}`)
  return JSON.parse(out) as T
}

/** `use` on a folder that holds `files` and is gone afterwards. */
export async function inFolder<T>(
  files: Readonly<Record<string, string>>,
  use: (folder: string) => T | Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'pincer-test-'))
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
