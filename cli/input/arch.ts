import { type ModelArch, declaredArch, findModel, parseConfig } from '../../src/index.ts'
import type { ModelInput } from './model.ts'

/**
 * The architecture behind a model input.
 * @throws PincerError as the model room does
 */
export function archOf(input: ModelInput): ModelArch {
  if (typeof input === 'string') return findModel(input)
  if ('config' in input) return parseConfig(input.config, { id: input.id })
  const { id, totalParams, activeParams = totalParams } = input
  return declaredArch({ id, name: id, totalParams, activeParams })
}
