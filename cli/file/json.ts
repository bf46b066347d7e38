import { PincerError } from '../../src/index.ts'
import { jsonFault } from './json-fault.ts'
import { readTextFile } from './read.ts'

/** Deepest nesting accepted: hand-written scenarios and model configs stay below ten levels. */
export const DEEPEST = 64

/**
 * The value in a JSON file.
 * @throws PincerError `unreadable`, `too_large`, `malformed_json` (with line and column; also for a key given twice),
 * `unknown_field` for keys that would reach into object prototypes
 */
export function readJson(path: string, cwd: string): unknown {
  return parseJson(readTextFile(path, cwd), path)
}

/** The value of a JSON text; `about` names it in errors. Throws as `readJson` does. */
export function parseJson(text: string, about: string): unknown {
  guardDepth(text, about)
  const value = parsed(text.startsWith('\uFEFF') ? text.slice(1) : text, about)
  guardKeys(value, about)
  return value
}

function parsed(text: string, about: string): unknown {
  const fault = jsonFault(text)
  if (fault === undefined) return JSON.parse(text)
  const { line, column, message } = fault
  throw new PincerError({
    code: 'malformed_json',
    path: [about],
    message: `line ${line}, column ${column}: ${message}`,
  })
}

/**
 * A model config as Python writes it: JSON in which `Infinity` and `NaN` may stand. They become null, which configs
 * use for "not set". Throws as `readJson` does.
 */
export function parseConfigJson(text: string, about: string): unknown {
  const isPlain = !/Infinity|NaN/.test(text)
  return parseJson(
    isPlain ? text : text.replaceAll(NON_NUMBER, (token) => (token.startsWith('"') ? token : 'null')),
    about,
  )
}

// Strings are matched first, so that nothing inside them is touched.
const NON_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?Infinity|NaN/g

/** Refuses nesting beyond DEEPEST before anything recursive sees the text. */
export function guardDepth(text: string, about: string): void {
  let depth = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i)
    if (inString) {
      if (character === BACKSLASH) i++
      else if (character === QUOTE) inString = false
    } else if (character === QUOTE) inString = true
    else if (character === BRACE || character === BRACKET) depth++
    else if (character === BRACE + 2 || character === BRACKET + 2) depth--
    if (depth > DEEPEST) throw new PincerError(tooDeep(about))
  }
}

const [QUOTE, BACKSLASH, BRACE, BRACKET] = [34, 92, 123, 91] as const

function tooDeep(about: string): ConstructorParameters<typeof PincerError>[0] {
  return {
    code: 'too_large',
    path: [about],
    message: 'nested too deeply',
    suggestion: `the limit is ${DEEPEST} levels`,
  }
}

// Own keys of these names come out of JSON.parse as data, but a later copy could turn them into a prototype.
const REFUSED_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

function guardKeys(value: unknown, ...path: (string | number)[]): void {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (const [index, inner] of value.entries()) guardKeys(inner, ...path, index)
    return
  }
  for (const [key, inner] of Object.entries(value)) {
    if (REFUSED_KEYS.has(key)) {
      throw new PincerError({ code: 'unknown_field', path: [...path, key], message: 'this key is not accepted' })
    }
    guardKeys(inner, ...path, key)
  }
}
