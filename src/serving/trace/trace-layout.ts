import { type IssueCode, type PincerError, nearest } from '../../issue/index.ts'
import { fault } from '../arrival/arrival-field.ts'
import { csvCells, csvScanner } from './trace-csv.ts'
import { jsonScanner, parsedRecord } from './trace-jsonl.ts'
import { type Role, nameMeaning } from './trace-name.ts'
import { type RowScanner, type TimeUnit, isDatetime, timeScanner } from './trace-row.ts'

/** Kinds of trace that are read, told apart by their first line. */
export type TraceFormat = 'azure' | 'mooncake' | 'bailian' | 'burstgpt' | 'vidur' | 'csv' | 'jsonl'

/** What a file does not say by itself, or says in names that are not understood. */
export interface LayoutOptions {
  readonly columns?: { readonly arrival?: string; readonly prompt?: string; readonly output?: string }
  readonly timeUnit?: TimeUnit
  /** Tokens in a block of hash_ids. */
  readonly blockTokens?: number
  /** The file has no arrival times, and that is meant. */
  readonly lengthsOnly?: boolean
}

/** How to read the rows of a file. */
export interface TraceLayout {
  readonly format: TraceFormat
  /** The first line names columns and is no row. */
  readonly hasHeader: boolean
  readonly timed: boolean
  readonly blockTokens?: number
  /** Rows without output are requests that failed, as the format's publishers say. */
  readonly zeroMeansFailed: boolean
  /** Made at the first row, whose cells may decide how times are written. */
  readonly scanner: (firstRow: string) => RowScanner
}

/** @throws PincerError `malformed_csv`, `malformed_json`, `missing_field`, `invalid_value` or `unsupported` */
export function sniffLayout(firstLine: string, options: LayoutOptions, about: string): TraceLayout {
  return firstLine.trimStart().startsWith('{')
    ? jsonLayout(firstLine, options, about)
    : csvLayout(firstLine, options, about)
}

interface Published {
  readonly format: TraceFormat
  readonly needs: readonly string[]
  readonly arrival: string
  readonly prompt: string
  readonly output: string
  readonly unit: TimeUnit
  readonly blockTokens?: number
}

// Order matters: a Qwen-Bailian row has all keys of a Mooncake row.
const PUBLISHED_JSON: readonly Published[] = [
  { format: 'bailian', needs: ['chat_id', 'hash_ids'], ...jsonNames(), unit: 's', blockTokens: 16 },
  { format: 'mooncake', needs: ['hash_ids'], ...jsonNames(), unit: 'ms', blockTokens: 512 },
]

function jsonNames(): { arrival: string; prompt: string; output: string } {
  return { arrival: 'timestamp', prompt: 'input_length', output: 'output_length' }
}

const PUBLISHED_CSV: readonly Published[] = [
  {
    format: 'azure',
    needs: [],
    arrival: 'TIMESTAMP',
    prompt: 'ContextTokens',
    output: 'GeneratedTokens',
    unit: 'datetime',
  },
  {
    format: 'burstgpt',
    needs: ['Model', 'Log Type'],
    arrival: 'Timestamp',
    prompt: 'Request tokens',
    output: 'Response tokens',
    unit: 's',
  },
  {
    format: 'vidur',
    needs: [],
    arrival: 'arrived_at',
    prompt: 'num_prefill_tokens',
    output: 'num_decode_tokens',
    unit: 's',
  },
]

function published(
  list: readonly Published[],
  names: readonly string[],
  options: LayoutOptions,
): Published | undefined {
  if (options.columns !== undefined) return undefined
  return list.find(({ format, needs, arrival, prompt, output }) =>
    [...needs, prompt, output, ...(format === 'vidur' ? [] : [arrival])].every((name) => names.includes(name)),
  )
}

function jsonLayout(firstLine: string, options: LayoutOptions, about: string): TraceLayout {
  const record = parsedRecord(firstLine)
  if (record === undefined) {
    const hint = 'a trace has one JSON object per line; a ServeGen summary is read as JSON, not as a trace'
    throw problem('malformed_json', about, 'line 1 is not a whole JSON object', hint)
  }
  const names = [...record.keys()]
  const known = published(PUBLISHED_JSON, names, options)
  const roles = known ?? rolesOf(names, options, about)
  const blockTokens = blockSize(record, known, options, about)
  return {
    format: known?.format ?? 'jsonl',
    hasHeader: false,
    timed: roles.arrival !== undefined,
    ...(blockTokens === undefined ? {} : { blockTokens }),
    zeroMeansFailed: false,
    scanner: () => {
      const unit = roles.arrival === undefined ? 's' : timeUnit(roles, options, record.get(roles.arrival), about)
      return jsonScanner({
        ...(roles.arrival === undefined ? {} : { arrival: roles.arrival }),
        prompt: roles.prompt,
        output: roles.output,
        ...(blockTokens === undefined ? {} : { blocks: 'hash_ids' }),
        scanTime: timeScanner(unit, roles.arrival ?? ''),
      })
    },
  }
}

function blockSize(
  record: ReadonlyMap<string, unknown>,
  known: Published | undefined,
  options: LayoutOptions,
  about: string,
): number | undefined {
  const ids = record.get('hash_ids')
  if (ids === undefined) return undefined
  const asked = options.blockTokens
  if (asked !== undefined && !(Number.isInteger(asked) && asked >= 1)) {
    throw problem('invalid_value', 'blockTokens', `${asked} is not a whole number of tokens`, 'Mooncake has 512')
  }
  const size = asked ?? known?.blockTokens
  const hint = 'say it with blockTokens (Mooncake has 512, Qwen-Bailian 16)'
  if (size === undefined) throw problem('missing_field', about, 'the tokens per block of hash_ids are not known', hint)
  const prompt = record.get(known?.prompt ?? '')
  // The keys of a Mooncake trace are common: one that is none would be read in the wrong units.
  if (known?.format === 'mooncake' && asked === undefined && Array.isArray(ids) && typeof prompt === 'number') {
    const wanted = Math.ceil(prompt / size)
    if (ids.length !== wanted) {
      const found = `line 1 has ${ids.length} hash_ids for ${prompt} tokens, where blocks of ${size} would be ${wanted}`
      throw problem('invalid_value', about, found, `${hint}, and the unit of timestamp with timeUnit`)
    }
  }
  return size
}

function csvLayout(firstLine: string, options: LayoutOptions, about: string): TraceLayout {
  const delimiter = [',', ';', '\t'].find((candidate) => firstLine.includes(candidate)) ?? ','
  const names = csvCells(firstLine, delimiter)?.map((name) => name.trim()) ?? []
  checkHeader(names, about)
  const known = published(PUBLISHED_CSV, names, options)
  const roles = known === undefined ? rolesOf(names, options, about) : knownRoles(known, names)
  const arrival = roles.arrival === undefined ? -1 : names.indexOf(roles.arrival)
  return {
    format: known?.format ?? 'csv',
    hasHeader: true,
    timed: arrival >= 0,
    zeroMeansFailed: known?.format === 'burstgpt',
    scanner: (firstRow) => {
      const cell = csvCells(firstRow, delimiter)?.[arrival]
      const unit = arrival < 0 ? 's' : timeUnit(roles, options, cell, about)
      const [prompt, output] = [names.indexOf(roles.prompt), names.indexOf(roles.output)]
      return csvScanner({ names, delimiter, arrival, prompt, output, scanTime: timeScanner(unit, roles.arrival ?? '') })
    },
  }
}

function checkHeader(names: readonly string[], about: string): void {
  const hint = 'the first line must name the columns'
  if (names.length === 0) throw problem('malformed_csv', about, 'line 1: a quote is not closed', hint)
  if (names.every((name) => name === '' || /^[-+\d.:eETZ ]+$/.test(name))) {
    throw problem('malformed_csv', about, 'line 1 is no header', hint)
  }
  const twice = names.find((name, i) => name !== '' && names.indexOf(name) !== i)
  if (twice !== undefined) throw problem('malformed_csv', about, `line 1 names column "${twice}" twice`)
}

interface Roles {
  readonly arrival?: string
  readonly prompt: string
  readonly output: string
  readonly unit?: TimeUnit
}

function knownRoles({ arrival, prompt, output, unit }: Published, names: readonly string[]): Roles {
  return { ...(names.includes(arrival) ? { arrival } : {}), prompt, output, unit }
}

function rolesOf(names: readonly string[], options: LayoutOptions, about: string): Roles {
  const prompt = roleName('prompt', names, options, about)
  const output = roleName('output', names, options, about)
  if (prompt === undefined || output === undefined) {
    throw missingColumn(prompt === undefined ? 'prompt' : 'output', names, about)
  }
  if (options.lengthsOnly === true) return { prompt, output }
  const arrival = roleName('arrival', names, options, about)
  if (arrival === undefined) throw missingColumn('arrival', names, about)
  const unit = nameMeaning(arrival)?.unit
  return { arrival, prompt, output, ...(unit === undefined ? {} : { unit }) }
}

function roleName(role: Role, names: readonly string[], options: LayoutOptions, about: string): string | undefined {
  const asked = options.columns?.[role]
  if (asked !== undefined) {
    if (names.includes(asked)) return asked
    const near = nearest(asked, names)
    const hint = near === undefined ? `it has ${listed(names)}` : `did you mean "${near}"?`
    throw problem('missing_field', about, `there is no column "${asked}"`, hint)
  }
  const candidates = names.filter((name) => nameMeaning(name)?.role === role)
  if (candidates.length > 1) {
    const found = `${candidates.map((name) => `"${name}"`).join(' and ')} may both be the ${MEANING[role]}`
    throw problem('invalid_value', about, found, `say which with columns.${role}`)
  }
  return candidates[0]
}

const MEANING: Readonly<Record<Role, string>> = {
  arrival: 'time of arrival',
  prompt: 'prompt length in tokens',
  output: 'output length in tokens',
}

function missingColumn(role: Role, names: readonly string[], about: string): PincerError {
  const without = role === 'arrival' ? ', or lengthsOnly if there is none' : ''
  const hint = `it has ${listed(names)}; name it with columns.${role}${without}`
  return problem('missing_field', about, `no column is the ${MEANING[role]}`, hint)
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 12).map((name) => `"${name.slice(0, 40)}"`)
  return shown.join(', ') + (names.length > 12 ? ' …' : '')
}

// What the caller says comes first, then the name, then the first value: a date needs no unit.
function timeUnit(roles: Roles, options: LayoutOptions, firstValue: unknown, about: string): TimeUnit {
  const unit = options.timeUnit ?? roles.unit
  if (unit !== undefined) return unit
  if (typeof firstValue === 'string' && isDatetime(firstValue.trim())) return 'datetime'
  const found = `the unit of "${roles.arrival ?? ''}" is not known`
  const hint = 'say it with timeUnit (s, ms, us, ns or datetime) or in the name, as in arrival_ms'
  throw problem('invalid_value', about, found, hint)
}

/** A PincerError about a file as a whole, or what is said of it. */
export function problem(code: IssueCode, about: string, message: string, suggestion?: string): PincerError {
  return fault(code, [about], message, suggestion)
}
