/**
 * Three recorded vLLM 0.19 runs of 300 requests, against the simulator with step times from the kernel tables of the same GPUs.
 * calibrate/vllm-runs.ts makes the fixtures; nothing in them is fitted to the results. See docs/vllm-runs.md.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  type EngineSettings,
  type RequestTable,
  type SimulationRun,
  TICKS_PER_SECOND,
  type TickTimer,
  simulate,
} from '../../src/serving/index.ts'

/** Columns of differences; content of blocks as runs [first id, ids …]; measured: ms, and µs for `tpot`. */
interface Fixture {
  readonly run: string
  readonly settings: EngineSettings
  readonly timer: Omit<TickTimer, 'tokens'> & { readonly tokens: readonly number[] }
  readonly requests: {
    readonly arrival: readonly number[]
    readonly prompt: readonly number[]
    readonly output: readonly number[]
    readonly prefix: readonly (readonly number[])[]
  }
  readonly measured: { readonly ttft: number[]; readonly tpot: number[]; readonly e2e: number[] }
}

const folder = join(import.meta.dirname, 'fixture')
const fixtures = readdirSync(folder)
  .filter((name) => name.startsWith('vllm-'))
  .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Fixture)

function summed(differences: readonly number[]): Float64Array {
  let sum = 0
  return Float64Array.from(differences, (difference) => (sum += difference))
}

function idsOf(runs: readonly number[]): number[] {
  const ids: number[] = []
  for (let i = 0; i < runs.length; i += 2) for (let k = 0; k < runs[i + 1]!; k++) ids.push(runs[i]! + k)
  return ids
}

function tableOf({ arrival, prompt, output, prefix }: Fixture['requests']): RequestTable {
  const ids = prefix.map(idsOf)
  const start = Float64Array.from([0, ...summed(ids.map((each) => each.length))])
  return {
    count: prompt.length,
    arrival: summed(arrival),
    prompt: Int32Array.from(prompt),
    output: Int32Array.from(output),
    prefix: { blockTokens: 16, start, ids: Int32Array.from(ids.flat()) },
  }
}

/** As the fixture's `measured`, of a simulated run. */
function latencies({ count, arrival, output, firstToken, end }: SimulationRun): Fixture['measured'] {
  const rows = Array.from({ length: count }, (_, i) => i)
  const millisecond = TICKS_PER_SECOND / 1e3
  return {
    ttft: rows.map((i) => (firstToken[i]! - arrival[i]!) / millisecond),
    tpot: rows.map((i) => ((end[i]! - firstToken[i]!) / (output[i]! - 1) / millisecond) * 1e3),
    e2e: rows.map((i) => (end[i]! - arrival[i]!) / millisecond),
  }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const p99 = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.round(0.99 * (values.length - 1))]!

describe('recorded vLLM runs', () => {
  it('are there', () => {
    expect(fixtures.map(({ run }) => run).toSorted()).toEqual([
      'RTX4090_Llama-3.1-8B',
      'RTXPRO6000_Llama-3.1-8B',
      'RTXPRO6000_Qwen3-32B',
    ])
  })

  it.each(fixtures)('$run: mean TPOT within 2 %, E2E 2.5 %, TTFT 10 %, its p99 15 %', (fixture) => {
    const { timer, settings, requests, measured } = fixture
    const run = simulate(tableOf(requests), { ...timer, tokens: summed(timer.tokens) }, settings)
    const predicted = latencies(run)
    expect(run.finished).toBe(300)
    expect(Math.abs(mean(predicted.tpot) / mean(measured.tpot) - 1)).toBeLessThan(0.02)
    expect(Math.abs(mean(predicted.e2e) / mean(measured.e2e) - 1)).toBeLessThan(0.025)
    expect(Math.abs(mean(predicted.ttft) / mean(measured.ttft) - 1)).toBeLessThan(0.1)
    expect(Math.abs(p99(predicted.ttft) / p99(measured.ttft) - 1)).toBeLessThan(0.15)
  })

  it('needs the prefix cache where blocks are short, and the dearer cache reads of mixed steps where they are many', () => {
    const error = (name: string, change: (fixture: Fixture) => Fixture): number => {
      const { timer, settings, requests, measured } = change(fixtures.find(({ run }) => run === name)!)
      const run = simulate(tableOf(requests), { ...timer, tokens: summed(timer.tokens) }, settings)
      return mean(latencies(run).e2e) / mean(measured.e2e) - 1
    }
    const forgetful = error('RTX4090_Llama-3.1-8B', (fixture) => ({
      ...fixture,
      settings: { ...fixture.settings, prefixCache: false },
    }))
    const even = error('RTXPRO6000_Llama-3.1-8B', (fixture) => ({
      ...fixture,
      timer: { ...fixture.timer, mixedCached: fixture.timer.perCached },
    }))
    expect(forgetful).toBeGreaterThan(0.03)
    expect(even).toBeLessThan(-0.08)
  })
})
