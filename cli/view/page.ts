import { type Io, paletteOf } from '../io.ts'
import { paragraph, wrap } from './text.ts'

/** Text output built section by section; written once at the end, so that a fault leaves nothing half-printed. */
export class Page {
  private readonly parts: string[] = []
  private readonly io: Io

  constructor(io: Io) {
    this.io = io
  }

  title(text: string): this {
    const { bold } = paletteOf(this.io)
    return this.block(wrap(text, this.io.columns).map(bold).join('\n'))
  }

  /** A heading with its body below; left out when the body is empty. */
  section(heading: string, body: string): this {
    return body === '' ? this : this.block(`${paletteOf(this.io).cyan(heading)}\n${body}`)
  }

  text(text: string): this {
    return text === '' ? this : this.block(paragraph('', text, this.io.columns))
  }

  /** A list of remarks, each wrapped behind a dash. */
  notes(heading: string, notes: readonly string[]): this {
    return this.section(heading, notes.map((note) => paragraph('– ', note, this.io.columns)).join('\n'))
  }

  block(text: string): this {
    this.parts.push(text)
    return this
  }

  write(): void {
    this.io.stdout.write(`${this.parts.join('\n\n')}\n`)
  }
}
