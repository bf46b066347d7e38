import { PincerError } from '../issue/index.ts'
import type { ModelArch } from './arch.ts'
import { parseConfig } from './parse-config.ts'
import type { About } from './skeleton.ts'

/** Published configs are below 100 kB. */
const LARGEST_TEXT = 16 * 1024 * 1024
const DEEPEST = 64

/**
 * The architecture described by the text of a `config.json`. Throws what `configDocument` and `parseConfig` throw.
 */
export function parseConfigText(text: string, about: About): ModelArch {
  return parseConfig(configDocument(text), about)
}

/**
 * The value of a `config.json`. Beside JSON it accepts the bare `Infinity`, `-Infinity` and `NaN` that Python writes. Throws
 * `too_large` above 16 MiB, `malformed_json` with line and column for broken, repeated or too deeply nested (64) content.
 */
export function configDocument(text: string): unknown {
  if (text.length > LARGEST_TEXT) {
    const message = `a model config of ${text.length} characters; the limit is ${LARGEST_TEXT}`
    throw new PincerError({ code: 'too_large', path: [], message })
  }
  return new JsonText(text).document()
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const SPACE = /[ \t\r\n]*/y
const QUOTE = 0x22
const BACKSLASH = 0x5c
const HEX = /[0-9a-fA-F]{4}/y

const WORDS: readonly (readonly [string, unknown])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])

// The built-in JSON.parse neither takes Infinity nor says where it stumbled.
class JsonText {
  private readonly text: string
  private at: number

  constructor(text: string) {
    this.text = text
    this.at = text.startsWith('\uFEFF') ? 1 : 0
  }

  document(): unknown {
    const value = this.value(0)
    this.skipSpace()
    if (this.at < this.text.length) throw this.fault('unexpected text after the end of the document')
    return value
  }

  private value(depth: number): unknown {
    if (depth > DEEPEST) throw this.fault(`nested deeper than ${DEEPEST} levels`)
    this.skipSpace()
    const first = this.text[this.at]
    if (first === '{') return this.object(depth)
    if (first === '[') return this.array(depth)
    if (first === '"') return this.string()
    const word = WORDS.find(([name]) => this.text.startsWith(name, this.at))
    if (word !== undefined) {
      this.at += word[0].length
      return word[1]
    }
    const digits = this.take(NUMBER)
    if (digits === '') throw this.fault(first === undefined ? 'unexpected end' : `unexpected ${JSON.stringify(first)}`)
    return Number(digits)
  }

  private object(depth: number): unknown {
    const entries = new Map<string, unknown>()
    this.at += 1
    if (this.next('}')) return {}
    do {
      this.skipSpace()
      if (this.text[this.at] !== '"') throw this.fault('expected a field name in double quotes')
      const start = this.at
      const key = this.string()
      if (entries.has(key)) throw this.fault(`the field ${JSON.stringify(key.slice(0, 60))} is there twice`, start)
      if (!this.next(':')) throw this.fault('expected ":"')
      entries.set(key, this.value(depth + 1))
    } while (this.next(','))
    if (!this.next('}')) throw this.fault('expected "," or "}"')
    // Defines own properties, `__proto__` included, and never sets a prototype.
    return Object.fromEntries(entries)
  }

  private array(depth: number): unknown {
    const values: unknown[] = []
    this.at += 1
    if (this.next(']')) return values
    do values.push(this.value(depth + 1))
    while (this.next(','))
    if (!this.next(']')) throw this.fault('expected "," or "]"')
    return values
  }

  private string(): string {
    this.at += 1
    const pieces: string[] = []
    for (;;) {
      pieces.push(this.plainText())
      const stop = this.text[this.at]
      if (stop === '"') break
      if (stop !== '\\') throw this.fault(stop === undefined ? 'unterminated text' : 'control character in text')
      pieces.push(this.escape())
    }
    this.at += 1
    return pieces.join('')
  }

  // Everything up to a quote, a backslash or a control character, which JSON wants escaped.
  private plainText(): string {
    const start = this.at
    for (; this.at < this.text.length; this.at++) {
      const code = this.text.charCodeAt(this.at)
      if (code < 32 || code === QUOTE || code === BACKSLASH) break
    }
    return this.text.slice(start, this.at)
  }

  private escape(): string {
    const letter = this.text[this.at + 1] ?? ''
    this.at += 2
    if (letter === 'u') {
      const code = this.take(HEX)
      if (code !== '') return String.fromCharCode(Number.parseInt(code, 16))
    }
    const plain = ESCAPES.get(letter)
    if (plain === undefined) throw this.fault('unknown escape in text', this.at - 2)
    return plain
  }

  private next(symbol: string): boolean {
    this.skipSpace()
    if (this.text[this.at] !== symbol) return false
    this.at += 1
    return true
  }

  private skipSpace(): void {
    this.take(SPACE)
  }

  private take(pattern: RegExp): string {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0] ?? ''
    this.at += found.length
    return found
  }

  private fault(what: string, at: number = this.at): PincerError {
    const before = this.text.slice(0, at)
    const line = before.split('\n').length
    const column = at - before.lastIndexOf('\n')
    return new PincerError({ code: 'malformed_json', path: [], message: `line ${line}, column ${column}: ${what}` })
  }
}
