import { Command, CommanderError } from 'commander'
import { type HourBasis, PincerError, type Scenario, type SideInput, parseScenario } from '../../src/index.ts'
import { addScenarioOptions } from '../command/scenario-option.ts'
import { parseNumber } from './number.ts'
import { type ScenarioOptions, scenarioInput } from './scenario.ts'

/** The options of one side of a contest: a deployment's, and where its money comes from. */
export interface SideOptions extends ScenarioOptions {
  readonly own?: boolean
  readonly rent?: boolean
  readonly api?: string
  readonly name?: string
}

/**
 * Both sides. Each is the path of a scenario file, or words as `predict` takes them ("--chip h100 --chips 8"), which override `common`; or
 * `--api 0.14/0.28`, whose prompts and outputs are those of the other side.
 * @throws PincerError of a side's words, with the side as path, and where both are APIs
 */
export async function sidesInput(
  texts: { readonly a: string | undefined; readonly b: string | undefined },
  common: ScenarioOptions,
  cwd: string,
): Promise<readonly [SideInput, SideInput]> {
  const [a, b] = [sideOptions(texts.a, 'a'), sideOptions(texts.b, 'b')]
  if (a.api !== undefined && b.api !== undefined)
    throw fault('a', 'both sides are APIs', 'make one of them a deployment')
  const [scenarioA, scenarioB] = [await deployment(a, common, cwd, 'a'), await deployment(b, common, cwd, 'b')]
  const workload = (parsed(scenarioA, 'a') ?? parsed(scenarioB, 'b'))!.workload
  const side = (options: SideOptions, scenario: object | undefined, path: string): SideInput => {
    const label = options.name === undefined ? {} : { label: options.name }
    if (scenario === undefined) return { api: apiPrice(options.api ?? '', [path, 'api']), workload, ...label }
    return { scenario, hour: basisOf(options, path), ...label }
  }
  return [side(a, scenarioA, 'a'), side(b, scenarioB, 'b')]
}

function parsed(scenario: object | undefined, side: string): Scenario | undefined {
  return scenario === undefined ? undefined : below(side, () => parseScenario(scenario))
}

async function deployment(
  options: SideOptions,
  common: ScenarioOptions,
  cwd: string,
  side: string,
): Promise<object | undefined> {
  if (options.api !== undefined) return undefined
  try {
    return await scenarioInput({ ...common, ...options }, cwd)
  } catch (error) {
    throw onSide(error, side)
  }
}

function below<T>(side: string, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    throw onSide(error, side)
  }
}

function onSide(error: unknown, side: string): unknown {
  if (!(error instanceof PincerError)) return error
  return new PincerError(error.issues.map((issue) => ({ ...issue, path: [side, ...issue.path] })))
}

function basisOf({ own, rent }: SideOptions, side: string): HourBasis {
  if (own === true && rent === true) throw fault(side, '--own and --rent exclude each other')
  return own === true ? 'own' : rent === true ? 'rent' : 'predict'
}

/** "0.9", or input and output apart: "0.14/0.28", in $ per million tokens. @throws PincerError at `path` */
export function apiPrice(text: string, path: readonly string[]): number | { input: number; output: number } {
  const [input = '', output, more] = text.split('/')
  if (more !== undefined) {
    const message = `"${text.slice(0, 40)}" is no price`
    throw new PincerError({ code: 'invalid_value', path, message, suggestion: 'write 0.9, or input/output: 0.14/0.28' })
  }
  const first = parseNumber(input, path)
  return output === undefined ? first : { input: first, output: parseNumber(output, path) }
}

function sideOptions(text: string | undefined, side: string): SideOptions {
  if (text === undefined) {
    const suggestion = `give --${side} "--chip h100-sxm --chips 8", a scenario file, or --${side} "--api 0.9"`
    throw new PincerError({ code: 'missing_field', path: [side], message: 'is required', suggestion })
  }
  const command = addScenarioOptions(new Command(side))
    .option('--own')
    .option('--rent')
    .option('--api <usd>')
    .option('--name <label>')
    .argument('[file]')
    .exitOverride()
    .configureOutput({ writeOut: () => undefined, writeErr: () => undefined, outputError: () => undefined })
    .helpOption(false)
  try {
    command.parse(words(text, side), { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    const [first = '', hint] = error.message.replace(/^error: /, '').split('\n')
    throw fault(
      side,
      first,
      hint?.replace(/^\((.*)\)$/, '$1') ?? 'it takes the options of "pincer predict", --own, --rent, --api and --name',
    )
  }
  const options: SideOptions = command.opts()
  const file = command.args.find((word) => word !== 'predict')
  return file === undefined ? options : { ...options, scenario: file }
}

/** Words as a shell splits them: at blanks, but not within quotes. */
function words(text: string, side: string): string[] {
  const found = [...text.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)].map(([word]) =>
    word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'),
  )
  if (/^(?:[^"']|"[^"]*"|'[^']*')*$/.test(text)) return found
  throw fault(side, 'a quote is not closed')
}

function fault(side: string, message: string, suggestion?: string): PincerError {
  return new PincerError({
    code: 'invalid_value',
    path: [side],
    message,
    ...(suggestion === undefined ? {} : { suggestion }),
  })
}
