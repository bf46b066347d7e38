import { type Chip, findChip, isKnown, parseChip } from '../catalog/index.ts'
import { machineFor, servedPrecision } from '../dataflow/index.ts'
import { type TcoQuestion, isBuildUp, parseTco } from '../economics/index.ts'
import { PincerError, nearest } from '../issue/index.ts'
import { type ModelArch, declaredArch, findModel, formatsFor, parseConfig } from '../model/index.ts'
import { type Mapping, parseMapping } from '../parallel/index.ts'
import type { Engine, Speculation } from '../step/index.ts'
import { defaultMapping, mappingForChips } from './default-mapping.ts'
import { balancedWorkers } from './infer-pools.ts'
import { type ScenarioFile, parseScenarioFile } from './scenario-file.ts'
import type { Pool, Scenario, Workload } from './types.ts'
import { HARNESS, WORKLOADS } from './workload.ts'

/**
 * Acceptance assumed for a shipped draft head when none is given: DeepSeek-V3 reports 85–90 % for the second token
 * (technical report §5.4.3); three drafts in a row fare worse.
 */
export const DEFAULT_SPECULATION: Speculation = { draft: 3, acceptance: 0.7 }

/**
 * A question as JSON → everything looked up and checked.
 * @throws PincerError with the path of each faulty field.
 */
export function parseScenario(input: unknown): Scenario {
  return resolve(parseScenarioFile(input))
}

const OVERLAP_NOTE =
  'two halves of each batch overlap, at best: the bands are those of deployments that were measured, most of which do not'

function resolve(file: ScenarioFile): Scenario {
  const notes: string[] = calibrationNotes(file, file.engine ?? 'vllm')
  if (file.overlap !== undefined) notes.push(OVERLAP_NOTE)
  const model = resolveModel(file.model)
  const chip = typeof file.chip === 'string' ? findChip(file.chip) : parseChip(file.chip)
  refuseLayout(file, chip)
  refuseCalibration(file, chip)
  const load = resolveWorkload(file.workload)
  const asked = file.precision ?? (chip.kind === 'sram' ? servedPrecision(model, machineFor(chip)) : undefined)
  const precision = asked ?? model.checkpoint.ffn
  const weights = asked === undefined ? model.checkpoint : formatsFor(model, asked)
  const cache = file.cacheFormat ?? 'bf16'
  const mapping = resolveMapping(file, { model, chip, weights, cache, workload: load }, notes)
  const money = resolveMoney(file)
  const scenario: Scenario = {
    model,
    chip,
    precision,
    weights,
    cache,
    engine: file.engine ?? 'vllm',
    mapping,
    workload: load,
    streamInterval: file.streamInterval ?? 1,
    frontEnd: file.frontEnd ?? 'server',
    utilisation: money.utilisation,
    notes,
    ...optional('machines', file.machines ?? (chip.kind === 'sram' ? file.chips : undefined)),
    ...optional('chipHour', file.chipHour),
    ...optional('tco', money.tco),
    ...optional('tokenBudget', file.tokenBudget),
    ...optional('overlap', file.overlap),
    ...optional('calibration', file.calibration),
    ...speculationOf(file),
  }
  return file.disaggregated === undefined
    ? scenario
    : { ...scenario, disaggregated: pools(file.disaggregated, scenario, notes) }
}

// One utilisation and one price: what is said twice must agree, and a price leaves nothing to build up.
function resolveMoney(file: ScenarioFile): { tco: TcoQuestion | undefined; utilisation: number } {
  const tco = file.tco === undefined ? undefined : parseTco(file.tco, ['tco'])
  if (file.chipHour !== undefined && isBuildUp(tco)) {
    const message = 'a price of the chip-hour leaves nothing to build up'
    throw new PincerError({ code: 'invalid_value', path: ['chipHour'], message, suggestion: 'leave it or "tco" out' })
  }
  const built = tco?.inputs.utilisation
  if (built === undefined) return { tco, utilisation: file.utilisation ?? 1 }
  if (!isKnown(built)) {
    throw new PincerError({ code: 'missing_field', path: ['tco', 'inputs', 'utilisation'], message: built.unknown })
  }
  if (file.utilisation !== undefined && file.utilisation !== built.value) {
    const message = `is ${file.utilisation} here and ${built.value} in the inputs of the owner`
    throw new PincerError({
      code: 'invalid_value',
      path: ['utilisation'],
      message,
      suggestion: 'leave one of them out',
    })
  }
  return { tco, utilisation: built.value }
}

function speculationOf({
  speculation: given,
  isDraftingUnknown,
}: ScenarioFile): Pick<Scenario, 'speculation' | 'isDraftingUnknown'> {
  if (given === 'unknown') return { isDraftingUnknown: true }
  return {
    ...optional('speculation', given === 'default' ? DEFAULT_SPECULATION : given),
    ...(isDraftingUnknown === true ? { isDraftingUnknown } : {}),
  }
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V })
}

function resolveModel(model: ScenarioFile['model']): ModelArch {
  if (typeof model === 'string') return findModel(model)
  const id =
    typeof model['id'] === 'string'
      ? model['id']
      : typeof model['_name_or_path'] === 'string'
        ? model['_name_or_path']
        : 'custom'
  const { totalParams, activeParams } = model
  if (Object.hasOwn(model, 'totalParams'))
    return declaredArch({
      id,
      name: id,
      totalParams: Number(totalParams),
      activeParams: Number(activeParams ?? totalParams),
    })
  const config = Object.hasOwn(model, 'config') ? model['config'] : model
  return parseConfig(config, { id })
}

function resolveWorkload(given: ScenarioFile['workload']): Workload {
  const chat = WORKLOADS.get('chat')!
  if (given === undefined) return chat
  if (typeof given === 'object') {
    const { isl, osl, concurrency, spread, rounds } = given
    return {
      isl: isl ?? chat.isl,
      osl: osl ?? chat.osl,
      concurrency: concurrency ?? chat.concurrency,
      spread: spread ?? HARNESS.spread,
      ...optional('rounds', rounds),
    }
  }
  const preset = WORKLOADS.get(given)
  if (preset !== undefined) return preset
  const names = [...WORKLOADS.keys()]
  const near = nearest(given, names)
  throw new PincerError({
    code: 'invalid_value',
    path: ['workload'],
    message: `unknown workload "${given.slice(0, 60)}"`,
    suggestion:
      near === undefined
        ? `use one of ${names.join(', ')} or {"isl", "osl", "concurrency"}`
        : `did you mean "${near}"?`,
  })
}

type MappingSetting = Pick<Scenario, 'model' | 'chip' | 'weights' | 'cache' | 'workload'>

// What would be dropped in silence is refused: the dataflow room lays out SRAM machines by itself, and pools have mappings of their own.
function refuseLayout(file: ScenarioFile, chip: Chip): void {
  for (const field of ['mapping', 'disaggregated', 'engine', 'frontEnd', 'overlap'] as const) {
    if (chip.kind !== 'sram' || file[field] === undefined) continue
    const message = `has no meaning on ${chip.id}, whose layout follows from its memory`
    throw new PincerError({ code: 'invalid_value', path: [field], message, suggestion: 'use "chips"' })
  }
  if (file.mapping === undefined || file.disaggregated === undefined) return
  throw new PincerError({
    code: 'invalid_value',
    path: ['mapping'],
    message: 'has no meaning beside pools, which have mappings of their own',
  })
}

// Its factors are those of engines and GPUs.
function refuseCalibration({ calibration }: ScenarioFile, chip: Chip): void {
  if (calibration === undefined || chip.kind !== 'sram') return
  const message = `has no meaning on ${chip.id}, whose constants come from published speeds`
  throw new PincerError({ code: 'invalid_value', path: ['calibration'], message })
}

function calibrationNotes({ calibration }: ScenarioFile, engine: Engine): string[] {
  if (calibration === undefined) return []
  const isOwn = calibration.engines[engine] !== undefined
  return [
    'constants calibrated by measurements of one’s own; bands are those of the shipped fit',
    ...(isOwn ? [] : [`the calibration has no rows of ${engine}: its host times stay as shipped`]),
  ]
}

function resolveMapping(file: ScenarioFile, setting: MappingSetting, notes: string[]): Mapping {
  if (setting.chip.kind === 'sram') return { tp: 1, pp: 1, dp: 1, moeTp: 1, moeEp: 1 }
  if (file.mapping !== undefined) return parseMapping(file.mapping, setting.model)
  if (file.disaggregated !== undefined)
    return parseMapping(file.disaggregated.decode.mapping, setting.model, ['disaggregated', 'decode', 'mapping'])
  if (file.chips !== undefined) return mappingForChips(file.chips, setting)
  const mapping = defaultMapping(setting)
  notes.push(
    `mapping not given: the smallest that holds the model, tp ${mapping.tp}${mapping.pp > 1 ? ` × pp ${mapping.pp}` : ''}`,
  )
  return mapping
}

function pools(
  file: NonNullable<ScenarioFile['disaggregated']>,
  scenario: Scenario,
  notes: string[],
): { prefill: Pool; decode: Pool } {
  const mappingOf = (role: 'prefill' | 'decode'): Mapping =>
    parseMapping(file[role].mapping, scenario.model, ['disaggregated', role, 'mapping'])
  const mappings = { prefill: mappingOf('prefill'), decode: mappingOf('decode') }
  const given = { prefill: file.prefill.workers, decode: file.decode.workers }
  const workers =
    given.prefill === undefined || given.decode === undefined
      ? balancedWorkers(scenario, mappings, given)
      : { prefill: given.prefill, decode: given.decode }
  if (workers.prefill !== given.prefill || workers.decode !== given.decode)
    notes.push(`workers not given: ${workers.prefill} × prefill and ${workers.decode} × decode balance the pools`)
  return {
    prefill: { workers: workers.prefill, mapping: mappings.prefill },
    decode: { workers: workers.decode, mapping: mappings.decode },
  }
}
