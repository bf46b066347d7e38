import {
  type HostTier,
  type PrefixBlocks,
  type ServiceLevel,
  type SimulationOptions,
  POLICIES,
  PincerError,
  ROUTERS,
  nearest,
} from '../../src/index.ts'
import { isSamePlace } from '../file/write.ts'
import { givenDegrees } from '../input/degree.ts'
import { parseHostCache } from '../input/host-cache.ts'
import { parseNumber, parseNumberIn } from '../input/number.ts'
import { DEFAULT_PERFETTO_REQUESTS } from '../view/perfetto.ts'
import type { SimulateOptions } from './simulate-definition.ts'

const MOST_TRACED = 1_000_000

/**
 * `--slo TTFT/TPOT` written out: both bounds, and the search for the load that keeps them. `-` leaves one open.
 * @throws PincerError `invalid_value`
 */
export function withLevel(options: SimulateOptions): SimulateOptions {
  const { slo, ...rest } = options
  if (slo === undefined) return options
  if (rest.sloTtft !== undefined || rest.sloTpot !== undefined) {
    throw fault('slo', 'has no meaning beside --slo-ttft and --slo-tpot', 'leave one of them out')
  }
  const parts = slo.split('/')
  const [ttft, tpot] = parts
  if (parts.length !== 2 || !ttft || !tpot || (ttft === '-' && tpot === '-')) {
    throw fault(
      'slo',
      `"${slo.slice(0, 40)}" is no pair of bounds`,
      'write milliseconds as TTFT/TPOT: 500/20, 500/- or -/20',
    )
  }
  return {
    ...rest,
    findLoad: true,
    ...(ttft === '-' ? {} : { sloTtft: ttft }),
    ...(tpot === '-' ? {} : { sloTpot: tpot }),
  }
}

/**
 * Refuses options that have no meaning beside each other, before anything is read or run.
 * @throws PincerError `invalid_value`, `missing_field`
 */
export function checkTogether(options: SimulateOptions, cwd: string): void {
  if (options.perfettoRequests !== undefined && options.perfetto === undefined) {
    throw fault('perfetto-requests', 'has no meaning without --perfetto', 'add --perfetto FILE')
  }
  if (options.attain !== undefined && options.findLoad !== true) {
    throw fault('attain', 'has no meaning without --find-load', 'add --find-load')
  }
  checkFleet(options)
  if (options.findLoad === true) checkSearch(options)
  checkPlaces(options, cwd)
}

function checkFleet(options: SimulateOptions): void {
  const isFleet =
    options.replicas !== undefined || options.scenario !== undefined || givenDegrees(options).pools.length > 0
  if (options.router !== undefined && !isFleet) {
    throw fault('router', 'has no meaning for one replica', 'add --replicas N')
  }
  if (options.hostCache !== undefined && options.prefixCache === false) {
    throw fault('host-cache', 'has no meaning beside --no-prefix-cache', 'leave one of them out')
  }
}

function checkSearch(options: SimulateOptions): void {
  for (const file of ['out', 'svg', 'perfetto', 'explain'] as const) {
    if (options[file] === undefined) continue
    throw fault(file, 'has no meaning beside --find-load, which serves many runs', 'simulate the load it finds')
  }
  if (options.sloTtft !== undefined || options.sloTpot !== undefined) return
  const suggestion = 'add --slo-ttft MS, --slo-tpot MS or both'
  throw new PincerError({ code: 'missing_field', path: ['slo'], message: 'is needed by --find-load', suggestion })
}

function checkPlaces({ out, svg, perfetto }: SimulateOptions, cwd: string): void {
  const files = Object.entries({ out, svg, perfetto }).flatMap(([name, path]) =>
    path === undefined ? [] : [{ name, path }],
  )
  for (const [i, { name, path }] of files.entries()) {
    const other = files.slice(0, i).find((one) => isSamePlace(one.path, path, cwd))
    if (other !== undefined) throw fault(name, `is the file of --${other.name} too`, 'give each its own file')
  }
}

/**
 * How the engine schedules, as options fix it.
 * @throws PincerError `invalid_value`
 */
export function simulationOptions(options: SimulateOptions): SimulationOptions {
  const slo = serviceLevel(options)
  return {
    ...(options.policy === undefined ? {} : { policy: oneOf(POLICIES, options.policy, 'policy', 'scheduler') }),
    ...number('maxSequences', options.maxNumSeqs, 'max-num-seqs'),
    ...number('tokenBudget', options.maxNumBatchedTokens, 'max-num-batched-tokens'),
    ...number('blocks', options.blocks, 'blocks'),
    ...number('blockSize', options.blockSize, 'block-size'),
    ...number('replicas', options.replicas, 'replicas'),
    ...(options.router === undefined ? {} : { router: oneOf(ROUTERS, options.router, 'router', 'router') }),
    ...(options.prefixCache === false ? { prefixCache: false } : {}),
    ...(slo === undefined ? {} : { slo }),
  }
}

/**
 * The second tier of the prefix cache, as `--host-cache` says, for requests with these prefixes.
 * @throws PincerError `invalid_value`
 */
export function hostTier({ hostCache }: SimulateOptions, prefix: PrefixBlocks | undefined): { hostTier?: HostTier } {
  if (hostCache === undefined) return {}
  const memory = parseHostCache(hostCache)
  if (prefix === undefined) {
    const hint = 'use --arrivals agent:RATE or a trace with hash ids (Mooncake, Bailian)'
    throw fault('host-cache', 'has nothing to keep: no request names prefix blocks', hint)
  }
  return { hostTier: { ...memory, unitTokens: prefix.blockTokens } }
}

/** Share of requests that must keep the bounds. */
export function attainOf({ attain }: SimulateOptions): number {
  return attain === undefined ? 0.99 : parseNumberIn(attain, ['attain'], { above: 0, to: 100 }) / 100
}

/** Requests of the trace file. */
export function tracedRequests({ perfettoRequests }: SimulateOptions): number {
  if (perfettoRequests === undefined) return DEFAULT_PERFETTO_REQUESTS
  const count = parseNumberIn(perfettoRequests, ['perfetto-requests'], { from: 1, to: MOST_TRACED })
  if (Number.isInteger(count)) return count
  throw fault('perfetto-requests', `is ${count}`, 'give a whole number')
}

function oneOf<Name extends string>(names: readonly Name[], text: string, option: string, kind: string): Name {
  const found = names.find((name) => name === text)
  if (found !== undefined) return found
  const near = nearest(text, names)
  const suggestion = near === undefined ? `use one of ${names.join(', ')}` : `did you mean ${near}?`
  throw fault(option, `unknown ${kind} "${text.slice(0, 40)}"`, suggestion)
}

function number<K extends string>(key: K, text: string | undefined, flag: string): { [P in K]?: number } {
  return text === undefined ? {} : ({ [key]: parseNumber(text, [flag]) } as { [P in K]?: number })
}

function serviceLevel({ sloTtft, sloTpot }: SimulateOptions): ServiceLevel | undefined {
  if (sloTtft === undefined && sloTpot === undefined) return undefined
  return {
    ...(sloTtft === undefined ? {} : { ttft: parseNumber(sloTtft, ['slo-ttft']) / 1e3 }),
    ...(sloTpot === undefined ? {} : { tpot: parseNumber(sloTpot, ['slo-tpot']) / 1e3 }),
  }
}

function fault(option: string, message: string, suggestion: string): PincerError {
  return new PincerError({ code: 'invalid_value', path: [option], message, suggestion })
}
