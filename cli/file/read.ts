import { type Stats, closeSync, openSync, readSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Issue, PincerError } from '../../src/index.ts'

/** Most bytes an input file may have: a config.json or chip.json has kilobytes, a CSV of 50,000 rows 8 MB. */
export const MOST_BYTES: number = 16 * 1024 * 1024

/**
 * The text of a file, refused by its size before a byte is read. Of what is no regular file only pipes that are open
 * already (`/dev/stdin`, `/dev/fd/63` of a shell) are read: a device need not end, a named pipe waits for its writer.
 * @throws PincerError `unreadable`, `too_large`
 */
export function readTextFile(path: string, cwd: string): string {
  const target = resolve(cwd, path)
  const stat = inWords(path, () => statSync(target))
  if (stat.isDirectory()) throw new PincerError(unreadable(path, 'is a folder'))
  if (!isReadable(stat, target)) throw new PincerError(unreadable(path, 'is no regular file'))
  if (stat.size > MOST_BYTES) throw new PincerError(tooLarge(path, `${Math.round(stat.size / MEBI)}`))
  const fd = inWords(path, () => openSync(target, 'r'))
  try {
    // A pipe has no size until it is read.
    const bytes = inWords(path, () => leadingBytes(fd, MOST_BYTES + 1))
    if (bytes.length > MOST_BYTES) throw new PincerError(tooLarge(path, `more than ${MOST_BYTES / MEBI}`))
    return decoded(path, bytes)
  } finally {
    closeSync(fd)
  }
}

const MEBI = 2 ** 20
const CHUNK = 64 * 1024

function isReadable(stat: Stats, target: string): boolean {
  return stat.isFile() || (stat.isFIFO() && /^\/(?:dev|proc)\//.test(target))
}

/** The first `most` bytes of an open file, or all it has. */
function leadingBytes(fd: number, most: number): Buffer {
  const chunks: Buffer[] = []
  for (let left = most; left > 0;) {
    const chunk = Buffer.alloc(Math.min(CHUNK, left))
    const count = readSync(fd, chunk)
    if (count === 0) break
    chunks.push(chunk.subarray(0, count))
    left -= count
  }
  return Buffer.concat(chunks)
}

function inWords<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (fault) {
    throw new PincerError(unreadable(path, faultText(fault)))
  }
}

function decoded(path: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new PincerError(unreadable(path, 'is not UTF-8 text'))
  }
}

export function unreadable(path: string, why: string): Issue {
  return { code: 'unreadable', path: [path], message: `the file ${why}` }
}

function tooLarge(path: string, mebibytes: string): Issue {
  const suggestion = `the limit is ${MOST_BYTES / MEBI} MiB`
  return { code: 'too_large', path: [path], message: `the file has ${mebibytes} MiB`, suggestion }
}

/** A system fault in words. */
export function faultText(fault: unknown): string {
  const code = (fault as NodeJS.ErrnoException).code
  if (code === 'ENOENT') return 'does not exist'
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return 'may not be opened (permission denied)'
  if (code === 'EISDIR') return 'is a folder'
  if (code === 'ENOTDIR') return 'lies below something that is not a folder'
  return `cannot be opened (${code ?? 'unknown fault'})`
}
