import type { Io } from '../io.ts'

/**
 * Prints a JSON document and nothing else; fields that are undefined are left out. A number that JSON cannot hold is the program's fault, not a `null`.
 */
export function writeJson(document: object, io: Io): void {
  io.stdout.write(`${jsonText(document)}\n`)
}

export function jsonText(document: object): string {
  return JSON.stringify(document, finite, 2)
}

function finite(key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`the output field "${key}" is ${value}`)
  return value
}
