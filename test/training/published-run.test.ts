import { describe, expect, it } from 'vitest'
import { findModel, type ModelArch } from '../../src/model/index.ts'
import { predictTrainingRow, runModelNames, TRAINING_RESIDUALS, type TrainingRow } from '../../src/training/index.ts'

// Chip-hours as their publishers state them (model cards and papers named in docs/training.md).
const REPORTED: readonly (readonly [row: TrainingRow, model: string | undefined, chipHours: number])[] = [
  [run('Llama 2 7B', 6.738e9, 6.738e9, 2e12, 'a100_sxm80'), 'llama-2-7b', 184_320],
  [run('Llama 3.1 405B', 405.85e9, 405.85e9, 15.6e12, 'h100_sxm', 16_384), 'llama-3.1-405b', 30_840_000],
  [run('DeepSeek 67B', 67e9, 67e9, 2e12, 'h800_sxm'), 'deepseek-67b', 601_200],
  [run('DeepSeek-V2', 236e9, 21e9, 8.1e12, 'h800_sxm'), 'deepseek-v2', 1_399_680],
  [run('BLOOM 176B', 176.25e9, 176.25e9, 366e9, 'a100_sxm80', 384), undefined, 1_082_990],
  [run('PaLM 540B', 540.35e9, 540.35e9, 780e9, 'tpu_v4', 6144), undefined, 8_404_992],
]

function run(model: string, total: number, active: number, tokens: number, chip: string, chips?: number): TrainingRow {
  const row = { id: model, model, arch: '', totalParams: total, activeParams: active, tokens, chip }
  return chips === undefined ? row : { ...row, chips }
}

function predictedHours(row: TrainingRow, arch?: ModelArch): { value: number; band90: readonly [number, number] } {
  const prediction = predictTrainingRow(row, arch)
  if ('unknown' in prediction) throw new Error(prediction.unknown)
  if ('unknown' in prediction.chipHours) throw new Error(prediction.chipHours.unknown)
  return prediction.chipHours
}

describe('published runs', () => {
  it.each(REPORTED)('$model: the 90 % band holds the reported chip-hours', (row, model, reported) => {
    const { band90 } = predictedHours(row, model === undefined ? undefined : findModel(model))
    expect(reported).toBeGreaterThan(band90[0])
    expect(reported).toBeLessThan(band90[1])
  })

  it('the counts alone come within a factor of 1.5 of the architecture', () => {
    for (const [row, model] of REPORTED) {
      if (model === undefined) continue
      const ratio = predictedHours(row).value / predictedHours(row, findModel(model)).value
      expect(Math.abs(Math.log(ratio))).toBeLessThan(Math.log(1.5))
    }
  })

  it('an architecture of another size than the row is not used', () => {
    const [row] = REPORTED[0]!
    expect(predictedHours(row, findModel('llama-3.1-405b')).value).toBe(predictedHours(row).value)
  })

  it('half of the fitted runs lie within 25 % when their model is left out', () => {
    expect(Math.exp(TRAINING_RESIDUALS.chipHours.q50) - 1).toBeLessThan(0.25)
    expect(TRAINING_RESIDUALS.chipHours.q80).toBeLessThan(TRAINING_RESIDUALS.chipHours.q90)
    expect(TRAINING_RESIDUALS.mfu.q50).toBeLessThan(TRAINING_RESIDUALS.mfu.q80)
  })
})

describe('runModelNames', () => {
  it.each([
    ['Llama 3.1 405B (throughput recipe)', 'Llama 3.1 405B'],
    ['DeepSeek-V3 pre-training', 'DeepSeek-V3'],
    ['Llama 3 8B', 'llama3-8b'],
  ])('%s is also looked up as %s', (name, wanted) => {
    expect(runModelNames(name)).toContain(wanted)
  })
})
