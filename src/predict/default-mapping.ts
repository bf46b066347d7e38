import type { Chip } from '../catalog/index.ts'
import { PincerError } from '../issue/index.ts'
import { machineOf } from '../kernel/index.ts'
import { type ModelArch, type WeightFormats, totalLayers } from '../model/index.ts'
import { type Mapping, parseMapping } from '../parallel/index.ts'
import { type Engine, engineProfile } from '../step/index.ts'
import type { Format } from '../units/index.ts'
import { memoryRoom } from './memory.ts'
import type { Scenario, Workload } from './types.ts'

export interface MappingSetting {
  readonly model: ModelArch
  readonly chip: Chip
  readonly weights: WeightFormats
  readonly cache: Format
  readonly workload: Workload
}

/** Most pipeline stages of whole scale-up domains that are tried before a model counts as too large. */
export const MOST_STAGES = 64

/**
 * The smallest replica that holds the weights and one sequence: tensor parallel in powers of two inside a scale-up domain,
 * then pipeline stages of whole domains.
 * @throws PincerError `does_not_fit`
 */
export function defaultMapping(setting: MappingSetting): Mapping {
  for (const mapping of replicaMappings(setting)) {
    if (fits(mapping, setting)) return mapping
  }
  const message = `${setting.model.id} does not fit on ${MOST_STAGES} scale-up domains of ${setting.chip.id}`
  throw new PincerError({ code: 'does_not_fit', path: ['chip'], message })
}

/** Replica mappings from small to large that divide the model's heads. */
export function replicaMappings({ model, chip }: Pick<MappingSetting, 'model' | 'chip'>): Mapping[] {
  const domain = Math.min(machineOf(chip).scaleUpDomain, 64)
  const result: Mapping[] = []
  let widest = 1
  for (let tp = 1; tp <= domain; tp *= 2) {
    if (!dividesHeads(model, tp)) break
    result.push(parseMapping({ tp }, model))
    widest = tp
  }
  const layers = totalLayers(model)
  for (let pp = 2; pp <= Math.min(MOST_STAGES, layers); pp *= 2) result.push(parseMapping({ tp: widest, pp }, model))
  return result
}

/** Tensor parallelism over `chips`, with pipeline stages where the model's heads or the scale-up domain end. */
export function mappingForChips(chips: number, setting: MappingSetting): Mapping {
  const domain = machineOf(setting.chip).scaleUpDomain
  for (let tp = Math.min(chips, domain); tp >= 1; tp--) {
    if (chips % tp === 0 && dividesHeads(setting.model, tp))
      return parseMapping({ tp, pp: chips / tp }, setting.model, ['chips'])
  }
  throw new PincerError({
    code: 'invalid_mapping',
    path: ['chips'],
    message: `${chips} chips cannot be divided into tensor × pipeline ranks`,
  })
}

function dividesHeads(model: ModelArch, tp: number): boolean {
  return model.layers.every(({ mixer }) => mixer.kind === 'none' || mixer.heads % tp === 0)
}

/** Whether a replica holds the weights and one sequence. */
export function fits(mapping: Mapping, setting: MappingSetting, engine: Engine = 'vllm'): boolean {
  const formats = { weights: setting.weights, cache: setting.cache }
  const room = memoryRoom(
    setting.model,
    machineOf(setting.chip),
    mapping,
    formats,
    engineProfile(engine),
    setting.workload,
  )
  return room.capacity >= 1
}

/** Whether a scenario's replica holds the weights and one sequence: what `does_not_fit` says otherwise, without its advice. */
export function holdsModel(scenario: Pick<Scenario, 'mapping' | 'engine' | keyof MappingSetting>): boolean {
  return fits(scenario.mapping, scenario, scenario.engine)
}
