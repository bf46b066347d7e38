import file from '../../catalog/training-recipes.json' with { type: 'json' }
import { PincerError, nearest } from '../issue/index.ts'
import { trainingChip, type TrainingPrecision } from './chip.ts'
import type { Recompute, TrainingPlan } from './mapping.ts'
import type { TrainingInput } from './predict-training.ts'
import type { PipelineSchedule } from './schedule.ts'

/** How a published run was set up; what its publisher does not say is absent. */
export interface TrainingRecipe {
  readonly id: string
  /** Models it is about, in their publishers' words. */
  readonly models: readonly string[]
  /** The chip it is about; any when absent. */
  readonly chip?: string
  readonly batchTokens?: number
  readonly sequence?: number
  readonly precision?: TrainingPrecision
  readonly recompute?: Recompute
  readonly plan?: TrainingPlan
  readonly schedule?: PipelineSchedule
  readonly source: string
  readonly note: string
}

// The file is checked by a test; its literals only widen on import.
const RECIPES = file.recipes as unknown as readonly TrainingRecipe[]

/** The published setups of training runs. */
export function trainingRecipes(): readonly TrainingRecipe[] {
  return RECIPES
}

/**
 * A recipe by its id.
 * @throws PincerError for an id that no recipe has, with the nearest that one has
 */
export function findRecipe(id: string): TrainingRecipe {
  const found = RECIPES.find((recipe) => recipe.id === id.toLowerCase())
  if (found !== undefined) return found
  const ids = RECIPES.map((recipe) => recipe.id)
  const near = nearest(id, ids)
  throw new PincerError({
    code: 'invalid_value',
    path: ['recipe'],
    message: `unknown recipe "${id.slice(0, 60)}"`,
    suggestion: near === undefined ? `recipes: ${ids.join(', ')}` : `did you mean "${near}"?`,
  })
}

/** The recipe of the model that one of `names` is, on `chip`; undefined when none is published. */
export function recipeFor(names: readonly string[], chip: string): TrainingRecipe | undefined {
  const plain = new Set(names.map(plainName))
  const found = trainingChip(chip)
  const id = 'unknown' in found ? chip : found.id
  return RECIPES.find(
    (recipe) => recipe.models.some((model) => plain.has(plainName(model))) && [undefined, id].includes(recipe.chip),
  )
}

/** What a recipe says of a run; its precision is the row's or the caller's to take. */
export function recipeInput(recipe: TrainingRecipe): Partial<TrainingInput> {
  const { batchTokens, sequence, recompute, schedule, plan } = recipe
  return {
    ...(batchTokens === undefined ? {} : { batchTokens }),
    ...(sequence === undefined ? {} : { sequence }),
    ...(recompute === undefined ? {} : { recompute }),
    ...(schedule === undefined ? {} : { schedule }),
    ...(plan === undefined ? {} : { plan }),
  }
}

function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]+/g, '')
}
