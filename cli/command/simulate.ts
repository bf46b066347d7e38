import {
  type OfferedLoad,
  type Scenario,
  type SimulatedScenario,
  type SimulationOptions,
  type Unknown,
  PincerError,
  figureSvg,
  highestClients,
  formatCount,
  highestRate,
  offeredLoad,
  parseScenario,
  runDocument,
  simulateClients,
  simulateRequests,
  simulateSessions,
} from '../../src/index.ts'
import { type TextFile, writeWholeFiles } from '../file/write.ts'
import { type Load, isAgents, loadInput, prefixOf } from '../input/load.ts'
import { scenarioInput } from '../input/scenario.ts'
import type { Io } from '../io.ts'
import { explanationText } from '../view/explanation.ts'
import { writeJson } from '../view/json.ts'
import { loadDocument, loadPage } from '../view/load.ts'
import { Page } from '../view/page.ts'
import { requestTrace } from '../view/perfetto.ts'
import { requestCsv } from '../view/request-csv.ts'
import { runFigure } from '../view/run-figure.ts'
import { type SimulationView, simulationPage } from '../view/simulation.ts'
import { simulationExplanations } from './simulate-explanation.ts'
import type { SimulateOptions } from './simulate-definition.ts'
import { attainOf, checkTogether, hostTier, simulationOptions, tracedRequests, withLevel } from './simulate-option.ts'

/** `pincer simulate`: one deployment or a fleet, request by request. */
export async function simulateAction(given: SimulateOptions, io: Io): Promise<void> {
  const options = withLevel(given)
  checkTogether(options, io.cwd)
  const fixed = simulationOptions(options)
  const most = tracedRequests(options)
  const scenario: Scenario = parseScenario(await scenarioInput(sized(options), io.cwd))
  const load = await loadInput(options, scenario.workload, io.cwd)
  const how = { ...fixed, ...hostTier(options, prefixOf(load)) }
  if (options.findLoad === true) findLoad({ scenario, load, how, options, io })
  else serveLoad({ scenario, load, how, options, io }, most)
}

/** Mean lengths of agents' turns, as the upper ends of a workload: they size step times and cache. */
const AGENT_LENGTHS = '9551/202'

function sized(options: SimulateOptions): SimulateOptions {
  const isOpen = (['scenario', 'workload', 'isl', 'osl'] as const).every((name) => options[name] === undefined)
  return isAgents(options) && isOpen ? { ...options, workload: AGENT_LENGTHS } : options
}

interface Question {
  readonly scenario: Scenario
  readonly load: Load
  readonly how: SimulationOptions
  readonly options: SimulateOptions
  readonly io: Io
}

function serveLoad({ scenario, load, how, options, io }: Question, traced: number): void {
  const served = serve(scenario, load, { ...how, observe: true })
  const trace = options.perfetto === undefined ? undefined : requestTrace(served, traced)
  const cut =
    trace === undefined || trace.shown === trace.finished
      ? []
      : [
          `the Perfetto trace shows the first ${trace.shown} of ${trace.finished} requests; --perfetto-requests N for more`,
        ]
  const view: SimulationView = {
    scenario,
    served,
    source: sourceText(load, scenario),
    sharesPrefix: prefixOf(load) !== undefined && how.prefixCache !== false,
    notes: [...load.notes, ...routerNotes(load, served, how), ...cut],
    ...(load.kind === 'clients' ? {} : { offered: offeredOf(load, served) }),
  }
  const files: TextFile[] = []
  if (options.out !== undefined) files.push({ path: options.out, text: requestCsv(served) })
  if (options.svg !== undefined) files.push({ path: options.svg, text: figureSvg(runFigure(view, how.slo)) })
  if (options.perfetto !== undefined) files.push({ path: options.perfetto, text: trace?.text ?? '' })
  writeWholeFiles(files, io.cwd)
  const explanations = options.explain === true ? simulationExplanations(view) : undefined
  if (options.json === true) {
    writeJson({ ...runDocument(view), explanations }, io)
    return
  }
  const page = simulationPage(view, new Page(io), io)
  page.section('How the numbers come about', explanationText(explanations, io))
  page.write()
}

function serve(scenario: Scenario, load: Load, options: SimulationOptions): SimulatedScenario {
  if (load.kind === 'sessions') return simulateSessions(scenario, load.sessions, load.prefix, options)
  return load.kind === 'clients'
    ? simulateClients(scenario, load.loop, options)
    : simulateRequests(scenario, load.requests, options)
}

function sourceText(load: Load, { workload }: Scenario): string {
  if (load.kind === 'clients') return `${formatCount(workload.concurrency)} clients`
  return load.kind === 'requests'
    ? 'an open stream'
    : `${formatCount(new Set(load.sessions.session).size)} agent sessions`
}

function routerNotes(load: Load, { fleet }: SimulatedScenario, how: SimulationOptions): string[] {
  if (fleet.router !== 'cache-aware' || (prefixOf(load) !== undefined && how.prefixCache !== false)) return []
  return ['no request names prefix blocks, so the cache-aware router weighs prompt lengths only']
}

// The turns of sessions, in the order in which they came.
function offeredOf(load: Exclude<Load, { kind: 'clients' }>, { fleet, run }: SimulatedScenario): OfferedLoad | Unknown {
  if (load.kind === 'requests') return offeredLoad(load.requests, fleet)
  const { count, arrival, prompt, output } = run
  return offeredLoad({ count, arrival, prompt, output, prefix: load.prefix }, fleet, load.rate)
}

function findLoad({ scenario, load, how, options, io }: Question): void {
  if (load.kind === 'sessions') throw noSearch()
  // `checkTogether` has seen to it that there is a bound.
  const question = { ...how, slo: how.slo ?? {}, attain: attainOf(options) }
  const result =
    load.kind === 'clients'
      ? highestClients(scenario, load.draw, question)
      : highestRate(scenario, load.requests, knownRate(load.rate), question)
  const view = { scenario, result, notes: load.notes }
  if (options.json === true) writeJson(loadDocument(view), io)
  else loadPage(view, new Page(io), io).write()
}

function noSearch(): PincerError {
  const suggestion = 'simulate some rates, or search one of --arrivals poisson'
  return new PincerError({ code: 'invalid_value', path: ['find-load'], message: 'does not scale sessions', suggestion })
}

function knownRate(rate: number | Unknown): number {
  if (typeof rate === 'number') return rate
  throw new PincerError({
    code: 'invalid_value',
    path: ['arrivals'],
    message: `${rate.unknown}: there is no rate to search`,
    suggestion: 'use --arrivals poisson, or clients',
  })
}
