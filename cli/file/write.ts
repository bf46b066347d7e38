import { randomUUID } from 'node:crypto'
import { type Stats, existsSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { PincerError } from '../../src/index.ts'
import { faultText, unreadable } from './read.ts'

/**
 * Writes a whole file or nothing: into a neighbour first, then renamed over the target, so that a reader never
 * sees half of it. Devices and pipes (`/dev/stdout`) are written straight.
 * @throws PincerError `unreadable` when the place cannot be written
 */
export function writeWholeFile(path: string, text: string, cwd: string): void {
  try {
    const target = resolve(cwd, path)
    const standard = STANDARD.get(target)
    if (standard !== undefined) return writeFileSync(standard, text)
    const exists = existsSync(target)
    if (exists && !isReplaceable(target)) return writeFileSync(target, text, { flag: 'a' })
    replaceFile(exists ? realpathSync(target) : target, text)
  } catch (fault) {
    throw new PincerError(unreadable(path, writeFaultText(fault)))
  }
}

/** Whether two paths lead to one file, through links or not; false when one of them leads nowhere. */
export function isSameFile(path: string, other: string, cwd: string): boolean {
  try {
    const [a, b] = [path, other].map((each) => statSync(resolve(cwd, each))) as [Stats, Stats]
    return a.isFile() && a.dev === b.dev && a.ino === b.ino
  } catch {
    return false
  }
}

// By name they cannot be opened when they are sockets.
const STANDARD: ReadonlyMap<string, number> = new Map([
  ['/dev/stdout', 1],
  ['/dev/stderr', 2],
])

// A descriptor may lead to a plain file that others write to as well: it is added to, like a pipe.
function isReplaceable(target: string): boolean {
  return !/^\/(?:dev|proc)\//.test(target) && statSync(target).isFile()
}

function replaceFile(target: string, text: string): void {
  const neighbour = `${target}.${randomUUID()}.tmp`
  try {
    writeFileSync(neighbour, text, { flag: 'wx' })
    renameSync(neighbour, target)
  } catch (fault) {
    rmSync(neighbour, { force: true })
    throw fault
  }
}

function writeFaultText(fault: unknown): string {
  const isFolderMissing = (fault as NodeJS.ErrnoException).code === 'ENOENT'
  return isFolderMissing
    ? 'cannot be written: its folder does not exist'
    : faultText(fault).replace('opened', 'written')
}
