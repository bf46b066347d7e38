import {
  type OfferedLoad,
  type Scenario,
  type SimulatedScenario,
  type SimulationOptions,
  type Unknown,
  PincerError,
  figureSvg,
  highestClients,
  highestRate,
  offeredLoad,
  parseScenario,
  simulateClients,
  simulateRequests,
} from '../../src/index.ts'
import { type TextFile, writeWholeFiles } from '../file/write.ts'
import { type Load, loadInput } from '../input/load.ts'
import { scenarioInput } from '../input/scenario.ts'
import type { Io } from '../io.ts'
import { explanationText } from '../view/explanation.ts'
import { writeJson } from '../view/json.ts'
import { loadDocument, loadPage } from '../view/load.ts'
import { Page } from '../view/page.ts'
import { requestTrace } from '../view/perfetto.ts'
import { requestCsv } from '../view/request-csv.ts'
import { runFigure } from '../view/run-figure.ts'
import { type SimulationView, simulationDocument, simulationPage } from '../view/simulation.ts'
import { simulationExplanations } from './simulate-explanation.ts'
import type { SimulateOptions } from './simulate-definition.ts'
import { attainOf, checkTogether, simulationOptions, tracedRequests } from './simulate-option.ts'

/** `pincer simulate`: one deployment, request by request. */
export async function simulateAction(options: SimulateOptions, io: Io): Promise<void> {
  checkTogether(options, io.cwd)
  const how = simulationOptions(options)
  const most = tracedRequests(options)
  const scenario: Scenario = parseScenario(await scenarioInput(options, io.cwd))
  const load = await loadInput(options, scenario.workload, io.cwd)
  if (options.findLoad === true) findLoad({ scenario, load, how, options, io })
  else serveLoad({ scenario, load, how, options, io }, most)
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
    notes: [...(load.kind === 'requests' ? load.notes : []), ...cut],
    ...(load.kind === 'requests' ? { offered: offeredOf(load.requests, served) } : {}),
  }
  const files: TextFile[] = []
  if (options.out !== undefined) files.push({ path: options.out, text: requestCsv(served) })
  if (options.svg !== undefined) files.push({ path: options.svg, text: figureSvg(runFigure(view, how.slo)) })
  if (options.perfetto !== undefined) files.push({ path: options.perfetto, text: trace?.text ?? '' })
  writeWholeFiles(files, io.cwd)
  const explanations = options.explain === true ? simulationExplanations(view) : undefined
  if (options.json === true) {
    writeJson({ ...simulationDocument(view), explanations }, io)
    return
  }
  const page = simulationPage(view, new Page(io), io)
  page.section('How the numbers come about', explanationText(explanations, io))
  page.write()
}

function serve(scenario: Scenario, load: Load, options: SimulationOptions): SimulatedScenario {
  return load.kind === 'clients'
    ? simulateClients(scenario, load.loop, options)
    : simulateRequests(scenario, load.requests, options)
}

function offeredOf(
  requests: Extract<Load, { kind: 'requests' }>['requests'],
  { fleet }: SimulatedScenario,
): OfferedLoad | Unknown {
  return offeredLoad(requests, fleet)
}

function findLoad({ scenario, load, how, options, io }: Question): void {
  // `checkTogether` has seen to it that there is a bound.
  const question = { ...how, slo: how.slo ?? {}, attain: attainOf(options) }
  const result =
    load.kind === 'clients'
      ? highestClients(scenario, load.draw, question)
      : highestRate(scenario, load.requests, knownRate(load.rate), question)
  const view = { scenario, result, notes: load.kind === 'requests' ? load.notes : [] }
  if (options.json === true) writeJson(loadDocument(view), io)
  else loadPage(view, new Page(io), io).write()
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
