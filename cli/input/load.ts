import {
  AGENT_SESSIONS,
  type ArrivalProcess,
  type ClientLoop,
  HARNESS,
  PincerError,
  type PrefixBlocks,
  type RequestTable,
  type SessionTable,
  type Unknown,
  type Workload,
  drawLengths,
  drawRequests,
  drawSessions,
  inferencexLengths,
  meanRate,
  offeredRate,
  parseArrivalProcess,
  rng,
  sessionPrefix,
} from '../../src/index.ts'
import { parseJson } from '../file/json.ts'
import { readTrace } from '../file/trace.ts'
import { parseNumber } from './number.ts'

/** What is served: clients that wait for their answers, requests that come when they come, or sessions whose turns wait for each other. */
export type Load =
  | {
      readonly kind: 'clients'
      readonly notes: readonly string[]
      readonly loop: ClientLoop
      /** The same with another number of clients; each keeps its lengths. */
      readonly draw: (clients: number) => ClientLoop
    }
  | {
      readonly kind: 'requests'
      readonly requests: RequestTable
      readonly notes: readonly string[]
      /** Requests per second: of the process, or of the trace from its first to its last. */
      readonly rate: number | Unknown
    }
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

const DEFAULT_REQUESTS = 2000
const MOST_REQUESTS = 20_000_000

/**
 * The requests that options ask for; lengths of drawn ones are uniform on [0.8, 1] of the workload's, as in public benchmarks.
 * @throws PincerError for numbers out of range, an unknown arrival process, or a trace that cannot be read
 */
export async function loadInput(options: LoadOptions, workload: Workload, cwd: string): Promise<Load> {
  if (options.sessions !== undefined && !isAgents(options)) {
    throw misplaced('sessions', 'has no meaning without --arrivals agent:RATE')
  }
  if (options.trace !== undefined) return traceLoad(options, options.trace, cwd)
  const seed = options.seed === undefined ? 1 : whole(options.seed, 'seed', 0, Number.MAX_SAFE_INTEGER)
  const asked = options.requests === undefined ? undefined : whole(options.requests, 'requests', 1, MOST_REQUESTS)
  if (isAgents(options)) return agentLoad(options, seed)
  const arrivals = options.arrivals ?? 'closed'
  return arrivals === 'closed'
    ? clientLoad(asked, workload, seed)
    : openLoad(asked ?? DEFAULT_REQUESTS, arrivalProcess(arrivals, options.findLoad === true), workload, seed)
}

async function traceLoad(options: LoadOptions, trace: string, cwd: string): Promise<Load> {
  for (const other of ['arrivals', 'requests'] as const) {
    if (options[other] === undefined) continue
    throw misplaced(other, 'has no meaning beside --trace')
  }
  const { requests, report } = await readTrace(trace, cwd)
  if (!requests.timed) {
    const message = 'holds lengths without arrival times'
    throw new PincerError({ code: 'missing_field', path: ['trace'], message, suggestion: 'add an arrival column' })
  }
  const odd = [...report.skipped, ...report.adjusted].map(({ rows, reason }) => `${rows} rows of the trace: ${reason}`)
  const ties =
    report.ties === 0
      ? []
      : [`${report.ties} requests at the same time as the one before; they keep the order of the file`]
  return { kind: 'requests', requests, notes: [...odd, ...ties], rate: offeredRate(requests) }
}

function clientLoad(asked: number | undefined, workload: Workload, seed: number): Load {
  const { isl, osl, concurrency } = workload
  const rounds = asked === undefined ? (workload.rounds ?? HARNESS.rounds) : Math.ceil(asked / concurrency)
  const count = concurrency * rounds
  if (count > MOST_REQUESTS) {
    throw new PincerError({
      code: 'too_large',
      path: ['requests'],
      message: `${count} requests are too many`,
      suggestion: `at most ${MOST_REQUESTS}`,
    })
  }
  const draw = (clients: number): ClientLoop => ({
    clients,
    rounds,
    thinkTicks: 0,
    prompt: drawLengths(inferencexLengths(isl), clients * rounds, rng(seed, 'prompt lengths')),
    output: drawLengths(inferencexLengths(osl), clients * rounds, rng(seed, 'output lengths')),
  })
  return { kind: 'clients', notes: [], loop: draw(concurrency), draw }
}

function openLoad(count: number, arrivals: ArrivalProcess, workload: Workload, seed: number): Load {
  const drawn = { arrivals, prompt: inferencexLengths(workload.isl), output: inferencexLengths(workload.osl) }
  const rate = meanRate(arrivals) ?? { unknown: 'requests come all at once' }
  return { kind: 'requests', requests: drawRequests(drawn, count, seed), notes: [], rate }
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
