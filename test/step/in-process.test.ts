import { describe, expect, it } from 'vitest'
import { ENGINES, PincerError, engineProfile, parseScenario, predict } from '../../src/index.ts'
import { inProcess } from '../../src/step/index.ts'

const question = {
  model: 'llama3-8b',
  chip: 'h100-sxm',
  workload: { isl: 512, osl: 128, concurrency: 256, spread: 1 },
} as const

describe('an engine in its own process', () => {
  it('keeps its steps and loses its front end', () => {
    for (const engine of ENGINES) {
      const served = engineProfile(engine)
      const alone = inProcess(engine, served)
      const { stepOverhead, launchOverhead, expertLayerOverhead, memoryFraction, prefillFirst } = served
      expect(alone).toMatchObject({ stepOverhead, launchOverhead, expertLayerOverhead, memoryFraction, prefillFirst })
      expect(alone).toMatchObject({ requestOverhead: 0, promptOverhead: 0, turnaround: 0, streamInterval: 0 })
      expect(alone.sequenceOverhead).toBeLessThan(served.sequenceOverhead)
    }
  })

  it('schedules beside the device where the engine does, else for 29 of 62 parts of the time', () => {
    expect(inProcess('trtllm', engineProfile('trtllm')).sequenceOverhead).toBe(0)
    expect(inProcess('sglang', engineProfile('sglang')).sequenceOverhead).toBe(0)
    const { sequenceOverhead } = engineProfile('vllm')
    expect(inProcess('vllm', engineProfile('vllm')).sequenceOverhead).toBeCloseTo((sequenceOverhead * 29) / 62, 12)
  })

  it('answers sooner and makes more tokens', () => {
    for (const engine of ENGINES) {
      const [served, alone] = (['server', 'none'] as const).map((frontEnd) =>
        predict({ ...question, engine, frontEnd }),
      )
      expect(alone!.ttft.value).toBeLessThan(served!.ttft.value)
      expect(alone!.throughput.output.value).toBeGreaterThan(served!.throughput.output.value)
    }
    expect(parseScenario(question).frontEnd).toBe('server')
  })

  it('is a field that must be understood, and means nothing on SRAM machines', () => {
    expect(() => predict({ ...question, frontEnd: 'http' })).toThrow(PincerError)
    expect(() => predict({ model: 'llama3-8b', chip: 'groq-lpu-v1', frontEnd: 'none' })).toThrow(/frontEnd/)
  })
})
