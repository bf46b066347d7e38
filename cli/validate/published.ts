import { type Chip, PincerError, findChip, findModelEntry } from '../../src/index.ts'
import type { ModelInput } from '../input/model.ts'
import { countCell, optionalNumberCell, textCell } from './cell.ts'
import { gpuSpeed } from './published-gpu.ts'
import { labelRemarks, requireLabels } from './published-label.ts'
import { sramSpeed } from './published-sram.ts'
import {
  type ModelFinder,
  type Predicted,
  type Predictions,
  type RowInputs,
  type RowKind,
  cellLabel,
} from './row-kind.ts'

/** Speeds published for machines: press, benchmarks, vendors. */
export const PUBLISHED: RowKind = {
  name: 'published',
  required: ['id', 'model', 'chip'],
  inputs: [
    'id',
    'model',
    'total_params_b',
    'active_params_b',
    'chip',
    'n_chips',
    'concurrency',
    'context',
    'precision',
    'spec_decode',
    'date',
    'scenario',
  ],
  metrics: [
    { name: 'tok_s_per_user', column: 'tok_s_per_user', title: 'tokens/s per user' },
    { name: 'throughput_tok_s', column: 'throughput_tok_s', title: 'tokens/s' },
    { name: 'power_w', column: 'power_w', title: 'power' },
  ],
  groups: {
    machine: machineLabel,
    chip: cellLabel('chip'),
    model: cellLabel('model'),
    scenario: cellLabel('scenario'),
  },
  predict: (inputs, models) => {
    requireLabels(inputs)
    return fleetSpeed(inputs, modelFor(inputs, models))
  },
  remarks: labelRemarks,
  outColumns: ['tok_s_per_user', 'throughput_tok_s', 'power_w'],
  outCells: (of) => [of['tok_s_per_user']?.value, of['throughput_tok_s']?.value, of['power_w']?.value],
}

/** What a row says of one fleet of equal chips. */
export interface PublishedSetting {
  readonly model: ModelInput
  readonly chip: Chip
  readonly chips: number | undefined
  readonly inputs: RowInputs
}

function machineLabel(inputs: RowInputs): string {
  try {
    return fleetOf(inputs).every(({ kind }) => kind === 'sram') ? 'SRAM or dataflow' : 'HBM'
  } catch {
    return 'unknown'
  }
}

function fleetOf(inputs: RowInputs): Chip[] {
  return textCell(inputs, 'chip')
    .split('+')
    .map((name) => findChip(name))
}

/** The user's config, the catalog's model, or a stand-in with the row's parameter counts. */
function modelFor(inputs: RowInputs, models: ModelFinder): ModelInput {
  const id = textCell(inputs, 'model')
  const input = models(id)
  if (typeof input !== 'string' || isCatalogModel(input)) return input
  const total = optionalNumberCell(inputs, 'total_params_b')
  // Nothing to stand in with: the engine says what is wrong with the name.
  if (total === undefined) return input
  const active = optionalNumberCell(inputs, 'active_params_b') ?? total
  return { id, totalParams: total * 1e9, activeParams: active * 1e9 }
}

function isCatalogModel(id: string): boolean {
  try {
    return findModelEntry(id) !== undefined
  } catch (fault) {
    if (fault instanceof PincerError) return false
    throw fault
  }
}

/** A mixed fleet ("mi300x+mi325x") is taken as equal shares of its chips: rates of whole fleets of each are averaged. */
function fleetSpeed(inputs: RowInputs, model: ModelInput): Predictions {
  const chips = countCell(inputs, 'n_chips')
  const speeds = fleetOf(inputs).map((chip) => {
    const setting = { model, chip, chips, inputs }
    return chip.kind === 'sram' ? sramSpeed(setting) : gpuSpeed(setting)
  })
  const [first = {}] = speeds
  return Object.fromEntries(
    Object.keys(first).map((metric) => [metric, averaged(speeds.map((speed) => speed[metric]))]),
  )
}

function averaged(parts: readonly (Predicted | undefined)[]): Predicted {
  const known = parts.filter((part) => part !== undefined)
  const mean = (end: 'value' | 'lo' | 'hi'): number => known.reduce((sum, part) => sum + part[end], 0) / known.length
  return { value: mean('value'), lo: mean('lo'), hi: mean('hi') }
}
