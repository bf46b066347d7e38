import { type Row, type RowScanner, scanDigits, scanLength, type TimeScanner } from './trace-row.ts'

/** Under which keys the roles stand in a JSON object per line, and how to read them. */
export interface JsonKeys {
  /** Absent in a list of lengths. */
  readonly arrival?: string
  readonly prompt: string
  readonly output: string
  readonly blocks?: string
  readonly scanTime: TimeScanner
}

const [QUOTE, BACKSLASH, COMMA, COLON] = [34, 92, 44, 58] as const
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [123, 125, 91, 93] as const

// Own keys of these names come out of JSON.parse as data, but a later copy could turn them into a prototype.
const REFUSED_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** Numbers of the roles in the bit set of those seen. */
const [ARRIVAL, PROMPT, OUTPUT, BLOCKS] = [1, 2, 4, 8] as const

/**
 * A scanner of JSON objects, one per line. Flat objects (numbers, plain strings, one array of block ids) are read where they
 * stand; a line with anything else in it goes through JSON.parse, which decides what is valid.
 */
export function jsonScanner(keys: JsonKeys): RowScanner {
  const state = { at: 0, seen: 0 }
  const wanted = wantedRoles(keys)
  return (text, start, end, row) => {
    row.fault = undefined
    row.idCount = 0
    state.at = start
    state.seen = 0
    if (!scanFlat(text, end, keys, row, state)) scanParsed(text.slice(start, end), keys, row)
    else if (state.seen !== wanted) row.fault ??= missingRole(keys, state.seen)
  }
}

function wantedRoles({ arrival, blocks }: JsonKeys): number {
  return PROMPT | OUTPUT | (arrival === undefined ? 0 : ARRIVAL) | (blocks === undefined ? 0 : BLOCKS)
}

function missingRole(keys: JsonKeys, seen: number): Row['fault'] {
  const roles: [number, string | undefined][] = [
    [ARRIVAL, keys.arrival],
    [PROMPT, keys.prompt],
    [OUTPUT, keys.output],
    [BLOCKS, keys.blocks],
  ]
  const missing = roles.find(([role, key]) => key !== undefined && (seen & role) === 0)
  return { kind: 'missing', field: missing?.[1] ?? '', found: '' }
}

interface ScanState {
  at: number
  seen: number
}

/** False where the line is not flat or not what it seems: nothing is decided then. */
function scanFlat(text: string, end: number, keys: JsonKeys, row: Row, state: ScanState): boolean {
  state.at = skipSpace(text, state.at, end)
  if (text.charCodeAt(state.at) !== OPEN_BRACE) return false
  for (;;) {
    const open = skipSpace(text, state.at + 1, end)
    const close = text.indexOf('"', open + 1)
    if (text.charCodeAt(open) !== QUOTE || close < 0 || close >= end) return false
    const colon = skipSpace(text, close + 1, end)
    if (text.charCodeAt(colon) !== COLON) return false
    state.at = skipSpace(text, colon + 1, end)
    if (!scanMember(text, open + 1, close, { end, keys, row, state })) return false
    state.at = skipSpace(text, state.at, end)
    const next = text.charCodeAt(state.at)
    if (next === CLOSE_BRACE) return skipSpace(text, state.at + 1, end) === end
    if (next !== COMMA || state.at >= end) return false
  }
}

interface MemberContext {
  readonly end: number
  readonly keys: JsonKeys
  readonly row: Row
  readonly state: ScanState
}

// The key is text[from, to); the value starts at state.at, which is moved behind it.
function scanMember(text: string, from: number, to: number, { end, keys, row, state }: MemberContext): boolean {
  const start = state.at
  if (isKey(text, from, to, keys.blocks)) {
    state.seen |= BLOCKS
    return scanIds(text, end, row, state)
  }
  const isText = text.charCodeAt(start) === QUOTE
  const stop = isText ? text.indexOf('"', start + 1) : scalarEnd(text, start, end)
  if (stop <= start || stop >= end) return false
  state.at = isText ? stop + 1 : stop
  const first = isText ? start + 1 : start
  if (isKey(text, from, to, keys.prompt)) {
    state.seen |= PROMPT
    row.prompt = scanLength(text, first, stop, keys.prompt, row)
  } else if (isKey(text, from, to, keys.output)) {
    state.seen |= OUTPUT
    row.output = scanLength(text, first, stop, keys.output, row)
  } else if (isKey(text, from, to, keys.arrival)) {
    state.seen |= ARRIVAL
    keys.scanTime(text, first, stop, row)
  } else {
    return isHarmless(text, from, to, start, stop)
  }
  return true
}

function isKey(text: string, from: number, to: number, key: string | undefined): boolean {
  return key !== undefined && key.length === to - from && text.startsWith(key, from)
}

// A key or value with an escape, or a refused key, is for the slow way to judge.
function isHarmless(text: string, from: number, to: number, start: number, stop: number): boolean {
  const first = text.charCodeAt(start)
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return false
  for (let i = from; i < stop; i++) if (text.charCodeAt(i) === BACKSLASH) return false
  return !REFUSED_KEYS.has(text.slice(from, to))
}

function skipSpace(text: string, from: number, end: number): number {
  let at = from
  while (at < end && text.charCodeAt(at) <= 32) at++
  return at
}

function scalarEnd(text: string, from: number, end: number): number {
  let at = from
  for (; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code === COMMA || code === CLOSE_BRACE || code <= 32) return at
  }
  return at
}

// `[46, 47, 48]`: digits, commas and spaces only.
function scanIds(text: string, end: number, row: Row, state: ScanState): boolean {
  if (text.charCodeAt(state.at) !== OPEN_BRACKET) return false
  row.idCount = 0
  let at = skipSpace(text, state.at + 1, end)
  if (text.charCodeAt(at) === CLOSE_BRACKET) {
    state.at = at + 1
    return true
  }
  for (;;) {
    const start = at
    let id = 0
    for (let digit = text.charCodeAt(at) - 48; digit >= 0 && digit <= 9; digit = text.charCodeAt(++at) - 48) {
      id = id * 10 + digit
    }
    if (at === start || at - start > 10 || id > 0x7fffffff) return false
    pushId(row, id)
    at = skipSpace(text, at, end)
    const next = text.charCodeAt(at)
    if (next === CLOSE_BRACKET) break
    if (next !== COMMA || at >= end) return false
    at = skipSpace(text, at + 1, end)
  }
  state.at = at + 1
  return at < end
}

function pushId(row: Row, id: number): void {
  if (row.idCount === row.ids.length) {
    const grown = new Int32Array(2 * row.ids.length)
    grown.set(row.ids)
    row.ids = grown
  }
  row.ids[row.idCount++] = id
}

function scanParsed(line: string, keys: JsonKeys, row: Row): void {
  row.fault = undefined
  row.idCount = 0
  const record = parsedRecord(line)
  if (record === undefined) {
    row.fault = { kind: 'shape', field: '', found: 'not a JSON object' }
    return
  }
  const refused = [...record.keys()].find((key) => REFUSED_KEYS.has(key))
  if (refused !== undefined) {
    row.fault = { kind: 'refused-key', field: refused, found: '' }
    return
  }
  const cell = (key: string): string => cellText(record.get(key))
  if (keys.arrival !== undefined) keys.scanTime(cell(keys.arrival), 0, cell(keys.arrival).length, row)
  row.prompt = scanLength(cell(keys.prompt), 0, cell(keys.prompt).length, keys.prompt, row)
  row.output = scanLength(cell(keys.output), 0, cell(keys.output).length, keys.output, row)
  if (keys.blocks !== undefined) readIds(record.get(keys.blocks), keys.blocks, row)
}

/** Own fields of the object in a line of JSON; undefined when it holds none. */
export function parsedRecord(line: string): ReadonlyMap<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? new Map(Object.entries(value))
      : undefined
  } catch {
    return undefined
  }
}

function cellText(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined ? '' : String(JSON.stringify(value))
}

function readIds(value: unknown, field: string, row: Row): void {
  if (!Array.isArray(value)) {
    row.fault ??= { kind: value === undefined ? 'missing' : 'block-id', field, found: cellText(value).slice(0, 40) }
    return
  }
  for (const id of value as unknown[]) {
    const text = cellText(id)
    const number = typeof id === 'number' ? scanDigits(text, 0, text.length) : -1
    if (number < 0 || number > 0x7fffffff) {
      row.fault ??= { kind: 'block-id', field, found: text.slice(0, 40) }
      return
    }
    pushId(row, number)
  }
}
