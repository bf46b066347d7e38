import { describe, expect, it } from 'vitest'
import { type Prediction, parseScenario, predictScenario } from '../../src/predict/index.ts'

const DEPLOYMENTS = [
  { model: 'llama3-8b', chip: 'h100-sxm' },
  { model: 'llama3-70b', chip: 'h100-sxm', chips: 4 },
  { model: 'qwen3-235b-a22b', chip: 'b200-sxm', chips: 8 },
  { model: 'gpt-oss-120b', chip: 'h100-sxm', chips: 2 },
]
const LOADS = [1, 8, 64].flatMap((concurrency) => [
  { isl: 1024, osl: 1024, concurrency },
  { isl: 8192, osl: 1024, concurrency },
])

describe.each(['vllm', 'sglang', 'trtllm'])('%s', (engine) => {
  const answers = DEPLOYMENTS.flatMap((deployment) =>
    LOADS.map((workload) => {
      const ask = (rounds: object): Prediction =>
        predictScenario(parseScenario({ ...deployment, engine, workload: { ...workload, ...rounds } }))
      return { steady: ask({}), run: ask({ rounds: 20 }) }
    }),
  )

  it('has a closed form of the steady state that long simulated runs come to', () => {
    const tpot = answers
      .map(({ steady, run }) => Math.abs(steady.tpot.value / run.tpot.value - 1))
      .sort((a, b) => a - b)
    expect(tpot[Math.floor(tpot.length / 2)]).toBeLessThan(0.03)
    expect(tpot.at(-1)).toBeLessThan(0.2)
    for (const { steady, run } of answers) {
      // A run begins with everybody at once, which the steady state has long forgotten: its TTFT is the longer one.
      expect(steady.ttft.value / run.ttft.value).toBeLessThan(1.4)
      expect(steady.ttft.value / run.ttft.value).toBeGreaterThan(0.25)
    }
  })

  it('serves by a benchmark of one client what one client gets', () => {
    for (const { steady, run } of answers.filter(({ steady: { workload } }) => workload.concurrency === 1)) {
      expect(run.tpot.value / steady.tpot.value).toBeGreaterThan(0.95)
      expect(run.tpot.value / steady.tpot.value).toBeLessThan(1.05)
    }
  })
})
