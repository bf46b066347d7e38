import { type Unknown } from '../catalog/index.ts'
import { type ModelArch, paramCounts } from '../model/index.ts'
import { trainingChip, type TrainingPrecision } from './chip.ts'
import type { TrainingConstants } from './constant.ts'
import { predictTraining, type TrainingPrediction } from './predict-training.ts'
import { recipeFor, recipeInput } from './recipe.ts'

/** A published training run as a table states it: counts in units (not billions), blanks left out. */
export interface TrainingRow {
  readonly id: string
  readonly model: string
  /** `dense`, `moe` or prose around one of them. */
  readonly arch: string
  readonly totalParams: number
  readonly activeParams: number
  readonly tokens?: number
  readonly chip: string
  readonly chips?: number
  /** Remarks; `FP8 training` in them sets the precision. */
  readonly notes?: string
}

/**
 * The prediction for one published run. `arch` is the catalog's architecture when the caller resolved the model's name;
 * otherwise, or when its size is not the row's, shapes are inferred from the counts. Precision: what the row's id or remarks say; else FP8 for a model whose
 * original checkpoint is FP8 (it was trained so) on a chip that has it; else BF16.
 * The published setup of the run is taken where there is one (`recipeFor`).
 * @throws PincerError as predictTraining does
 */
export function predictTrainingRow(
  row: TrainingRow,
  arch?: ModelArch,
  constants?: TrainingConstants,
): TrainingPrediction | Unknown {
  const declared = { name: row.model, totalParams: row.totalParams, activeParams: row.activeParams }
  const resolved = arch !== undefined && agrees(row, arch) ? arch : undefined
  const recipe = recipeFor(runModelNames(row.model), row.chip)
  return predictTraining({
    model: resolved ?? declared,
    chip: row.chip,
    precision: rowPrecision(row, resolved),
    ...(recipe === undefined ? {} : recipeInput(recipe)),
    ...(row.tokens === undefined ? {} : { tokens: row.tokens }),
    ...(row.chips === undefined ? {} : { chips: row.chips }),
    ...(constants === undefined ? {} : { constants }),
  })
}

function rowPrecision(row: TrainingRow, arch: ModelArch | undefined): TrainingPrecision {
  if (/fp8/i.test(row.id) || /fp8 training/i.test(row.notes ?? '')) return 'fp8'
  if (/bf16/i.test(row.id) || arch?.checkpoint.ffn !== 'fp8') return 'bf16'
  const chip = trainingChip(row.chip)
  return 'unknown' in chip || chip.peak.fp8 === undefined ? 'bf16' : 'fp8'
}

/**
 * Names to look a run's model up by, most literal first: tables add remarks in brackets and words for the stage of a run
 * (`Llama 3.1 405B (throughput recipe)`, `DeepSeek-V3 pre-training`), and catalogs write names with dashes.
 */
export function runModelNames(name: string): readonly string[] {
  const bare = name.replaceAll(/\s*\([^)]*\)/g, '').trim()
  const stageless = bare.replace(/\s+(pre-training|full training|bf16|fp8)$/i, '')
  const dashed = [bare, stageless].map((each) => each.toLowerCase().replaceAll(/\s+/g, '-'))
  // `llama-3-8b` is also written `llama3-8b`.
  const joined = dashed.map((each) => each.replace(/^([a-z]+)-(\d)/, '$1$2'))
  return [...new Set([bare, stageless, ...dashed, ...joined])]
}

// A name may resolve to another size of the same family; then the row's own counts are the better guide.
function agrees(row: TrainingRow, arch: ModelArch): boolean {
  const { total } = paramCounts(arch)
  return Math.abs(total / row.totalParams - 1) < COUNT_TOLERANCE
}

/** Published totals are rounded to two or three digits and differ in what they count as parameters. */
const COUNT_TOLERANCE = 0.1
