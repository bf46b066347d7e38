export interface JsonFault {
  readonly line: number
  readonly column: number
  readonly message: string
}

/**
 * Where and why a text stops being JSON, or names a key twice in one object, of which JSON.parse would keep the last;
 * undefined when it does neither. (Messages of JSON.parse carry no position for short texts in Node 20.)
 */
export function jsonFault(text: string): JsonFault | undefined {
  const scan = new Scan(text)
  const message = scan.fault()
  if (message === undefined) return undefined
  const before = text.slice(0, scan.at).split('\n')
  return { line: before.length, column: (before[before.length - 1] ?? '').length + 1, message }
}

// oxlint-disable-next-line no-control-regex
const STRING = /"[^"\\\u0000-\u001F]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001F]*)*"/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const WORD = /true|false|null/y
const SPACE = /[ \t\r\n]*/y

/** A validator with its own stack, so that no depth of nesting overflows it. */
class Scan {
  at = 0
  private readonly text: string
  /** What is open, outermost first: the keys of an object so far, or undefined for an array. */
  private readonly open: (Set<string> | undefined)[] = []

  constructor(text: string) {
    this.text = text
  }

  /** The first fault, with `at` on it; undefined when the text is valid. */
  fault(): string | undefined {
    for (;;) {
      const trouble = this.value()
      if (trouble !== undefined) return trouble
      const after = this.afterValue()
      if (after !== 'more') return after
    }
  }

  // One value, opening as many objects and arrays as stand before it.
  private value(): string | undefined {
    for (;;) {
      this.skip(SPACE)
      const next = this.text[this.at]
      if (next === '[') {
        this.open.push(undefined)
        this.at++
        this.skip(SPACE)
        if (this.text[this.at] === ']') return undefined
      } else if (next === '{') {
        this.open.push(new Set())
        this.at++
        this.skip(SPACE)
        if (this.text[this.at] === '}') return undefined
        const trouble = this.key()
        if (trouble !== undefined) return trouble
      } else {
        return this.skip(STRING) || this.skip(NUMBER) || this.skip(WORD) ? undefined : this.unexpected('a value')
      }
    }
  }

  // Commas and closing brackets, up to where the next value must stand.
  private afterValue(): 'more' | string | undefined {
    for (;;) {
      this.skip(SPACE)
      if (this.open.length === 0) return this.at === this.text.length ? undefined : this.unexpected('the end')
      const isObject = this.open[this.open.length - 1] !== undefined
      const next = this.text[this.at]
      if (next === (isObject ? '}' : ']')) {
        this.open.pop()
        this.at++
      } else if (next === ',') {
        this.at++
        return isObject ? (this.key() ?? 'more') : 'more'
      } else {
        return this.unexpected(isObject ? '"," or "}"' : '"," or "]"')
      }
    }
  }

  private key(): string | undefined {
    this.skip(SPACE)
    const start = this.at
    if (!this.skip(STRING)) return this.unexpected('a key in double quotes')
    const name = JSON.parse(this.text.slice(start, this.at)) as string
    const keys = this.open[this.open.length - 1]
    if (keys?.has(name) === true) {
      this.at = start
      return `the key "${name.slice(0, 60)}" stands twice in one object`
    }
    keys?.add(name)
    this.skip(SPACE)
    if (this.text[this.at] !== ':') return this.unexpected('":"')
    this.at++
    return undefined
  }

  private skip(token: RegExp): boolean {
    token.lastIndex = this.at
    if (!token.test(this.text)) return false
    this.at = token.lastIndex
    return true
  }

  private unexpected(wanted: string): string {
    const next = this.text[this.at]
    const found = next === undefined ? 'the text ends' : `found ${JSON.stringify(next)}`
    return `${found} where ${wanted} was expected`
  }
}
