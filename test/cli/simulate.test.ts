import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cli, cliJson, inFolder } from './harness.ts'

interface Simulation {
  readonly schema: string
  readonly requests: { readonly count: number; readonly finished: number }
  readonly ttft: { readonly mean: number; readonly p50: number; readonly p99: number }
  readonly requestRate: number
  readonly littleHolds: boolean
  readonly notes: readonly string[]
}

const OPEN = ['simulate', '--model', 'llama3-8b', '--chip', 'h100', '--arrivals', 'poisson:2', '--requests', '300']

describe('simulate', () => {
  it('serves an open stream, the same for the same seed', async () => {
    const one = await cliJson<Simulation>(OPEN)
    expect(one.schema).toBe('pincer.simulation.v1')
    expect(one.requests).toMatchObject({ count: 300, finished: 300 })
    expect(one.littleHolds).toBe(true)
    expect(one.ttft.p99).toBeGreaterThanOrEqual(one.ttft.p50)
    expect(await cliJson<Simulation>(OPEN)).toEqual(one)
    expect((await cliJson<Simulation>([...OPEN, '--seed', '2'])).ttft.mean).not.toBe(one.ttft.mean)
  })

  it('says that a queue grows without bound', async () => {
    const argv = ['simulate', '--model', 'llama3-70b', '--chip', 'h100', '--chips', '4', '--arrivals', 'poisson:40']
    const { notes } = await cliJson<Simulation>(argv)
    expect(notes.join()).toContain('grows without bound')
    const { out } = await cli(argv)
    expect(out).toContain('grows without bound')
  })

  it('reads a trace and writes a row per request', () =>
    inFolder(
      { 'trace.csv': 'arrival_s,prompt_tokens,output_tokens\n0,100,20\n0.5,200,1\n0.5,50,40\n' },
      async (cwd) => {
        const { code, out } = await cli(
          ['simulate', '--model', 'llama3-8b', '--chip', 'h100', '--trace', 'trace.csv', '--out', 'served.csv'],
          { cwd },
        )
        expect(code).toBe(0)
        expect(out).toContain('3 requests')
        const rows = readFileSync(join(cwd, 'served.csv'), 'utf8').trimEnd().split('\n')
        expect(rows).toHaveLength(4)
        expect(rows[1]).toMatch(/^0,0,100,20,0,0\.\d+,\d\.?\d*,0,finished$/)
      },
    ))

  it.each([
    [['--arrivals', 'poison:3'], 'did you mean "poisson"'],
    [['--arrivals', 'poisson:-1'], 'error: '],
    [['--policy', 'vlm'], 'did you mean vllm'],
    [['--requests', '0'], 'requests: must be a whole number from 1'],
    [['--blocks', '0'], 'error: '],
    [['--seed', 'x'], 'seed: "x" is not a number'],
    [['--slo-ttft', '-5'], 'error: '],
    [['--trace', 'nope.csv'], 'nope.csv'],
    [['--trace', 'a.csv', '--arrivals', 'poisson:1'], 'no meaning beside --trace'],
  ])('refuses %j', async (extra, text) => {
    const { code, err } = await cli(['simulate', '--model', 'llama3-8b', '--chip', 'h100', ...extra])
    expect(code).toBe(2)
    expect(err).toContain(text)
  })
})
