import { basename, dirname, resolve } from 'node:path'
import { PincerError, WORKLOADS } from '../../src/index.ts'
import { readJson } from '../file/json.ts'
import { calibrationInput } from './calibration.ts'
import { chipInput } from './chip.ts'
import { DEGREES, POOLS, givenDegrees, optionName } from './degree.ts'
import { isPath, modelInput } from './model.ts'
import { parseNumber } from './number.ts'
import { tcoInput } from './tco.ts'
import { workloadInput } from './workload.ts'

/** A scenario as JSON, before the engine has looked at it. */
export type ScenarioInput = Readonly<Record<string, unknown>>

/** The options of one deployment, as the command line holds them. */
export interface ScenarioOptions {
  readonly scenario?: string
  readonly model?: string
  readonly chip?: string
  readonly chips?: string
  readonly precision?: string
  readonly cacheFormat?: string
  readonly engine?: string
  readonly workload?: string
  readonly isl?: string
  readonly osl?: string
  readonly concurrency?: string
  readonly rounds?: string
  readonly price?: string
  readonly utilisation?: string
  readonly overlap?: string
  readonly owner?: string
  readonly tco?: string
  readonly set?: string
  readonly calibration?: string
  readonly specDraft?: string
  readonly specAcceptance?: string
  readonly [degree: string]: string | boolean | undefined
}

/**
 * The scenario that options describe. With `--scenario` the file is the base and options override its fields.
 * @throws PincerError for files and numbers that cannot be read, and when model or chip is missing
 */
export async function scenarioInput(options: ScenarioOptions, cwd: string): Promise<ScenarioInput> {
  requireOneDeployment(options)
  const base = options.scenario === undefined ? {} : await scenarioFile(options.scenario, cwd)
  const fields = await optionFields(options, base, cwd)
  const scenario = { ...withoutDeployment(base, fields), ...fields }
  for (const field of ['model', 'chip'] as const) {
    if (scenario[field] === undefined) throw missing(field)
  }
  return scenario
}

// Pools have mappings of their own, which also settle the chips.
function requireOneDeployment(options: ScenarioOptions): void {
  const { one, pools } = givenDegrees(options)
  const beside = [...one, ...(options.chips === undefined ? [] : ['--chips'])]
  const [first] = beside
  if (pools.length === 0 || first === undefined) return
  const message = `${beside.join(', ')} has no meaning beside ${pools.join(', ')}`
  const suggestion = 'give each pool its own: --prefill-tp, --decode-tp …'
  throw new PincerError({ code: 'invalid_mapping', path: [first], message, suggestion })
}

// Three ways to say what runs on which chips: an option replaces the file's, whichever that used.
const DEPLOYMENT = ['chips', 'mapping', 'disaggregated'] as const

function withoutDeployment(base: ScenarioInput, fields: ScenarioInput): ScenarioInput {
  const isNew = DEPLOYMENT.some((field) => fields[field] !== undefined)
  return isNew ? Object.fromEntries(Object.entries(base).filter(([name]) => !isDeployment(name))) : base
}

function isDeployment(field: string): boolean {
  return (DEPLOYMENT as readonly string[]).includes(field)
}

function missing(field: string): PincerError {
  const suggestion = `give --${field} or --scenario; "pincer catalog ${field}s" lists them`
  return new PincerError({ code: 'missing_field', path: [field], message: 'is required', suggestion })
}

// Degrees settle the chips: a number given beside them must agree.
function chipsBeside(degrees: ScenarioInput | undefined, chips: number | undefined): number | undefined {
  if (degrees === undefined || chips === undefined) return chips
  const made = ['tp', 'pp', 'dp'].reduce((product, degree) => product * Number(degrees[degree] ?? 1), 1)
  if (made === chips) return undefined
  const message = `--tp, --pp and --dp make ${made} chips, --chips says ${chips}`
  throw new PincerError({ code: 'invalid_mapping', path: ['chips'], message, suggestion: 'leave one of them out' })
}

/**
 * A scenario file; paths in it are relative to it. With `extends` it takes over the fields of another one, but for those it has itself; of
 * workloads that are objects, field by field. Throws PincerError `invalid_value` for files that extend each other, naming the circle.
 */
async function scenarioFile(path: string, cwd: string, above: readonly string[] = []): Promise<ScenarioInput> {
  const { extends: base, ...file } = scenarioObject(path, cwd)
  const [place, folder] = [resolve(cwd, path), dirname(resolve(cwd, path))]
  const chain = [...above, place]
  if (above.includes(place)) throw circle(chain)
  const { model, chip } = file
  const own: ScenarioInput = {
    ...file,
    ...(typeof model === 'string' && (isPath(model) || model.startsWith('hf:'))
      ? { model: await modelInput(model, folder) }
      : {}),
    ...(typeof chip === 'string' ? { chip: chipInput(chip, folder) } : {}),
  }
  if (base === undefined) return own
  if (typeof base !== 'string') {
    throw new PincerError({
      code: 'invalid_value',
      path: [path, 'extends'],
      message: 'must be the path of a scenario file',
    })
  }
  const taken = await scenarioFile(base, folder, chain)
  const workloads = [taken['workload'], own['workload']]
  const isJoined = workloads.every((each) => typeof each === 'object' && each !== null)
  const joined = isJoined ? { workload: { ...(workloads[0] as object), ...(workloads[1] as object) } } : {}
  return { ...withoutDeployment(taken, own), ...own, ...joined }
}

function scenarioObject(path: string, cwd: string): ScenarioInput {
  const file = readJson(path, cwd)
  if (typeof file === 'object' && file !== null && !Array.isArray(file)) return file as ScenarioInput
  throw new PincerError({ code: 'invalid_value', path: [path], message: 'a scenario must be a JSON object' })
}

/** Files that extend each other; the last of `chain` has been there before. */
export function circle(chain: readonly string[]): PincerError {
  const first = chain.indexOf(chain.at(-1)!)
  const names = chain.slice(first).map((place) => basename(place))
  const message = `scenario files extend each other in a circle: ${names.join(' → ')}`
  return new PincerError({
    code: 'invalid_value',
    path: [names[0]!, 'extends'],
    message,
    suggestion: 'take one of them out',
  })
}

async function optionFields(options: ScenarioOptions, base: ScenarioInput, cwd: string): Promise<ScenarioInput> {
  const degrees = mapping(options, '')
  return {
    ...present('model', options.model === undefined ? undefined : await modelInput(options.model, cwd)),
    ...present('chip', options.chip === undefined ? undefined : chipInput(options.chip, cwd)),
    ...present('precision', options.precision?.toLowerCase()),
    ...present('cacheFormat', options.cacheFormat?.toLowerCase()),
    ...present('engine', options.engine?.toLowerCase()),
    ...present('chips', chipsBeside(degrees, numberOption(options, 'chips'))),
    ...present('mapping', degrees),
    ...present('disaggregated', disaggregated(options)),
    ...present('workload', workload(options, base['workload'], cwd)),
    ...present('speculation', speculation(options)),
    ...present(
      'calibration',
      options.calibration === undefined ? undefined : calibrationInput(options.calibration, cwd),
    ),
    ...present('chipHour', numberOption(options, 'price', 'chipHour')),
    ...present('utilisation', numberOption(options, 'utilisation')),
    ...present('overlap', options.overlap?.toLowerCase()),
    ...present('tco', tcoInput(options, base['tco'], cwd)),
  }
}

function mapping(options: ScenarioOptions, pool: string): ScenarioInput | undefined {
  const at = pool === '' ? ['mapping'] : ['disaggregated', pool, 'mapping']
  return nonEmpty(DEGREES.map((degree) => [degree, numberOption(options, optionName(pool, degree), ...at, degree)]))
}

function disaggregated(options: ScenarioOptions): ScenarioInput | undefined {
  const pools = POOLS.map((pool) => {
    const workers = numberOption(options, optionName(pool, 'workers'), 'disaggregated', pool, 'workers')
    const degrees = mapping(options, pool)
    const isNamed = workers !== undefined || degrees !== undefined
    return [pool, isNamed ? { workers: workers ?? 1, mapping: degrees ?? {} } : undefined] as const
  })
  return nonEmpty(pools)
}

// --isl, --osl, --concurrency and --rounds refine a workload given as a whole.
function workload(options: ScenarioOptions, base: unknown, cwd: string): unknown {
  const whole = options.workload === undefined ? base : workloadInput(options.workload, cwd)
  const parts = nonEmpty(
    (['isl', 'osl', 'concurrency', 'rounds'] as const).map((name) => [
      name,
      numberOption(options, name, 'workload', name),
    ]),
  )
  if (parts === undefined) return whole
  return { ...workloadFields(whole), ...parts }
}

function workloadFields(whole: unknown): object {
  if (typeof whole === 'object' && whole !== null) return whole
  return (typeof whole === 'string' ? WORKLOADS.get(whole) : undefined) ?? {}
}

function speculation(options: ScenarioOptions): unknown {
  const draft = numberOption(options, 'specDraft', 'speculation', 'draft')
  const acceptance = numberOption(options, 'specAcceptance', 'speculation', 'acceptance')
  return nonEmpty([
    ['draft', draft],
    ['acceptance', acceptance],
  ])
}

function numberOption(options: ScenarioOptions, name: string, ...path: string[]): number | undefined {
  const text = options[name]
  return typeof text === 'string' ? parseNumber(text, path.length > 0 ? path : [name]) : undefined
}

function present(name: string, value: unknown): ScenarioInput {
  return value === undefined ? {} : { [name]: value }
}

function nonEmpty(entries: readonly (readonly [string, unknown])[]): ScenarioInput | undefined {
  const given = entries.filter(([, value]) => value !== undefined)
  return given.length === 0 ? undefined : Object.fromEntries(given)
}
