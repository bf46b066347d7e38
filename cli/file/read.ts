import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Issue, PincerError } from '../../src/index.ts'

/** Most bytes an input file may have: a config.json or chip.json has kilobytes, a CSV of 50,000 rows 8 MB. */
export const MOST_BYTES: number = 16 * 1024 * 1024

/**
 * The text of a file, refused by its size before a byte is read.
 * @throws PincerError `unreadable`, `too_large`
 */
export function readTextFile(path: string, cwd: string): string {
  const fd = openForReading(path, cwd)
  try {
    const stat = fstatSync(fd)
    if (stat.isDirectory()) throw new PincerError(unreadable(path, 'is a folder'))
    if (stat.size > MOST_BYTES) throw new PincerError(tooLarge(path, stat.size))
    const bytes = readFileSync(fd)
    // A pipe has no size until it is read.
    if (bytes.length > MOST_BYTES) throw new PincerError(tooLarge(path, bytes.length))
    return decoded(path, bytes)
  } finally {
    closeSync(fd)
  }
}

function openForReading(path: string, cwd: string): number {
  try {
    return openSync(resolve(cwd, path), 'r')
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

function tooLarge(path: string, bytes: number): Issue {
  const size = `${Math.round(bytes / 2 ** 20)} MiB`
  const suggestion = `the limit is ${MOST_BYTES / 2 ** 20} MiB`
  return { code: 'too_large', path: [path], message: `the file has ${size}`, suggestion }
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
