import { type AxisInput, PincerError } from '../../src/index.ts'
import { parseJson, readJson } from '../file/json.ts'
import { parseNumber } from './number.ts'

/**
 * `name=uniform(0.3,0.8)`, `name={"kind": …}`, or the path of a JSON file of names and distributions.
 * @throws PincerError for a name given twice, and for files that cannot be read
 */
export function varyInput(texts: readonly string[] | undefined, cwd: string): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  for (const text of texts ?? []) {
    for (const [name, value] of text.endsWith('.json') && !text.includes('=')
      ? filePairs(text, cwd)
      : [pair(text, 'vary')]) {
      if (Object.hasOwn(found, name)) throw fault('vary', name, 'is given twice')
      found[name] = typeof value === 'string' && value.startsWith('{') ? parseJson(value, `--vary ${name}`) : value
    }
  }
  return found
}

/** `name=number`. @throws PincerError for what is no number, and for a name given twice */
export function setInput(texts: readonly string[] | undefined): Record<string, number> {
  const found: Record<string, number> = {}
  for (const text of texts ?? []) {
    const [name, value] = pair(text, 'set')
    if (Object.hasOwn(found, name)) throw fault('set', name, 'is given twice')
    found[name] = parseNumber(value, ['set', name])
  }
  return found
}

/** `name`, or `name=from..to`. @throws PincerError for ends that are no numbers */
export function axisInput(text: string): AxisInput {
  const [name = '', range, more] = text.split('=')
  if (range === undefined) return { name: name.trim() }
  const ends = range.split('..')
  if (more !== undefined || ends.length !== 2)
    throw fault('over', name.trim(), `"${range.slice(0, 40)}" is no range`, 'write from..to, e.g. utilisation=0.1..1')
  const [from, to] = ends.map((end, i) => parseNumber(end, ['over', name.trim(), i === 0 ? 'from' : 'to'])) as [
    number,
    number,
  ]
  return { name: name.trim(), from, to }
}

function pair(text: string, option: string): readonly [string, string] {
  const at = text.indexOf('=')
  if (at > 0) return [text.slice(0, at).trim(), text.slice(at + 1).trim()]
  const example = option === 'vary' ? 'utilisation=uniform(0.3,0.8)' : 'utilisation=0.5'
  throw new PincerError({
    code: 'invalid_value',
    path: [option],
    message: `"${text.slice(0, 60)}" names no value`,
    suggestion: `write name=value, e.g. ${example}`,
  })
}

function filePairs(path: string, cwd: string): (readonly [string, unknown])[] {
  const file = readJson(path, cwd)
  if (typeof file === 'object' && file !== null && !Array.isArray(file)) return Object.entries(file)
  throw new PincerError({ code: 'invalid_value', path: [path], message: 'must hold {"input": distribution}' })
}

function fault(option: string, name: string, message: string, suggestion?: string): PincerError {
  const path = [option, name.slice(0, 60)]
  return new PincerError({ code: 'invalid_value', path, message, ...(suggestion === undefined ? {} : { suggestion }) })
}
