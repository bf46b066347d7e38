import {
  type Estimate,
  type ModelArch,
  PincerError,
  type TrainingPrediction,
  type TrainingRow,
  findModel,
  paramCounts,
  predictTrainingRow,
} from '../../src/index.ts'
import { archOf } from '../input/arch.ts'
import { countCell, numberCell, optionalNumberCell, textCell } from './cell.ts'
import {
  type ModelFinder,
  type Predicted,
  type Predictions,
  type RowInputs,
  type RowKind,
  cellLabel,
} from './row-kind.ts'

/** Published training runs. */
export const TRAINING: RowKind = {
  name: 'training',
  required: ['id', 'model', 'total_params_b', 'active_params_b', 'tokens_b', 'chip'],
  inputs: ['id', 'model', 'arch', 'total_params_b', 'active_params_b', 'tokens_b', 'chip', 'n_chips', 'notes'],
  metrics: [
    { name: 'chip_hours', column: 'chip_hours', title: 'chip-hours' },
    { name: 'mfu_pct', column: 'mfu_pct', title: 'MFU' },
  ],
  groups: { chip: cellLabel('chip'), arch: cellLabel('arch') },
  predict: (inputs, models) => runFigures(predictTrainingRow(trainingRow(inputs), archFor(inputs, models))),
  outColumns: ['chip_hours', 'mfu_pct'],
  outCells: ({ chip_hours, mfu_pct }) => [chip_hours?.value, mfu_pct?.value],
}

const BILLION = 1e9

function trainingRow(inputs: RowInputs): TrainingRow {
  const tokens = optionalNumberCell(inputs, 'tokens_b')
  const chips = countCell(inputs, 'n_chips')
  return {
    id: textCell(inputs, 'id'),
    model: textCell(inputs, 'model'),
    arch: inputs.get('arch') ?? '',
    totalParams: numberCell(inputs, 'total_params_b') * BILLION,
    activeParams: numberCell(inputs, 'active_params_b') * BILLION,
    chip: textCell(inputs, 'chip'),
    ...(tokens === undefined ? {} : { tokens: tokens * BILLION }),
    ...(chips === undefined ? {} : { chips }),
    notes: inputs.get('notes') ?? '',
  }
}

/** Counts of one model in two tables differ by embeddings and rounding; beyond this they are two models. */
const SAME_MODEL = 0.05

/** The architecture behind a model in words, when it is public and has the parameters the row states. */
function archFor(inputs: RowInputs, models: ModelFinder): ModelArch | undefined {
  const name = textCell(inputs, 'model').replaceAll(/\s*\([^)]*\)/g, '')
  try {
    const input = models(name)
    const arch = typeof input === 'string' ? findModel(input) : archOf(input)
    const stated = numberCell(inputs, 'total_params_b') * BILLION
    return Math.abs(paramCounts(arch).total / stated - 1) <= SAME_MODEL ? arch : undefined
  } catch (fault) {
    if (fault instanceof PincerError) return undefined
    throw fault
  }
}

function runFigures(run: ReturnType<typeof predictTrainingRow>): Predictions {
  if ('unknown' in run) throw new PincerError({ code: 'unsupported', path: [], message: run.unknown })
  return { ...chipHours(run), mfu_pct: predicted(run.mfu, 100) }
}

function chipHours({ chipHours: hours }: TrainingPrediction): Predictions {
  return 'unknown' in hours ? {} : { chip_hours: predicted(hours, 1) }
}

function predicted({ value, band90: [lo, hi] }: Estimate, factor: number): Predicted {
  return { value: value * factor, lo: lo * factor, hi: hi * factor }
}
