import { randomUUID } from 'node:crypto'
import { type Stats, existsSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { PincerError } from '../../src/index.ts'
import { faultText, unreadable } from './read.ts'

export interface TextFile {
  readonly path: string
  readonly text: string
}

/**
 * Writes a whole file or nothing: into a neighbour first, then renamed over the target, so that a reader never
 * sees half of it. Devices and pipes (`/dev/stdout`) are written straight.
 * @throws PincerError `unreadable` when the place cannot be written
 */
export function writeWholeFile(path: string, text: string, cwd: string): void {
  writeWholeFiles([{ path, text }], cwd)
}

/**
 * Writes several files, each as `writeWholeFile` does: all or, when a place cannot be written, none.
 * @throws PincerError `unreadable` for the first place that cannot be written
 */
export function writeWholeFiles(files: readonly TextFile[], cwd: string): void {
  const staged: Staged[] = []
  try {
    for (const file of files) staged.push(atPlace(file.path, () => stage(file, cwd)))
    for (const [i, { commit }] of staged.entries()) atPlace(files[i]?.path ?? '', commit)
  } finally {
    for (const { discard } of staged) discard()
  }
}

/** A file that lies ready beside its place. */
interface Staged {
  readonly commit: () => void
  /** Takes away what has not been committed. */
  readonly discard: () => void
}

function stage({ path, text }: TextFile, cwd: string): Staged {
  const target = resolve(cwd, path)
  const standard = STANDARD.get(target)
  if (standard !== undefined) return straight(() => writeFileSync(standard, text))
  const exists = existsSync(target)
  if (exists && !isReplaceable(target)) return straight(() => writeFileSync(target, text, { flag: 'a' }))
  const place = exists ? realpathSync(target) : target
  const neighbour = `${place}.${randomUUID()}.tmp`
  const discard = (): void => rmSync(neighbour, { force: true })
  try {
    writeFileSync(neighbour, text, { flag: 'wx' })
  } catch (fault) {
    discard()
    throw fault
  }
  return { commit: () => renameSync(neighbour, place), discard }
}

function straight(commit: () => void): Staged {
  return { commit, discard: () => undefined }
}

function atPlace<T>(path: string, act: () => T): T {
  try {
    return act()
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

/** Whether writing to both paths would end in one file, there already or not. */
export function isSamePlace(path: string, other: string, cwd: string): boolean {
  return resolve(cwd, path) === resolve(cwd, other) || isSameFile(path, other, cwd)
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

function writeFaultText(fault: unknown): string {
  const isFolderMissing = (fault as NodeJS.ErrnoException).code === 'ENOENT'
  return isFolderMissing
    ? 'cannot be written: its folder does not exist'
    : faultText(fault).replace('opened', 'written')
}
