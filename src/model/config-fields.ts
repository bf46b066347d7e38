import { type Issue, type IssueCode, PincerError, nearest } from '../issue/index.ts'

/** An object parsed from JSON. Only own properties are ever read. */
export type ConfigObject = Readonly<Record<string, unknown>>

type Path = readonly (string | number)[]

/** Bounds of a whole number; the defaults admit every sane size and refuse absurd ones. */
export interface Bounds {
  readonly min?: number
  readonly max?: number
}

/** No dimension of a network comes near this. */
const LARGEST_DIMENSION = 1e9

/**
 * Typed access to the fields of a config: each getter names the quantity it expects and throws a PincerError that leads
 * to the field. `null` counts as absent, as Hugging Face writes it. A getter takes several names where classes rename a
 * field.
 */
export class ConfigFields {
  readonly object: ConfigObject
  readonly path: Path

  constructor(object: ConfigObject, path: Path = []) {
    this.object = object
    this.path = path
  }

  /** Raw value of an own field; undefined when absent or null. */
  raw(name: string): unknown {
    const value = Object.hasOwn(this.object, name) ? this.object[name] : undefined
    return value === null ? undefined : value
  }

  has(name: string): boolean {
    return this.raw(name) !== undefined
  }

  /** A whole number of things, at least 1 by default. */
  count(names: string | readonly string[], bounds: Bounds = {}): number {
    const name = this.present(names)
    if (name === undefined) throw this.missing(names)
    return this.whole(name, bounds)
  }

  /** A whole number, or `fallback` (the value of the transformers class) when the field is absent. */
  countOr(names: string | readonly string[], fallback: number, bounds: Bounds = {}): number {
    const name = this.present(names)
    return name === undefined ? fallback : this.whole(name, bounds)
  }

  optionalCount(names: string | readonly string[], bounds: Bounds = {}): number | undefined {
    const name = this.present(names)
    return name === undefined ? undefined : this.whole(name, bounds)
  }

  flagOr(name: string, fallback: boolean): boolean {
    const value = this.raw(name)
    if (value === undefined) return fallback
    if (typeof value !== 'boolean') throw this.invalid(name, `expected true or false, got ${shown(value)}`)
    return value
  }

  text(name: string): string {
    const value = this.optionalText(name)
    if (value === undefined) throw this.missing(name)
    return value
  }

  optionalText(name: string): string | undefined {
    const value = this.raw(name)
    if (value !== undefined && typeof value !== 'string') throw this.invalid(name, `expected text, got ${shown(value)}`)
    return value
  }

  /** A list of `length` texts (one per layer, say), each one of `allowed`; undefined when absent. */
  optionalTexts(name: string, length: number, allowed: readonly string[]): readonly string[] | undefined {
    return this.list(name, length)?.map((value, index) => {
      if (typeof value === 'string' && allowed.includes(value)) return value
      throw this.invalid([name, index], `expected one of ${allowed.join(', ')}, got ${shown(value)}`)
    })
  }

  /**
   * A list of whole numbers, cut to `length` when that is given (longer lists carry entries of draft layers); undefined
   * when absent.
   */
  optionalCounts(name: string, length?: number, bounds: Bounds = {}): readonly number[] | undefined {
    return this.list(name, length)?.map((value, index) => this.checked(value, [name, index], bounds))
  }

  /** A nested object; undefined when absent. */
  section(name: string): ConfigFields | undefined {
    const value = this.raw(name)
    if (value === undefined) return undefined
    if (!isConfigObject(value)) throw this.invalid(name, `expected an object, got ${shown(value)}`)
    return new ConfigFields(value, [...this.path, name])
  }

  requiredSection(name: string): ConfigFields {
    const section = this.section(name)
    if (section === undefined) throw this.missing(name)
    return section
  }

  /** The error of a field whose value cannot be. */
  invalid(name: string | Path, message: string, suggestion?: string): PincerError {
    return this.error('invalid_value', name, message, suggestion)
  }

  missing(names: string | readonly string[]): PincerError {
    const [name = '', ...others] = typeof names === 'string' ? [names] : names
    const similar = nearest(name, Object.keys(this.object).slice(0, 500))
    const suggestion = similar === undefined ? undefined : `the config has "${similar}"`
    const also = others.length > 0 ? ` (or ${others.join(', ')})` : ''
    return this.error('missing_field', name, `the config lacks this field${also}`, suggestion)
  }

  private error(code: IssueCode, name: string | Path, message: string, suggestion?: string): PincerError {
    const path = [...this.path, ...(typeof name === 'string' ? [name] : name)]
    const issue: Issue = suggestion === undefined ? { code, path, message } : { code, path, message, suggestion }
    return new PincerError(issue)
  }

  private present(names: string | readonly string[]): string | undefined {
    return typeof names === 'string' ? (this.has(names) ? names : undefined) : names.find((name) => this.has(name))
  }

  private whole(name: string, bounds: Bounds): number {
    return this.checked(this.raw(name), [name], bounds)
  }

  private checked(value: unknown, at: Path, bounds: Bounds): number {
    const { min = 1, max = LARGEST_DIMENSION } = bounds
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value
    throw this.invalid(at, `expected a whole number from ${min} to ${max}, got ${shown(value)}`)
  }

  private list(name: string, length?: number): readonly unknown[] | undefined {
    const value = this.raw(name)
    if (value === undefined) return undefined
    if (!Array.isArray(value)) throw this.invalid(name, `expected a list, got ${shown(value)}`)
    if (length === undefined) return value
    if (value.length < length)
      throw this.invalid(name, `expected one entry for each of ${length} layers, got ${value.length}`)
    return value.slice(0, length)
  }
}

export function isConfigObject(value: unknown): value is ConfigObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 60))
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return 'a list'
  return value === null || value === undefined ? 'nothing' : 'an object'
}
