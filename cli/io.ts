import picocolors from 'picocolors'

/** What a command reads from and writes to: the process, or a test. Commands touch nothing else. */
export interface Io {
  readonly stdout: TextSink
  readonly stderr: TextSink
  /** Characters a line may take. */
  readonly columns: number
  readonly color: boolean
  readonly cwd: string
  /** The stream a progress bar may be drawn on; undefined unless stderr is a terminal. */
  readonly progress?: NodeJS.WritableStream
  /** Print the stack of unexpected errors. */
  readonly debug?: boolean
}

export interface TextSink {
  write(text: string): unknown
}

export const DEFAULT_COLUMNS = 100
const FEWEST_COLUMNS = 40

/** The process as an `Io`. Colours only where stdout is a terminal and NO_COLOR is unset. */
export function processIo(): Io {
  const { stdout, stderr, env } = process
  const columns = stdout.columns ?? Number.parseInt(env['COLUMNS'] ?? '', 10)
  return {
    stdout,
    stderr,
    columns: Number.isFinite(columns) && columns > 0 ? Math.max(columns, FEWEST_COLUMNS) : DEFAULT_COLUMNS,
    color: stdout.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb',
    cwd: process.cwd(),
    ...(stderr.isTTY === true ? { progress: stderr } : {}),
    debug: env['PINCER_DEBUG'] === '1',
  }
}

export type Palette = ReturnType<typeof picocolors.createColors>

export function paletteOf(io: Io): Palette {
  return picocolors.createColors(io.color)
}
