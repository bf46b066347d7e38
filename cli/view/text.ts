// Escape sequences that colours put into text; they take no width.
// oxlint-disable-next-line no-control-regex
const ANSI = /\u001B\[[0-9;]*m/g
// East Asian wide and full-width forms, emoji: two columns each.
const WIDE =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|[\u{1F300}-\u{1FAFF}\u{20000}-\u{3FFFD}]/gu

/** Columns that `text` takes on a terminal. */
export function textWidth(text: string): number {
  const bare = text.replaceAll(ANSI, '')
  return [...bare].length + (bare.match(WIDE)?.length ?? 0)
}

/** `text` on one line, control characters made visible: what a file holds must not steer the terminal. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u001F\u007F-\u009F\u2028\u2029]/g, (character) => {
    if (character === '\n') return ' '
    return `\\x${(character.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`
  })
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)))
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - textWidth(text))) + text
}

/** `text` broken at spaces into lines of at most `width`; words longer than a line are cut. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').flatMap((long) => cut(long, width))) {
    if (line !== '' && textWidth(line) + 1 + textWidth(word) > width) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line]
}

// A long word breaks behind a hyphen, slash, dot or underscore where it has one, else anywhere.
function cut(word: string, width: number): string[] {
  if (textWidth(word) <= width || word.includes('\u001B')) return [word]
  const pieces: string[] = []
  let rest = [...word]
  while (rest.length > width) {
    const end = rest.slice(0, width).findLastIndex((letter) => '-/_.'.includes(letter)) + 1
    pieces.push(rest.slice(0, end > width / 3 ? end : width).join(''))
    rest = rest.slice(end > width / 3 ? end : width)
  }
  return [...pieces, rest.join('')]
}

/** A paragraph with the first line after `lead` and the rest indented below it. */
export function paragraph(lead: string, text: string, columns: number): string {
  const indent = textWidth(lead)
  const lines = wrap(text, Math.max(20, columns - indent))
  return lines.map((line, i) => (i === 0 ? lead : ' '.repeat(indent)) + line).join('\n')
}
