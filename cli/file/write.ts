import { existsSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
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
    const exists = existsSync(target)
    if (exists && !statSync(target).isFile()) return writeFileSync(target, text)
    replaceFile(exists ? realpathSync(target) : target, text)
  } catch (fault) {
    throw new PincerError(unreadable(path, faultText(fault).replace('opened', 'written')))
  }
}

function replaceFile(target: string, text: string): void {
  const neighbour = `${target}.${process.pid}.tmp`
  try {
    writeFileSync(neighbour, text, { flag: 'wx' })
    renameSync(neighbour, target)
  } catch (fault) {
    rmSync(neighbour, { force: true })
    throw fault
  }
}
