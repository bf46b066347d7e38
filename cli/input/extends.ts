import { dirname, resolve } from 'node:path'
import { PincerError } from '../../src/index.ts'
import { readDocument } from '../file/document.ts'
import { circle } from './scenario.ts'

type Fields = Readonly<Record<string, unknown>>

/** Longest chain of files: beyond this it is a slip. */
const DEEPEST = 16

/**
 * The fields of a scenario file over those of the files it `extends`, one after another; `inputs` are merged by name, all else is replaced.
 * Paths are relative to the file that names them.
 * @throws PincerError for a chain that comes back to a file in it, or is too long, and as `readDocument` does
 */
export function extendedFile(path: string, cwd: string, chain: readonly string[] = []): Fields {
  const target = resolve(cwd, path)
  if (chain.includes(target)) throw circle([...chain, target])
  if (chain.length >= DEEPEST)
    throw new PincerError({
      code: 'too_large',
      path: [path, 'extends'],
      message: `more than ${DEEPEST} files extend one another`,
    })
  const { extends: base, ...own } = fieldsOf(readDocument(path, cwd), path)
  if (base === undefined) return own
  if (typeof base !== 'string' || base === '')
    throw new PincerError({ code: 'invalid_value', path: [path, 'extends'], message: 'must be the path of a file' })
  const below = extendedFile(resolve(dirname(target), base), cwd, [...chain, target])
  const inputs = { ...inputsOf(below), ...inputsOf(own) }
  return { ...below, ...own, ...(Object.keys(inputs).length === 0 ? {} : { inputs }) }
}

function inputsOf({ inputs }: Fields): Fields {
  return typeof inputs === 'object' && inputs !== null && !Array.isArray(inputs) ? (inputs as Fields) : {}
}

function fieldsOf(value: unknown, path: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
  throw new PincerError({ code: 'invalid_value', path: [path], message: 'must hold an object' })
}
