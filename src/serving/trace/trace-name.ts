import type { TimeUnit } from './trace-row.ts'

/** What a column is for. */
export type Role = 'arrival' | 'prompt' | 'output'

const UNITS: ReadonlyMap<string, Exclude<TimeUnit, 'datetime'>> = new Map([
  ['s', 's'],
  ['sec', 's'],
  ['secs', 's'],
  ['second', 's'],
  ['seconds', 's'],
  ['ms', 'ms'],
  ['msec', 'ms'],
  ['millis', 'ms'],
  ['milliseconds', 'ms'],
  ['us', 'us'],
  ['micros', 'us'],
  ['microseconds', 'us'],
  ['ns', 'ns'],
  ['nanos', 'ns'],
  ['nanoseconds', 'ns'],
])

const ARRIVAL =
  'arrival arrivaltime arrivaltimestamp arrivedat arrivesat timestamp time ts start starttime t ' +
  'requesttime requesttimestamp requestarrival requestedat created createdat datetime date sent sentat'
const LENGTHS = ['', 'tokens', 'toks', 'tok', 'length', 'len', 'tokencount', 'tokenslength', 'size']
const PROMPT_STEMS = [
  'prompt',
  'input',
  'context',
  'request',
  'prefill',
  'numprefill',
  'numprompt',
  'numinput',
  'nprompt',
]
const OUTPUT_STEMS =
  'output generated generation completion response decode numdecode numoutput numgenerated noutput ngenerated'.split(
    ' ',
  )

const NAMES: Readonly<Record<Role, ReadonlySet<string>>> = {
  arrival: new Set(ARRIVAL.split(' ')),
  prompt: new Set(['isl', ...PROMPT_STEMS.flatMap((stem) => LENGTHS.map((length) => stem + length))]),
  output: new Set(['osl', ...OUTPUT_STEMS.flatMap((stem) => LENGTHS.map((length) => stem + length))]),
}

/** What a name says of its column: `arrival_ms` is an arrival in milliseconds, `arrival` one in a unit not said. */
export interface NameMeaning {
  readonly role: Role
  readonly unit?: Exclude<TimeUnit, 'datetime'>
}

/** The meaning of a column name or key, whatever its case and punctuation; undefined when it is none that we need. */
export function nameMeaning(name: string): NameMeaning | undefined {
  const words = name
    .slice(0, 100)
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
  const unit = words.length > 1 ? UNITS.get(words.at(-1) ?? '') : undefined
  const stem = words.slice(0, unit === undefined ? words.length : -1).join('')
  if (NAMES.arrival.has(stem)) return { role: 'arrival', ...(unit === undefined ? {} : { unit }) }
  if (unit !== undefined) return undefined
  const role = (['prompt', 'output'] as const).find((candidate) => NAMES[candidate].has(stem))
  return role === undefined ? undefined : { role }
}
