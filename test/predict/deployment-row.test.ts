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

  it('reads a row with the lengths of InferenceX as one of its own, whatever its date says', () => {
    const known = deploymentQuestion({ ...ROW, engine: 'vllm', isl: '8192', osl: '1024' }).scenario
    expect(known).toMatchObject({
      streamInterval: 'harness',
      tokenBudget: 16_384,
      cacheFormat: 'bf16',
      workload: { spread: 0.8 },
    })
    expect(deploymentQuestion({ ...ROW, measured: '2026-01-02' })).toEqual(deploymentQuestion(ROW))
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

  const RACK = {
    ...ROW,
    model: 'deepseek-ai/DeepSeek-R1',
    chip: 'gb200-nvl72',
    precision: 'fp4',
    isl: '1024',
    osl: '1024',
    spec_decode: 'unknown',
  }

  it('reads degrees that no rack divides into as the chips of all pools', () => {
    const few = deploymentQuestion({ ...RACK, concurrency: '64', tp: '36' })
    expect(few.notes).toEqual(['labels repaired: tp 36 read as the chips of all pools'])
    expect(few.scenario['disaggregated']).toEqual({
      prefill: { workers: 1, mapping: { tp: 1, dp: 4 } },
      decode: { workers: 4, mapping: { tp: 8, dp: 1, moeEp: 8 } },
    })
    const label = { mode: 'disaggregated', prefill_tp: '48', decode_tp: '48' }
    const many = deploymentQuestion({ ...RACK, ...label, concurrency: '2150' })
    expect(many.scenario['disaggregated']).toEqual({
      prefill: { workers: 4, mapping: { tp: 1, dp: 4 } },
      decode: { workers: 1, mapping: { tp: 1, dp: 32, moeEp: 32 } },
    })
    expect(few.scenario['speculation']).toBeUndefined()
    for (const other of [{ tp: '8' }, { tp: '36', chip: 'h200-sxm' }, { tp: '36', engine: 'sglang' }]) {
      expect(deploymentQuestion({ ...RACK, ...other }).scenario['disaggregated']).toBeUndefined()
    }
  })

  it.each([
    ['labelled on', { spec_decode: 'on' }, true],
    ['labelled likely off', { spec_decode: 'likely-off', engine_version: '1.1.0' }, false],
    ['unknown before recipes named the version', {}, false],
    ['unknown since they do', { engine_version: '1.1.0rc2.post2' }, true],
    ['unknown, of another length', { engine_version: '1.1.0rc2.post2', isl: '4000' }, false],
    ['unknown on another engine', { engine_version: '1.1.0rc2.post2', engine: 'sglang' }, false],
    ['unknown without a shipped head', { engine_version: '1.1.0rc2.post2', model: 'openai/gpt-oss-120b' }, false],
    ['pools that lost their workers', { mode: 'disaggregated', prefill_tp: '4', decode_tp: '8' }, true],
    [
      'pools that kept them',
      { mode: 'disaggregated', prefill_tp: '4', decode_tp: '8', prefill_workers: '1', decode_workers: '4' },
      false,
    ],
  ])('tells whether a row had drafts: %s', (_, labels, isOn) => {
    const { speculation } = deploymentQuestion({ ...RACK, tp: '8', ...labels }).scenario
    expect(speculation).toEqual(isOn ? { draft: 1, acceptance: 0.85 } : undefined)
  })
})
