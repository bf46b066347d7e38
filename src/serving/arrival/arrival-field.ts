import { type IssueCode, PincerError, nearest } from '../../issue/index.ts'

type Path = readonly (string | number)[]

/** What a number field accepts. */
export interface NumberRule {
  readonly above?: number
  readonly atLeast?: number
  readonly atMost?: number
  readonly whole?: boolean
}

/** Fields of a record that came from outside, read by name; only own keys count. */
export class Fields {
  private readonly values: ReadonlyMap<string, unknown>
  readonly path: Path

  /** @throws PincerError `invalid_value` when `input` is not an object */
  constructor(input: unknown, path: Path) {
    if (typeof input !== 'object' || input === null || Array.isArray(input)) {
      throw fault('invalid_value', path, 'is not an object with named fields')
    }
    this.values = new Map(Object.entries(input).filter(([, value]) => value !== undefined))
    this.path = path
  }

  has(name: string): boolean {
    return this.values.has(name)
  }

  names(): string[] {
    return [...this.values.keys()]
  }

  /** @throws PincerError `missing_field` */
  get(name: string): unknown {
    if (!this.values.has(name)) throw fault('missing_field', [...this.path, name], 'is missing')
    return this.values.get(name)
  }

  /** @throws PincerError `missing_field`, `invalid_value` */
  number(name: string, rule: NumberRule): number {
    return checkedNumber(this.get(name), [...this.path, name], rule)
  }

  flag(name: string): boolean {
    const value = this.has(name) ? this.get(name) : false
    if (typeof value !== 'boolean') throw fault('invalid_value', [...this.path, name], 'is neither true nor false')
    return value
  }

  /** @throws PincerError `missing_field`, `invalid_value` when empty or not an array */
  list(name: string): readonly unknown[] {
    const value = this.get(name)
    const isArray = Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))
    const items = isArray ? Array.from(value as ArrayLike<unknown>) : []
    if (items.length === 0) throw fault('invalid_value', [...this.path, name], 'is not a list with at least one value')
    return items
  }

  numbers(name: string, rule: NumberRule): number[] {
    return this.list(name).map((value, i) => checkedNumber(value, [...this.path, name, i], rule))
  }

  /**
   * The value of `kind`, one of the keys of `kinds`, after a check that no field stands beside those it knows.
   * @throws PincerError `missing_field`, `invalid_value`, `unknown_field`
   */
  kind<Kind extends string>(kinds: ReadonlyMap<Kind, readonly string[]>): Kind {
    const value = this.get('kind')
    const known = kinds.get(value as Kind)
    if (known === undefined) {
      const near = typeof value === 'string' ? nearest(value, [...kinds.keys()]) : undefined
      const hint = near === undefined ? `one of ${[...kinds.keys()].join(', ')}` : `did you mean "${near}"?`
      throw fault('invalid_value', [...this.path, 'kind'], `unknown kind ${JSON.stringify(value)}`, hint)
    }
    this.only(['kind', ...known])
    return value as Kind
  }

  /** @throws PincerError `unknown_field` for a field outside `names` */
  only(names: readonly string[]): void {
    const stray = this.names().find((name) => !names.includes(name))
    if (stray === undefined) return
    const near = nearest(stray, names)
    const hint = near === undefined ? `it has ${names.join(', ')}` : `did you mean "${near}"?`
    throw fault('unknown_field', [...this.path, stray], 'this field is not known here', hint)
  }
}

function checkedNumber(value: unknown, path: Path, rule: NumberRule): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw fault('invalid_value', path, `${shown(value)} is not a finite number`)
  }
  const { above, atLeast, atMost, whole = false } = rule
  if (whole && !Number.isInteger(value)) throw fault('invalid_value', path, `${value} is not a whole number`)
  if (above !== undefined && value <= above) throw fault('invalid_value', path, `${value} is not above ${above}`)
  if (atLeast !== undefined && value < atLeast) throw fault('invalid_value', path, `${value} is below ${atLeast}`)
  if (atMost !== undefined && value > atMost) throw fault('invalid_value', path, `${value} is above ${atMost}`)
  return value
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : String(value)
}

const MOST_DRAWN = 2 ** 27

/** Throws PincerError `invalid_value` for a number of requests to draw that is none or more than an array should hold. */
export function checkCount(count: number): void {
  if (Number.isSafeInteger(count) && count >= 0 && count <= MOST_DRAWN) return
  throw fault('invalid_value', ['count'], `${count} is not a whole number from 0 to ${MOST_DRAWN}`)
}

/** A PincerError of one issue. */
export function fault(code: IssueCode, path: Path, message: string, suggestion?: string): PincerError {
  return new PincerError({ code, path, message, ...(suggestion === undefined ? {} : { suggestion }) })
}
