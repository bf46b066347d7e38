import {
  type ArrivalProcess,
  type ClientLoop,
  PincerError,
  type RequestTable,
  type Unknown,
  type Workload,
  drawLengths,
  drawRequests,
  inferencexLengths,
  meanRate,
  offeredRate,
  parseArrivalProcess,
  rng,
} from '../../src/index.ts'
import { parseJson } from '../file/json.ts'
import { readTrace } from '../file/trace.ts'
import { parseNumber } from './number.ts'

/** What is served: clients that wait for their answers, or requests that come when they come. */
export type Load =
  | {
      readonly kind: 'clients'
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

export interface LoadOptions {
  readonly arrivals?: string
  readonly requests?: string
  readonly trace?: string
  readonly seed?: string
  readonly findLoad?: boolean
}

const DEFAULT_REQUESTS = 2000
const MOST_REQUESTS = 20_000_000

/**
 * The requests that options ask for; lengths of drawn ones are uniform on [0.8, 1] of the workload's, as in public benchmarks.
 * @throws PincerError for numbers out of range, an unknown arrival process, or a trace that cannot be read
 */
export async function loadInput(options: LoadOptions, workload: Workload, cwd: string): Promise<Load> {
  if (options.trace !== undefined) return traceLoad(options, options.trace, cwd)
  const seed = options.seed === undefined ? 1 : whole(options.seed, 'seed', 0, Number.MAX_SAFE_INTEGER)
  const asked = options.requests === undefined ? undefined : whole(options.requests, 'requests', 1, MOST_REQUESTS)
  const arrivals = options.arrivals ?? 'closed'
  return arrivals === 'closed'
    ? clientLoad(asked, workload, seed)
    : openLoad(asked ?? DEFAULT_REQUESTS, arrivalProcess(arrivals, options.findLoad === true), workload, seed)
}

async function traceLoad(options: LoadOptions, trace: string, cwd: string): Promise<Load> {
  for (const other of ['arrivals', 'requests'] as const) {
    if (options[other] === undefined) continue
    throw new PincerError({ code: 'invalid_value', path: [other], message: 'has no meaning beside --trace' })
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
  const rounds = asked === undefined ? workload.rounds : Math.ceil(asked / concurrency)
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
  return { kind: 'clients', loop: draw(concurrency), draw }
}

function openLoad(count: number, arrivals: ArrivalProcess, workload: Workload, seed: number): Load {
  const drawn = { arrivals, prompt: inferencexLengths(workload.isl), output: inferencexLengths(workload.osl) }
  const rate = meanRate(arrivals) ?? { unknown: 'requests come all at once' }
  return { kind: 'requests', requests: drawRequests(drawn, count, seed), notes: [], rate }
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
