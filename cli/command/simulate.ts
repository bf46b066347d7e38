import {
  type Policy,
  type Scenario,
  type ServiceLevel,
  type SimulatedScenario,
  type SimulationOptions,
  POLICIES,
  PincerError,
  nearest,
  parseScenario,
  simulateClients,
  simulateRequests,
} from '../../src/index.ts'
import { writeWholeFile } from '../file/write.ts'
import { type Load, loadInput } from '../input/load.ts'
import { parseNumber } from '../input/number.ts'
import { scenarioInput } from '../input/scenario.ts'
import type { Io } from '../io.ts'
import { explanationText } from '../view/explanation.ts'
import { writeJson } from '../view/json.ts'
import { Page } from '../view/page.ts'
import { requestCsv, simulationDocument, simulationPage } from '../view/simulation.ts'
import { simulationExplanations } from './simulate-explanation.ts'
import type { SimulateOptions } from './simulate-definition.ts'

/** `pincer simulate`: one deployment, request by request. */
export async function simulateAction(options: SimulateOptions, io: Io): Promise<void> {
  const scenario: Scenario = parseScenario(await scenarioInput(options, io.cwd))
  const load = await loadInput(options, scenario.workload, io.cwd)
  const served = serve(scenario, load, simulationOptions(options))
  const notes = load.kind === 'requests' ? load.notes : []
  if (options.out !== undefined) writeWholeFile(options.out, requestCsv(served), io.cwd)
  const view = { scenario, served, notes, isClosed: load.kind === 'clients' }
  const explanations = options.explain === true ? simulationExplanations(scenario, served) : undefined
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

function simulationOptions(options: SimulateOptions): SimulationOptions {
  const slo = serviceLevel(options)
  return {
    ...(options.policy === undefined ? {} : { policy: policyOf(options.policy) }),
    ...number('maxSequences', options.maxNumSeqs, 'max-num-seqs'),
    ...number('tokenBudget', options.maxNumBatchedTokens, 'max-num-batched-tokens'),
    ...number('blocks', options.blocks, 'blocks'),
    ...number('blockSize', options.blockSize, 'block-size'),
    ...(slo === undefined ? {} : { slo }),
  }
}

function policyOf(name: string): Policy {
  const found = POLICIES.find((policy) => policy === name)
  if (found !== undefined) return found
  const near = nearest(name, POLICIES)
  const suggestion = near === undefined ? `use one of ${POLICIES.join(', ')}` : `did you mean ${near}?`
  throw new PincerError({
    code: 'invalid_value',
    path: ['policy'],
    message: `unknown scheduler "${name.slice(0, 40)}"`,
    suggestion,
  })
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
