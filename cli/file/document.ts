import { LineCounter, parseDocument, visit } from 'yaml'
import { PincerError } from '../../src/index.ts'
import { readTextFile } from './read.ts'
import { parseJson } from './json.ts'

/**
 * The value in a JSON file, or in a YAML 1.2 file (`.yaml`, `.yml`) of values that JSON has too.
 * @throws PincerError as `readJson` does, and `malformed_yaml` with line and column; anchors and tags are refused: a short text could
 * grow without bound
 */
export function readDocument(path: string, cwd: string): unknown {
  const text = readTextFile(path, cwd)
  return /\.ya?ml$/i.test(path) ? parseYaml(text, path) : parseJson(text, path)
}

function parseYaml(text: string, about: string): unknown {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, schema: 'core', uniqueKeys: true })
  const [fault] = [...document.errors, ...document.warnings]
  if (fault !== undefined) {
    const { line, col } = lines.linePos(fault.pos[0])
    const message = `line ${line}, column ${col}: ${fault.message.split('\n')[0]?.replace(/ at line .*$/, '') ?? ''}`
    throw new PincerError({ code: 'malformed_yaml', path: [about], message })
  }
  visit(document, {
    Alias: () => {
      throw new PincerError({ code: 'malformed_yaml', path: [about], message: 'aliases (*name) are not accepted' })
    },
  })
  // What JSON cannot hold (infinities) is refused there, as are keys that reach into prototypes.
  return parseJson(JSON.stringify(document.toJS(), refuseNonFinite(about)), about)
}

function refuseNonFinite(about: string): (key: string, value: unknown) => unknown {
  return (key, value) => {
    if (typeof value !== 'number' || Number.isFinite(value)) return value
    throw new PincerError({
      code: 'invalid_value',
      path: [about, key],
      message: `must be a finite number, got ${value}`,
    })
  }
}
