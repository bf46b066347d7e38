import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cli, cliJson, inFolder } from './harness.ts'

interface ReplicaRow {
  readonly requests: number
  readonly utilisation: number
  readonly hitShare: number
  readonly peakShare: number
}

interface FleetRun {
  readonly chips: number
  readonly requests: { readonly count: number; readonly finished: number }
  readonly settings: { readonly speculation?: object; readonly ranks?: number; readonly hostUnits?: number }
  readonly fleet?: {
    readonly replicas: number
    readonly router: string
    readonly decode?: { readonly replicas: number }
    readonly transfer?: { readonly perToken: number; readonly underWay: number }
    readonly pools: readonly { readonly pool: string; readonly replicas: readonly ReplicaRow[] }[]
  }
  readonly hitShare: number
  readonly hostShare: number
  readonly littleHolds: boolean
  readonly utilisation: number
  readonly offeredLoad: { readonly rho: number; readonly capacity: number }
  readonly timeline: { readonly span: number; readonly binSeconds: number; readonly queue: readonly number[] }
  readonly notes: readonly string[]
  readonly ttft: { readonly mean: number }
}

const LLAMA = ['simulate', '--model', 'llama3-8b', '--chip', 'h100']
const OPEN = [...LLAMA, '--arrivals', 'poisson:6', '--requests', '200', '--workload', '512/64']
const AGENTS = [...LLAMA, '--arrivals', 'agent:1', '--sessions', '30']
const POOLS = ['--prefill-tp', '1', '--prefill-workers', '2', '--decode-tp', '2']

/** Mooncake rows: five conversations that share their first 512 tokens. */
const TRACE = Array.from({ length: 20 }, (_, i) => {
  const turn = Math.floor(i / 5)
  const ids = [0, ...Array.from({ length: turn + 1 }, (_block, j) => 100 * (i % 5) + j + 1)]
  return JSON.stringify({ timestamp: 400 * i, input_length: 512 * ids.length - 8, output_length: 20, hash_ids: ids })
}).join('\n')

describe('simulate --replicas', () => {
  it('serves behind a router: chips, replicas, timeline', async () => {
    const run = await cliJson<FleetRun>([...OPEN, '--replicas', '4'])
    expect(run).toMatchObject({ chips: 4, littleHolds: true, fleet: { replicas: 4, router: 'least-loaded' } })
    const [pool] = run.fleet!.pools
    expect(pool!.pool).toBe('all')
    expect(pool!.replicas.reduce((sum, { requests }) => sum + requests, 0)).toBe(200)
    const mean = pool!.replicas.reduce((sum, { utilisation }) => sum + utilisation, 0) / 4
    expect(mean).toBeCloseTo(run.utilisation, 9)
    expect(run.timeline.queue).toHaveLength(Math.ceil(run.timeline.span / run.timeline.binSeconds))
    const one = await cliJson<FleetRun>(OPEN)
    expect(one.fleet).toBeUndefined()
    expect(run.offeredLoad.capacity / one.offeredLoad.capacity).toBeCloseTo(4, 6)
  })

  it('shows a table of them, and the router in the title', async () => {
    const { out } = await cli([...OPEN, '--replicas', '20', '--router', 'round-robin'])
    expect(out).toContain('on 20 × H100')
    expect(out.replaceAll(/\s+/g, ' ')).toContain('20 replicas behind a round-robin router')
    expect(out).toMatch(/^replica 15 +10 /m)
    expect(out).not.toContain('replica 16')
    expect(out).toContain('4 more with --json')
    expect(out).toMatch(/^waiting {8}[ ▁▂▃▄▅▆▇█]{60} {2}at most/m)
  })

  it('writes replicas to the table of requests, and a track of each to the trace', () =>
    inFolder({}, async (cwd) => {
      const files = ['--out', 'run.csv', '--perfetto', 'run.json', '--svg', 'run.svg']
      const { code } = await cli([...OPEN, '--replicas', '3', '--router', 'round-robin', ...files], { cwd })
      expect(code).toBe(0)
      const [head = '', ...rows] = readFileSync(join(cwd, 'run.csv'), 'utf8').trimEnd().split('\n')
      expect(head).toMatch(/,status,replica,decode_replica,hit_tokens$/)
      expect(rows.slice(0, 4).map((row) => row.split(',').slice(8))).toEqual([
        ['finished', '0', '', '0'],
        ['finished', '1', '', '0'],
        ['finished', '2', '', '0'],
        ['finished', '0', '', '0'],
      ])
      const { traceEvents } = JSON.parse(readFileSync(join(cwd, 'run.json'), 'utf8')) as {
        traceEvents: { ph: string; pid: number; name: string; args: { name?: string; replica?: number } }[]
      }
      const tracks = traceEvents.filter(({ ph }) => ph === 'M').map(({ args }) => args.name)
      expect(tracks.slice(1)).toEqual(['replica 0', 'replica 1', 'replica 2'])
      expect(new Set(traceEvents.filter(({ ph }) => ph === 'C').map(({ pid }) => pid)).size).toBe(3)
      expect(traceEvents.find(({ name }) => name === 'request 1')?.args.replica).toBe(1)
      expect(readFileSync(join(cwd, 'run.svg'), 'utf8')).not.toMatch(/NaN|undefined|Infinity/)
    }))

  it('finds the highest load of a fleet', async () => {
    const argv = [...LLAMA, '--requests', '400', '--workload', '512/64', '--find-load', '--slo-ttft', '400']
    const load = async (...extra: string[]): Promise<{ found: { load: number }; chips: number; capacity: number }> =>
      cliJson([...argv, '--arrivals', 'poisson', ...extra])
    const [one, two] = [await load(), await load('--replicas', '2')]
    expect(two.chips).toBe(2)
    expect(two.capacity / one.capacity).toBeCloseTo(2, 6)
    expect(two.found.load / one.found.load).toBeGreaterThan(1.8)
    expect((await load(...POOLS)).chips).toBe(4)
    const clients = await cliJson<{ found: { load: number } }>([...argv, '--replicas', '2', '--max-num-seqs', '8'])
    expect(clients.found.load).toBe(16)
    const { out } = await cli([...argv, '--replicas', '2', '--arrivals', 'poisson'])
    expect(out.replaceAll(/\s+/g, ' ')).toContain('2 replicas behind a least-loaded router. Asked')
  })
})

describe('simulate with two pools', () => {
  it('counts both, and what is between them', async () => {
    const run = await cliJson<FleetRun>([...OPEN, ...POOLS])
    expect(run.chips).toBe(4)
    expect(run.littleHolds).toBe(true)
    expect(run.fleet!.decode).toMatchObject({ replicas: 1 })
    expect(run.fleet!.pools.map(({ pool, replicas }) => [pool, replicas.length])).toEqual([
      ['prefill', 2],
      ['decode', 1],
    ])
    expect(run.fleet!.transfer!.underWay).toBeGreaterThan(0)
    const { out } = await cli([...OPEN, ...POOLS])
    expect(out.replaceAll(/\s+/g, ' ')).toContain('2 prefill replicas (least-loaded) and 1 decode replica ')
    expect(out).toContain('between the pools on average')
    expect(out).toMatch(/^decode 0 +200 /m)
  })

  it('draws the pools apart', () =>
    inFolder({}, async (cwd) => {
      const { code } = await cli([...OPEN, ...POOLS, '--svg', 'run.svg'], { cwd })
      expect(code).toBe(0)
      const svg = readFileSync(join(cwd, 'run.svg'), 'utf8')
      expect(svg.match(/>prefill</g)).toHaveLength(4)
      expect(svg.match(/>decode</g)).toHaveLength(4)
    }))

  it('reads them from a scenario, and copies them', async () => {
    const scenario = ['simulate', '--scenario', 'examples/llama-70b-disaggregated.json', '--arrivals', 'poisson:1']
    const [one, two] = [
      await cliJson<FleetRun>([...scenario, '--requests', '30']),
      await cliJson<FleetRun>([...scenario, '--requests', '30', '--replicas', '2']),
    ]
    expect(two.chips).toBe(2 * one.chips)
    expect(two.fleet!.replicas).toBe(2 * one.fleet!.replicas)
  })
})

describe('simulate with drafts, and with ranks', () => {
  it('drafts as the options of predict say', async () => {
    const drafted = await cliJson<FleetRun>([...OPEN, '--spec-draft', '3', '--spec-acceptance', '0.7'])
    expect(drafted.settings.speculation).toMatchObject({ width: 4 })
    expect(drafted.littleHolds).toBe(true)
    const { out } = await cli([...OPEN, '--spec-draft', '3', '--spec-acceptance', '0.7'])
    expect(out).toContain('2.53 tokens a decoding step')
  })

  it('steps attention ranks together', async () => {
    const argv = ['simulate', '--model', 'deepseek-v2', '--chip', 'h200', '--dp', '8', '--moe-ep', '8']
    const run = await cliJson<FleetRun>([...argv, '--arrivals', 'poisson:4', '--requests', '60', '--osl', '64'])
    expect(run).toMatchObject({ chips: 8, settings: { ranks: 8 }, littleHolds: true, requests: { finished: 60 } })
    const { out } = await cli([...argv, '--arrivals', 'poisson:4', '--requests', '20', '--osl', '16'])
    expect(out.replaceAll(/\s+/g, ' ')).toContain('8 ranks in lock step')
    expect(out).not.toContain('Replicas')
  })

  it('copies SRAM machines', async () => {
    const argv = ['simulate', '--model', 'llama3-8b', '--chip', 'wse3', '--arrivals', 'poisson:4', '--requests', '40']
    const [one, two] = [await cliJson<FleetRun>(argv), await cliJson<FleetRun>([...argv, '--replicas', '2'])]
    expect(two.chips).toBe(2 * one.chips)
  })
})

describe('simulate with shared prefixes', () => {
  it('finds what a trace says is equal, by 512-token ids in 16-token blocks', () =>
    inFolder({ 'trace.jsonl': TRACE }, async (cwd) => {
      const argv = [...LLAMA, '--trace', 'trace.jsonl']
      const run = await cliJson<FleetRun>(argv, { cwd })
      expect(run.hitShare).toBeGreaterThan(0.4)
      expect((await cliJson<FleetRun>([...argv, '--no-prefix-cache'], { cwd })).hitShare).toBe(0)
      const { out } = await cli(argv, { cwd })
      expect(out).toMatch(/prompt tokens found in the prefix cache +\d/)
      const { code, err } = await cli([...argv, '--block-size', '24'], { cwd })
      expect([code, err]).toEqual([2, expect.stringContaining('choose a block size that divides 512')])
    }))

  it('keeps what the cache drops in the host', () =>
    inFolder({ 'trace.jsonl': TRACE }, async (cwd) => {
      const argv = [...LLAMA, '--trace', 'trace.jsonl', '--blocks', '200']
      const none = await cliJson<FleetRun>(argv, { cwd })
      const host = await cliJson<FleetRun>([...argv, '--host-cache', '64GiB@25GB/s'], { cwd })
      expect(host.settings.hostUnits).toBeGreaterThan(100)
      expect(host.hostShare).toBeGreaterThan(0)
      expect(host.hitShare).toBeGreaterThan(none.hitShare)
      const { out } = await cli([...argv, '--host-cache', '64GiB@25GB/s'], { cwd })
      expect(out).toMatch(/from the host [\d.]+ %/)
    }))

  it('serves agents whose turns wait for each other', async () => {
    const run = await cliJson<FleetRun>(AGENTS)
    expect(run.hitShare).toBeGreaterThan(0.8)
    expect(run).toMatchObject({ littleHolds: true, fleet: { replicas: 1 } })
    expect(run.requests.finished).toBe(run.requests.count)
    expect(run.offeredLoad.rho).toBeGreaterThan(0)
    const { out } = await cli(AGENTS)
    expect(out).toContain('of 30 agent sessions served')
    const aware = await cliJson<FleetRun>([...AGENTS, '--replicas', '3', '--router', 'cache-aware'])
    const turns = await cliJson<FleetRun>([...AGENTS, '--replicas', '3', '--router', 'round-robin'])
    expect(aware.hitShare).toBeGreaterThan(turns.hitShare + 0.1)
  })

  it('says what a cache-aware router has to go by', async () => {
    const { notes } = await cliJson<FleetRun>([...OPEN, '--replicas', '2', '--router', 'cache-aware'])
    expect(notes.join()).toContain('weighs prompt lengths only')
    const { notes: none } = await cliJson<FleetRun>([...AGENTS, '--replicas', '2', '--router', 'cache-aware'])
    expect(none.join()).not.toContain('weighs prompt lengths only')
  })
})

describe('simulate refuses', () => {
  it.each([
    [['--replicas', '0'], 'fleet.replicas: is 0; give a whole number from 1 to 65536'],
    [['--replicas', '1.5'], 'fleet.replicas: is 1.5'],
    [['--replicas', '70000'], 'fleet.replicas: is 70000'],
    [['--replicas', 'two'], 'replicas: "two" is not a number'],
    [['--replicas', '2', '--router', 'cash-aware'], 'unknown router "cash-aware"; did you mean cache-aware?'],
    [['--router', 'round-robin'], 'router: has no meaning for one replica; add --replicas N'],
    [['--replicas', '65536', '--requests', '70000', '--arrivals', 'poisson:9'], 'would take 5 GiB, more than 2'],
    [['--host-cache', '256GB', '--arrivals', 'agent:1'], 'host-cache: "256GB" is no size and bandwidth'],
    [['--host-cache', '256@25', '--arrivals', 'agent:1'], 'write it as 256GB@25GB/s'],
    [['--host-cache', '0GB@25GB/s', '--arrivals', 'agent:1'], 'is no size and bandwidth'],
    [['--host-cache', '256GB@25GB/s'], 'no request names prefix blocks; use --arrivals agent:RATE or a trace'],
    [['--host-cache', '1GB@1GB/s', '--no-prefix-cache', '--arrivals', 'agent:1'], 'beside --no-prefix-cache'],
    [['--sessions', '5'], 'sessions: has no meaning without --arrivals agent:RATE'],
    [['--arrivals', 'agent:1', '--sessions', '0'], 'sessions: must be a whole number from 1'],
    [['--arrivals', 'agent:1', '--requests', '50'], 'give --sessions'],
    [['--arrivals', 'agent'], 'arrivals.rate: "" is not a number'],
    [['--arrivals', 'agent:-2'], 'error: '],
    [['--arrivals', 'agent:1', '--find-load', '--slo-ttft', '9'], 'find-load: does not scale sessions'],
    [['--arrivals', 'agent:1', '--block-size', '0', '--sessions', '2'], 'error: '],
    [['--spec-draft', '3'], 'speculation.acceptance: is required'],
    [['--prefill-workers', '2'], 'disaggregated.decode: is required'],
    [['--prefill-tp', '2', '--decode-tp', '2', '--tp', '2'], 'give each pool its own'],
  ])('%j', async (extra, text) => {
    const { code, err } = await cli([...LLAMA, ...extra])
    expect(err).toContain(text)
    expect(code).toBe(2)
  })

  it('a host tier on an SRAM machine', async () => {
    const argv = ['simulate', '--model', 'llama3-8b', '--chip', 'wse3', '--arrivals', 'agent:1', '--sessions', '3']
    const { code, err } = await cli([...argv, '--host-cache', '64GB@25GB/s'])
    expect(err).toContain('hostTier: is not modelled on cerebras-wse3; leave it out')
    expect(code).toBe(2)
  })
})
