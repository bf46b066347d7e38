import { PincerError } from '../../src/index.ts'

const MEBI = 2 ** 20

/** Larger files are refused before a byte is read: what they hold would not fit a page. */
export const MOST_TRACE_BYTES: number = 256 * MEBI

/** @throws PincerError `too_large` for a file that no page should read */
export function checkTraceSize({ name, size }: Pick<File, 'name' | 'size'>): void {
  if (size <= MOST_TRACE_BYTES) return
  const mebibytes = (bytes: number): string => Math.round(bytes / MEBI).toLocaleString('en-US')
  throw tooLarge(
    name,
    `the file has ${mebibytes(size)} MiB, more than the ${mebibytes(MOST_TRACE_BYTES)} that a page reads`,
  )
}

export function tooLarge(name: string, message: string): PincerError {
  const suggestion = 'cut it, or use “pincer simulate --trace”'
  return new PincerError({ code: 'too_large', path: [name], message, suggestion })
}
