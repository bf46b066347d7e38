import { readFileSync, readdirSync } from 'node:fs'
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
  readonly span: number
  readonly offeredLoad: { readonly rho: number; readonly capacity: number }
  readonly bill: {
    readonly chipHours: number
    readonly cost: { readonly total: { readonly value: number } }
    readonly energy: {
      readonly power: { readonly value: number; readonly basis: string }
      readonly total: { readonly value: number }
    }
  }
  readonly timeline: { readonly span: number; readonly binSeconds: number; readonly queue: readonly number[] }
}

interface TraceEvent {
  readonly ph: string
  readonly name: string
  readonly id?: number
  readonly ts?: number
}

/** Every slice opens and closes inside its request, and time does not go back. */
function checkSlices(events: readonly TraceEvent[], requests: number): void {
  const slices = events.filter(({ ph }) => ph === 'b' || ph === 'e')
  const ids = new Set(slices.map(({ id }) => id))
  expect(ids.size).toBe(requests)
  for (const id of ids) {
    const open: string[] = []
    let last = 0
    for (const { ph, name, ts = Number.NaN } of slices.filter((event) => event.id === id)) {
      expect(ts).toBeGreaterThanOrEqual(last)
      last = ts
      if (ph === 'b') open.push(name)
      else expect(open.pop()).toBe(name)
    }
    expect(open).toEqual([])
  }
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

  it('warns near capacity, and is silent far from it', async () => {
    const at = async (rate: number): Promise<Simulation> =>
      cliJson<Simulation>([...OPEN.slice(0, 6), `uniform:${rate}`, '--requests', '1500'])
    const far = await at(2)
    expect(far.notes.join()).not.toContain('ρ')
    const { capacity } = far.offeredLoad
    expect(far.offeredLoad.rho).toBeCloseTo(2 / capacity, 3)
    const near = await at(0.95 * capacity)
    expect(near.notes.join()).toContain('ρ = 0.95')
    expect(near.notes.join()).toContain('waits are long')
    expect((await at(1.4 * capacity)).notes.join()).toContain('ρ = 1.40')
  })

  it('shows the run over time, what it cost and what it drew', async () => {
    const { out } = await cli([...OPEN, '--price', '3.6'])
    expect(out).toMatch(/^waiting {8}[ ▁▂▃▄▅▆▇█]{60} {2}at most [\d.]+$/m)
    expect(out).toMatch(/^KV cache .* %$/m)
    expect(out).toMatch(/between two tokens( +[\d.]+ ms){5}/)
    const one = await cliJson<Simulation>([...OPEN, '--price', '3.6'])
    expect(one.bill.cost.total.value).toBeCloseTo(one.bill.chipHours * 3.6, 12)
    expect(one.bill.energy.total.value).toBeCloseTo(one.bill.energy.power.value * one.span, 6)
    expect(one.bill.energy.power.basis).toBe('estimate')
    expect(one.timeline.queue).toHaveLength(Math.ceil(one.timeline.span / one.timeline.binSeconds))
    const { code, out: narrow } = await cli(OPEN, { columns: 60 })
    expect(code).toBe(0)
    expect(Math.max(...narrow.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60)
  })

  it('says why the cost is unknown', async () => {
    const argv = ['simulate', '--model', 'llama3-8b', '--chip', 'examples/own-chip.json', '--requests', '20']
    const { out } = await cli(argv)
    expect(out.replaceAll(/\s+/g, ' ')).toContain('n/a — no price is known for')
  })

  it('draws a picture, and traces the first requests', () =>
    inFolder({}, async (cwd) => {
      const files = ['--svg', 'run.svg', '--perfetto', 'run.json', '--perfetto-requests', '40', '--slo-ttft', '300']
      const { code, out } = await cli([...OPEN, ...files], { cwd })
      expect(code).toBe(0)
      expect(out).toContain('first 40 of 300 requests')
      const svg = readFileSync(join(cwd, 'run.svg'), 'utf8')
      expect(svg).toContain('prefers-color-scheme: dark')
      for (const text of ['Requests waiting', 'KV cache in use', 'Time in steps', 'TTFT, ', 'bound 300 ms', '99'])
        expect(svg).toContain(text)
      expect(svg).not.toMatch(/NaN|undefined|Infinity/)
      const { traceEvents } = JSON.parse(readFileSync(join(cwd, 'run.json'), 'utf8')) as { traceEvents: TraceEvent[] }
      checkSlices(traceEvents, 40)
      for (const counter of ['queue', 'running', 'KV cache'])
        expect(traceEvents.some(({ ph, name }) => ph === 'C' && name === counter)).toBe(true)
      expect(readdirSync(cwd).toSorted()).toEqual(['run.json', 'run.svg'])
    }))

  it('writes all files or none', () =>
    inFolder({ 'run.svg': 'old' }, async (cwd) => {
      const { code, err } = await cli([...OPEN, '--svg', 'run.svg', '--perfetto', 'no/run.json'], { cwd })
      expect(code).toBe(2)
      expect(err).toContain('no/run.json: the file cannot be written: its folder does not exist')
      expect(readFileSync(join(cwd, 'run.svg'), 'utf8')).toBe('old')
      expect(readdirSync(cwd)).toEqual(['run.svg'])
    }))

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
        expect(rows[1]).toMatch(/^0,0,100,20,0,0\.\d+,\d\.?\d*,0,finished,0,,0$/)
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
    [['--arrivals', 'poisson'], 'arrivals.rate: "" is not a number'],
    [['--price', '-1'], 'error: '],
    [['--perfetto-requests', '5'], 'no meaning without --perfetto; add --perfetto FILE'],
    [['--perfetto', 'a.json', '--perfetto-requests', '0'], 'perfetto-requests: must be a number from 1'],
    [['--perfetto', 'a.json', '--perfetto-requests', '2.5'], 'give a whole number'],
    [['--out', 'a', '--svg', './a'], 'svg: is the file of --out too'],
    [['--attain', '99'], 'no meaning without --find-load'],
    [['--slo', '500'], 'slo: "500" is no pair of bounds'],
    [['--slo', '-/-'], 'is no pair of bounds'],
    [['--slo', '500/x'], 'slo-tpot: "x" is not a number'],
    [['--slo', '500/20', '--slo-ttft', '9'], 'slo: has no meaning beside'],
    [['--find-load'], 'slo: is needed by --find-load; add --slo-ttft MS'],
    [['--find-load', '--slo-ttft', '500', '--attain', '0'], 'attain: must be a number above 0 to 100'],
    [['--find-load', '--slo-ttft', '500', '--attain', '101'], 'attain: must be a number above 0 to 100'],
    [['--find-load', '--slo-ttft', '500', '--svg', 'a.svg'], 'svg: has no meaning beside --find-load'],
    [['--find-load', '--slo-ttft', '500', '--explain'], 'explain: has no meaning beside --find-load'],
    [['--find-load', '--slo-ttft', '500', '--arrivals', '{"kind":"burst"}'], 'there is no rate to search'],
    [['--find-lod', '--slo-ttft', '500'], 'find-load'],
  ])('refuses %j', async (extra, text) => {
    const { code, err } = await cli(['simulate', '--model', 'llama3-8b', '--chip', 'h100', ...extra])
    expect(code).toBe(2)
    expect(err).toContain(text)
  })
})

interface Search {
  readonly schema: string
  readonly limit: string
  readonly found: { readonly load: number; readonly attainment: number; readonly unknown?: string }
  readonly points: readonly { readonly load: number; readonly isMet: boolean }[]
}

describe('simulate --find-load', () => {
  const LEVEL = ['--find-load', '--slo-ttft', '400', '--slo-tpot', '15']
  const CHIP = ['simulate', '--model', 'llama3-8b', '--chip', 'h100']

  it('finds a rate, which a run at that rate confirms', async () => {
    const argv = [...CHIP, '--requests', '500']
    const { schema, limit, found, points } = await cliJson<Search>([...argv, '--arrivals', 'poisson', ...LEVEL])
    expect(schema).toBe('pincer.load.v1')
    expect(limit).toBe('service level')
    expect(found.attainment).toBeGreaterThanOrEqual(0.99)
    expect(points.map(({ isMet }) => isMet)).toEqual(points.map(({ load }) => load <= found.load))
    const run = await cliJson<{ tpot: { p99: number } }>([...argv, '--arrivals', `poisson:${found.load}`])
    expect(run.tpot.p99).toBeLessThan(0.0151)
    const { out } = await cli([...argv, '--arrivals', 'poisson', ...LEVEL])
    expect(out).toMatch(/^[\d.]+ requests\/s keep the service level/)
    expect(out).toContain('A rate 1 % higher misses it.')
    expect(out).toContain('$ per million output tokens')
  })

  it('finds the number of clients', async () => {
    const { out } = await cli([...CHIP, '--requests', '400', ...LEVEL, '--attain', '90'])
    expect(out).toMatch(/^[\d,]+ clients keep the service level/)
    expect(out).toContain('One client more misses it.')
  })

  it('scales the times of a trace', () =>
    inFolder(
      { 'trace.csv': 'arrival_s,prompt_tokens,output_tokens\n0,100,20\n5,200,10\n9,50,40\n12,90,20\n' },
      async (cwd) => {
        const argv = [...CHIP, '--trace', 'trace.csv', '--find-load', '--slo-ttft', '100', '--slo-tpot', '50']
        const { limit } = await cliJson<Search>(argv, { cwd })
        expect(['capacity', 'service level']).toContain(limit)
      },
    ))

  it('says when no load keeps the level', async () => {
    const argv = [...CHIP, '--requests', '50', '--arrivals', 'poisson', '--find-load', '--slo-ttft', '0.1']
    const { code, out } = await cli(argv)
    expect(code).toBe(0)
    expect(out).toContain('No load keeps the service level')
    expect(out.replaceAll(/\s+/g, ' ')).toMatch(/Bound by one request alone: .* on an idle machine: TTFT [\d.]+ ms/)
  })
})
