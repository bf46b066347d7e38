import {
  type Chip,
  type ClientsAtSpeed,
  type Engine,
  type ExplainedStep,
  type Format,
  type Known,
  type Lever,
  type Mapping,
  PincerError,
  type PreparedScenario,
  type Scenario,
  type SearchPoint,
  type SearchQuestion,
  type Source,
  type TokenBill,
  clientsAtSpeed,
  explainLevers,
  explainStep,
  findChip,
  findSource,
  isKnown,
  parseChip,
  parseScenario,
  planSearch,
  prepareScenario,
  searchPart,
  tokenBill,
  totalLayers,
  valueOf,
} from '../../../src/index.ts'
import type { Call } from '../protocol.ts'

type Given = Readonly<Record<string, unknown>>

/** The fields of a scenario file that a page fills in. */
export interface DeploymentScenario {
  readonly model: string | Given
  readonly chip: string | Given
  readonly precision?: Format
  readonly cacheFormat?: Format
  readonly engine?: Engine
  /** Left out, and no mapping given: a node of a GPU, the smallest system of an SRAM machine. */
  readonly chips?: number
  readonly mapping?: Partial<Mapping>
  readonly chipHour?: number
  readonly workload: { readonly isl: number; readonly osl: number; readonly concurrency: number }
}

/** One deployment, and what is asked of it. */
export interface DeploymentQuestion {
  readonly scenario: DeploymentScenario
  /** Instead of the clients of the scenario: as many as each get so many tokens per second. */
  readonly userSpeed?: number
}

/** Sizes that the picture of the mapping needs. */
export interface Shape {
  readonly kind: Chip['kind']
  readonly mapping: Mapping
  readonly layers: number
  /** Routed experts of a layer; 0 where there are none. */
  readonly experts: number
  /** Attention heads of the widest layer. */
  readonly heads: number
  /** Chips of a node and of a scale-up domain, where they are published. */
  readonly node?: number
  readonly domain?: number
}

export interface DeploymentAnswer {
  readonly step: ExplainedStep
  readonly tokens: TokenBill
  /** The speed that was asked for, and what it comes to. */
  readonly userSpeed?: number
  readonly atSpeed?: ClientsAtSpeed
  readonly shape: Shape
  readonly chip: Pick<Chip, 'memory' | 'peak' | 'power' | 'name' | 'id'>
  readonly utilisation: number
  readonly sources: Readonly<Record<string, Source>>
  /** The scenario that `predict` was asked, all chosen values in it. */
  readonly scenario: DeploymentScenario
}

/** A deployment that is prepared: only the clients are open. */
interface Prepared {
  readonly given: DeploymentScenario
  readonly scenario: Scenario
  readonly prepared: PreparedScenario
}

/** A slider asks for the same deployment many times, and a hand goes back and forth between a few. */
const known = new Map<string, Prepared>()
const MOST_KNOWN = 16

function answer({ scenario: given, userSpeed }: DeploymentQuestion): DeploymentAnswer {
  const { scenario, prepared, given: chosen } = preparedFor(given)
  const atSpeed = userSpeed === undefined ? undefined : clientsAtSpeed(prepared, userSpeed)
  const concurrency = atSpeed?.clients ?? given.workload.concurrency
  const asked: Scenario = { ...scenario, workload: { ...scenario.workload, concurrency } }
  const prediction = prepared.predict(concurrency)
  const tokens = tokenBill(asked, prediction)
  const { memory, peak, power, name, id } = scenario.chip
  return {
    step: explainStep(asked, prediction),
    tokens,
    ...(userSpeed === undefined ? {} : { userSpeed }),
    ...(atSpeed === undefined ? {} : { atSpeed }),
    shape: shapeOf(scenario),
    chip: { memory, peak, power, name, id },
    utilisation: scenario.utilisation,
    sources: sourcesOf(scenario.chip, [
      ...prediction.evidence.sources,
      ...cited(prediction.cost.chipHour),
      ...cited(prediction.energy.power),
      ...cited(tokens.grid),
    ]),
    scenario: { ...chosen, workload: { ...given.workload, concurrency } },
  }
}

function preparedFor(given: DeploymentScenario): Prepared {
  const key = JSON.stringify({ ...given, workload: { ...given.workload, concurrency: 1 } })
  let found = known.get(key)
  // The load of this question is checked as any scenario is, also where the rest is prepared already.
  if (found !== undefined) parseScenario({ ...found.given, workload: given.workload })
  else {
    found = preparedOn(given)
    if (known.size >= MOST_KNOWN) known.delete(known.keys().next().value ?? '')
    known.set(key, found)
  }
  return found
}

// A machine is bought by the node. What does not fit one takes the smallest replica that holds it.
function preparedOn(given: DeploymentScenario): Prepared {
  const node = nodeOf(given)
  if (node === undefined) return made(given)
  try {
    return made({ ...given, chips: node })
  } catch (fault) {
    if (!(fault instanceof PincerError) || fault.issues[0]?.code !== 'does_not_fit') throw fault
    return made(given)
  }
}

function made(given: DeploymentScenario): Prepared {
  const scenario = parseScenario(given)
  return { given, scenario, prepared: prepareScenario(scenario) }
}

/** Chips of a node where nobody says how many to use. */
function nodeOf({ chip: given, chips, mapping }: DeploymentScenario): number | undefined {
  if (chips !== undefined || mapping !== undefined) return undefined
  const chip = typeof given === 'string' ? findChip(given) : parseChip(given)
  return chip.kind === 'hbm' ? valueOf(chip.node.chips) : undefined
}

function shapeOf({ chip, mapping, model }: Scenario): Shape {
  const node = valueOf(chip.node.chips)
  const domain = valueOf(chip.scaleUp.domain)
  const experts = Math.max(0, ...model.layers.map(({ ffn }) => (ffn.kind === 'moe' ? ffn.experts : 0)))
  const heads = Math.max(0, ...model.layers.map(({ mixer }) => ('heads' in mixer ? mixer.heads : 0)))
  return {
    kind: chip.kind,
    mapping,
    layers: totalLayers(model),
    experts,
    heads,
    ...(node === undefined ? {} : { node }),
    ...(domain === undefined ? {} : { domain }),
  }
}

function sourcesOf(chip: Chip, ids: readonly string[]): Record<string, Source> {
  const figures = [
    ...chip.memory.flatMap(({ capacity, bandwidth }) => [capacity, bandwidth]),
    ...Object.values(chip.peak),
    chip.power.tdp,
    chip.power.allIn,
  ]
  const all = new Set([...ids, ...figures.flatMap(cited)])
  return Object.fromEntries([...all].flatMap(publication))
}

function cited(figure: Known): string[] {
  return isKnown(figure) ? [figure.source] : []
}

// "given" and "derived" are no publications.
function publication(id: string): [string, Source][] {
  try {
    return [[id, findSource(id)]]
  } catch (fault) {
    if (fault instanceof PincerError) return []
    throw fault
  }
}

/** Which input changed by a factor of two would change the answer most. */
function levers(question: DeploymentQuestion): readonly Lever[] {
  const { scenario } = answer(question)
  const asked = parseScenario(scenario)
  return explainLevers(asked, prepareScenario(asked).predict(asked.workload.concurrency))
}

/** One way to lay the model over the chips, under the load that was asked. */
export interface LaidOut {
  readonly mapping: Partial<Mapping>
  readonly load: SearchPoint['load']
}

/** All ways that `search` tries on so many chips, best first: each has the numbers that `predict` gives it. */
async function mappings(question: DeploymentQuestion, call: Call): Promise<readonly LaidOut[]> {
  const { scenario, step, chip } = answer(question)
  const { model, precision, engine, chipHour, cacheFormat, workload } = scenario
  const asked: SearchQuestion = {
    model,
    chips: [scenario.chip],
    ...(precision === undefined ? {} : { precisions: [precision] }),
    ...(engine === undefined ? {} : { engines: [engine] }),
    ...(cacheFormat === undefined ? {} : { cacheFormat }),
    ...(chipHour === undefined ? {} : { prices: { [chip.id]: chipHour } }),
    concurrencies: [workload.concurrency],
    workload,
  }
  const plan = planSearch(asked)
  const found: LaidOut[] = []
  for (const [place, { mapping, precision: format }] of plan.candidates.entries()) {
    call.progress(place, plan.candidates.length)
    const isOther = format !== precision || mapping === undefined || chipsIn(mapping) !== step.prediction.chips
    if (isOther) continue
    await call.pause()
    for (const { load } of searchPart(plan, place, place + 1).frontier) found.push({ mapping: plainOf(mapping), load })
  }
  return found.toSorted((a, b) => b.load.throughput.outputPerChip.value - a.load.throughput.outputPerChip.value)
}

type Degrees = { readonly [K in keyof Mapping]?: number | undefined }

function chipsIn({ tp = 1, pp = 1, dp = 1 }: Degrees): number {
  return tp * pp * dp
}

function plainOf(mapping: Degrees): Partial<Mapping> {
  return Object.fromEntries(Object.entries(mapping).filter(([, degree]) => degree !== undefined))
}

export const methods = { answer, levers, mappings }
