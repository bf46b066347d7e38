import { PincerError, findChip, tcoName } from '../../src/index.ts'
import { readJson } from '../file/json.ts'

/** The options that say what an owner pays, as the command line holds them. */
export interface TcoOptions {
  readonly owner?: string
  readonly tco?: string
  readonly set?: string
  readonly chip?: string
}

/** An owner's inputs as JSON, before the engine has looked at them. */
export type TcoInput = Readonly<Record<string, unknown>>

/**
 * What `--tco`, `--owner` and `--set` say together, over `base`; undefined when nobody says anything.
 * @throws PincerError for a file that cannot be read, one for another chip, and `--set` that is no list of name=value
 */
export function tcoInput(options: TcoOptions, base: unknown, cwd: string): unknown {
  const { owner, tco, set } = options
  const file = tco === undefined ? base : tcoFile(tco, options.chip, cwd)
  if (owner === undefined && set === undefined) return file
  const fields = isObject(file) ? file : {}
  const inputs = { ...(isObject(fields['inputs']) ? fields['inputs'] : {}), ...settings(set) }
  return { ...fields, ...(owner === undefined ? {} : { owner: owner.toLowerCase() }), inputs }
}

function isObject(value: unknown): value is TcoInput {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function tcoFile(path: string, chip: string | undefined, cwd: string): unknown {
  const file = readJson(path, cwd)
  const own = isObject(file) ? file['chip'] : undefined
  if (typeof own !== 'string' || chip === undefined || isSameChip(own, chip)) return file
  const message = `the file is about ${own.slice(0, 60)}, --chip says ${chip.slice(0, 60)}`
  const suggestion = `write one with "pincer cost --chip ${chip.slice(0, 60)} --print-inputs"`
  throw new PincerError({ code: 'invalid_value', path: ['tco', 'chip'], message, suggestion })
}

function isSameChip(own: string, asked: string): boolean {
  const id = (name: string): string => {
    try {
      return findChip(name).id
    } catch (fault) {
      if (fault instanceof PincerError) return name
      throw fault
    }
  }
  return id(own) === id(asked)
}

/** `life=5,power-price=0.12,draw=1.2kW` as names and texts; the engine reads numbers and units. */
function settings(text: string | undefined): Record<string, string> {
  if (text === undefined) return {}
  const pairs = text.split(',').map((pair) => setting(pair.trim()))
  const seen = new Set<string>()
  for (const [name] of pairs) {
    if (seen.has(name)) throw badSetting(name, 'is set twice')
    seen.add(name)
  }
  return Object.fromEntries(pairs)
}

function setting(pair: string): readonly [string, string] {
  const at = pair.indexOf('=')
  if (at <= 0) throw badSetting(pair, 'is no name=value')
  return [tcoName(pair.slice(0, at).trim(), ['set']), pair.slice(at + 1).trim()]
}

function badSetting(what: string, message: string): PincerError {
  const suggestion = 'write name=value,name=value: life=5,interest=8%'
  return new PincerError({
    code: 'invalid_value',
    path: ['set', ...(what === '' ? [] : [what.slice(0, 40)])],
    message,
    suggestion,
  })
}
