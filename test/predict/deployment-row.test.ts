import { describe, expect, it } from 'vitest'
import { deploymentQuestion, parseScenario } from '../../src/predict/index.ts'

const ROW = {
  model: 'Qwen/Qwen3-32B',
  chip: 'h100-sxm',
  precision: 'fp8',
  engine: 'trtllm',
  isl: '2048',
  osl: '256',
  concurrency: '16',
  tp: '2',
}

describe('deploymentQuestion', () => {
  it('reads a row without date or InferenceX lengths as NVIDIA’s own: fixed lengths, one prompt a step', () => {
    const { scenario } = deploymentQuestion(ROW)
    expect(scenario).toMatchObject({
      streamInterval: 1,
      tokenBudget: 2176, // ⌈(2048 + 16 + 64)/64⌉·64
      cacheFormat: 'fp8',
      workload: { spread: 1, rounds: 10 },
    })
  })

  it('reads a dated row, or one with its lengths, as InferenceX’s', () => {
    const dated = deploymentQuestion({ ...ROW, engine: 'vllm', measured: '2026-01-02' }).scenario
    expect(dated).toMatchObject({
      streamInterval: 'harness',
      tokenBudget: 4096,
      cacheFormat: 'bf16',
      workload: { spread: 0.8 },
    })
    const known = deploymentQuestion({ ...ROW, isl: '8192', osl: '1024' }).scenario
    expect(known).toMatchObject({ streamInterval: 'harness', workload: { spread: 0.8 } })
  })

  it('balances pools whose workers are blank', () => {
    const pools = {
      ...ROW,
      model: 'deepseek-ai/DeepSeek-R1',
      chip: 'b200-sxm',
      mode: 'disaggregated',
      isl: '1024',
      osl: '1024',
      prefill_tp: '4',
      decode_tp: '8',
    }
    const few = parseScenario(deploymentQuestion(pools).scenario)
    const many = parseScenario(deploymentQuestion({ ...pools, concurrency: '4096' }).scenario)
    expect(few.disaggregated?.prefill.mapping).toMatchObject({ tp: 1, dp: 4, moeEp: 4 })
    expect(few.disaggregated?.decode.mapping).toMatchObject({ tp: 8, dp: 1, moeEp: 8 })
    expect(many.disaggregated?.decode.mapping).toMatchObject({ tp: 1, dp: 8, moeEp: 8 })
    expect(few.disaggregated!.decode.workers).toBeGreaterThan(many.disaggregated!.decode.workers)
    expect(few.notes.some((note) => note.startsWith('workers not given'))).toBe(true)
  })

  it('keeps the workers a row gives', () => {
    const scenario = parseScenario(
      deploymentQuestion({
        ...ROW,
        mode: 'disaggregated',
        prefill_workers: '3',
        prefill_tp: '1',
        decode_workers: '2',
        decode_tp: '4',
      }).scenario,
    )
    expect(scenario.disaggregated).toMatchObject({ prefill: { workers: 3 }, decode: { workers: 2 } })
  })
})
