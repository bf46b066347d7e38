import {
  AGENT_SESSIONS,
  type ArrivalProcess,
  type ClientsLoad,
  DEFAULT_REQUESTS,
  MOST_REQUESTS,
  type OpenLoad,
  PincerError,
  type PrefixBlocks,
  type SessionTable,
  type Unknown,
  type Workload,
  arrivalsLoad,
  clientsLoad,
  drawSessions,
  parseArrivalProcess,
  sessionPrefix,
  traceLoad,
} from '../../src/index.ts'
import { parseJson } from '../file/json.ts'
import { readTrace } from '../file/trace.ts'
import { parseNumber } from './number.ts'

/** What is served: clients that wait for their answers, requests that come when they come, or sessions whose turns wait for each other. */
export type Load =
  | ClientsLoad
  | OpenLoad
  | {
      readonly kind: 'sessions'
      readonly sessions: SessionTable
      readonly prefix: PrefixBlocks
      readonly notes: readonly string[]
      /** Turns per second, if sessions never had to wait. */
      readonly rate: number | Unknown
    }

export interface LoadOptions {
  readonly arrivals?: string
  readonly requests?: string
  readonly trace?: string
  readonly seed?: string
  readonly sessions?: string
  readonly blockSize?: string
  /** False: `--no-prefix-cache`. */
  readonly prefixCache?: boolean
  readonly findLoad?: boolean
}

/** The prefix blocks that requests of a load name. */
export function prefixOf(load: Load): PrefixBlocks | undefined {
  if (load.kind === 'clients') return undefined
  return load.kind === 'sessions' ? load.prefix : load.requests.prefix
}

/**
 * The requests that options ask for; lengths of drawn ones are uniform on [0.8, 1] of the workload's, as in public benchmarks.
 * @throws PincerError for numbers out of range, an unknown arrival process, or a trace that cannot be read
 */
export async function loadInput(options: LoadOptions, workload: Workload, cwd: string): Promise<Load> {
  if (options.sessions !== undefined && !isAgents(options)) {
    throw misplaced('sessions', 'has no meaning without --arrivals agent:RATE')
  }
  if (options.trace !== undefined) return fileLoad(options, options.trace, cwd)
  const seed = options.seed === undefined ? 1 : whole(options.seed, 'seed', 0, Number.MAX_SAFE_INTEGER)
  const asked = options.requests === undefined ? undefined : whole(options.requests, 'requests', 1, MOST_REQUESTS)
  if (isAgents(options)) return agentLoad(options, seed)
  const arrivals = options.arrivals ?? 'closed'
  return arrivals === 'closed'
    ? clientsLoad(workload, asked, seed)
    : arrivalsLoad(workload, arrivalProcess(arrivals, options.findLoad === true), asked ?? DEFAULT_REQUESTS, seed)
}

async function fileLoad(options: LoadOptions, trace: string, cwd: string): Promise<Load> {
  for (const other of ['arrivals', 'requests'] as const) {
    if (options[other] === undefined) continue
    throw misplaced(other, 'has no meaning beside --trace')
  }
  return traceLoad(await readTrace(trace, cwd))
}

/** Whether the load is sessions of tool-using agents. */
export function isAgents({ arrivals }: LoadOptions): boolean {
  return arrivals === 'agent' || arrivals?.startsWith('agent:') === true
}

const DEFAULT_SESSIONS = 250
const MOST_SESSIONS = 1_000_000
const DEFAULT_BLOCK = 16

function agentLoad(options: LoadOptions, seed: number): Load {
  if (options.requests !== undefined) throw misplaced('requests', 'has no meaning beside sessions; give --sessions')
  const count =
    options.sessions === undefined ? DEFAULT_SESSIONS : whole(options.sessions, 'sessions', 1, MOST_SESSIONS)
  const rate = parseNumber(options.arrivals?.slice('agent:'.length) ?? '', ['arrivals', 'rate'])
  const starts = parseArrivalProcess({ kind: 'poisson', rate })
  const sessions = drawSessions({ ...AGENT_SESSIONS, starts }, count, seed)
  const asked = options.blockSize === undefined ? DEFAULT_BLOCK : parseNumber(options.blockSize, ['block-size'])
  // A block size that is none is refused by the engine.
  const block = Number.isInteger(asked) && asked >= 1 ? asked : DEFAULT_BLOCK
  return {
    kind: 'sessions',
    sessions,
    prefix: sessionPrefix(sessions, block),
    notes:
      sessions.cut === 0
        ? []
        : [`${sessions.cut} sessions ended early, at the longest context of ${AGENT_SESSIONS.maxContext} tokens`],
    rate: (rate * sessions.turn.length) / count,
  }
}

function misplaced(option: string, message: string, suggestion?: string): PincerError {
  return new PincerError({
    code: 'invalid_value',
    path: [option],
    message,
    ...(suggestion === undefined ? {} : { suggestion }),
  })
}

// Short forms: kind:RATE or kind:RATE,CV; anything longer is JSON.
// Where the rate is what is looked for, it may be left out.
function arrivalProcess(text: string, isRateOpen: boolean): ArrivalProcess {
  if (text.trimStart().startsWith('{')) return parseArrivalProcess(parseJson(text, '--arrivals'))
  const [kind = '', numbers = ''] = text.split(':')
  const [rate, cv] = isRateOpen && numbers === '' ? ['1'] : numbers.split(',')
  return parseArrivalProcess({
    kind,
    rate: parseNumber(rate ?? '', ['arrivals', 'rate']),
    ...(cv === undefined ? {} : { cv: parseNumber(cv, ['arrivals', 'cv']) }),
  })
}

function whole(text: string, field: string, least: number, most: number): number {
  const value = parseNumber(text, [field])
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new PincerError({
    code: 'invalid_value',
    path: [field],
    message: `must be a whole number from ${least} to ${most}, not ${value}`,
  })
}
