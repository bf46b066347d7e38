/** The reference on runs small enough to be worked out by hand: a step takes 10 ticks and 1 per token. */
import { describe, expect, it } from 'vitest'
import { type Fleet, type Load, runFleet } from './reference/fleet.ts'
import { fleetReference } from './reference/fleet-served.ts'
import { requestTable } from './reference/scenario.ts'
import { type Requests, type Settings, type Timer } from './reference/sequence.ts'
import { serveReference } from './reference/serve.ts'

const TIMER: Timer = {
  tokens: Float64Array.from({ length: 100 }, (_, tokens) => 10 + tokens),
  perCached: 0,
  perPair: 0,
  mixed: 0,
}
const SETTINGS: Settings = { policy: 'vllm', maxSequences: 2, tokenBudget: 8, blocks: 4, blockSize: 2, watermark: 0 }

type Row = readonly [arrival: number, prompt: number, output: number, ids?: readonly number[]]

/** Requests with units of two tokens. */
function table(...rows: readonly Row[]): Requests {
  let ends = 0
  return {
    ...requestTable(rows.map(([arrival, prompt, output], i) => [arrival - (rows[i - 1]?.[0] ?? 0), prompt, output])),
    prefix: {
      blockTokens: 2,
      start: Float64Array.from([0, ...rows.map(([, , , ids = []]) => (ends += ids.length))]),
      ids: Int32Array.from(rows.flatMap(([, , , ids = []]) => ids)),
    },
  }
}

function column<K extends string>(key: K, run: { readonly sequences: readonly { readonly [key in K]: unknown }[] }) {
  return run.sequences.map((sequence) => sequence[key])
}

describe('an idle replica', () => {
  it('admits whoever fits, whatever the watermark', () => {
    // Each takes 2 of 4 blocks and 3 have to stay free: alone they get in, together they do not.
    const run = serveReference(table([0, 4, 1], [0, 4, 1]), TIMER, { ...SETTINGS, watermark: 3 })
    expect(column('scheduled', run)).toEqual([0, 14])
    expect(column('end', run)).toEqual([14, 28])
  })
})

describe('the prefix cache', () => {
  // A leaves the queue [plain, 3, 2, 1]: its last unit is evicted first. B hits 1 and 2, but not 3: one token is left
  // to compute. B takes the plain block for it, and its copy of 3 stays plain: the queue is [3, plain, 2, 1].
  const A: Row = [0, 6, 1, [1, 2, 3]]
  const B: Row = [100, 6, 1, [1, 2, 3]]

  it('spares the tokens that are found, save one unit where all are', () => {
    const run = serveReference(table(A, B), TIMER, SETTINGS)
    expect(column('hitTokens', run)).toEqual([0, 4])
    expect(column('end', run)).toEqual([16, 112])
    expect(run.cacheLog.filter(({ row }) => row === 1).map(({ kind, unit }) => [kind, unit])).toEqual([
      ['cap', 3],
      ['revive', 1],
      ['revive', 2],
      ['copy', 3],
      ['copy', 3],
    ])
  })

  it('evicts the head of the queue under vllm, a plain block elsewhere if there is one', () => {
    // C needs one block. vllm evicts 3 for it, the others take the plain one; D finds 1, 2 and, there, 3.
    const requests = table(A, B, [200, 2, 1], [300, 7, 1, [1, 2, 3]])
    expect(column('hitTokens', serveReference(requests, TIMER, SETTINGS))).toEqual([0, 4, 0, 4])
    expect(column('hitTokens', serveReference(requests, TIMER, { ...SETTINGS, policy: 'trtllm' }))).toEqual([
      0, 4, 0, 6,
    ])
  })

  it('loads what the host has kept', () => {
    // C's 8 tokens evict 3, 2 and 1; the host keeps the last two of these. D loads both: 10 + 2 + 2 · 5 ticks. Its
    // three blocks evict 12, 11 and 10 of C's.
    const requests = table(A, B, [200, 8, 1, [9, 10, 11, 12]], [300, 6, 1, [1, 2, 3]])
    const run = serveReference(requests, { ...TIMER, loadTicks: 5 }, { ...SETTINGS, hostUnits: 2 })
    expect(column('hitTokens', run)).toEqual([0, 4, 0, 4])
    expect(column('hostTokens', run)).toEqual([0, 0, 0, 4])
    expect(column('end', run)).toEqual([16, 112, 218, 322])
    const gone = run.cacheLog.filter(({ kind }) => kind === 'evict' || kind === 'drop')
    expect(gone.map(({ kind, unit }) => [kind, unit])).toEqual([
      ['evict', 3],
      ['evict', 2],
      ['evict', 1],
      ['drop', 3],
      ['evict', 12],
      ['evict', 11],
      ['evict', 10],
      ['drop', 12],
    ])
  })

  it('lets requests share blocks that are in use', () => {
    // At 14 A takes a third block. B needs 3 for 5 tokens, of which A holds 2: the last free one is enough.
    const run = serveReference(table([0, 4, 2, [1, 2]], [1, 5, 1, [1, 2]]), TIMER, SETTINGS)
    expect(run.steps.map(({ start, n, p, blocks }) => [start, n, p, blocks])).toEqual([
      [0, 0, 4, 2],
      [14, 1, 1, 4],
    ])
    expect(column('end', run)).toEqual([26, 26])
  })

  it('finds generated tokens again', () => {
    // A caches 3 + 3 − 1 tokens, units 1 and 2; B's prompt goes on from there.
    const run = serveReference(table([0, 3, 3, [1, 2, 3]], [100, 7, 1, [1, 2, 3]]), TIMER, SETTINGS)
    expect(column('hitTokens', run)).toEqual([0, 4])
    expect(column('end', run)).toEqual([13 + 11 + 11, 113])
  })
})

describe('speculation', () => {
  it('moves by grains', () => {
    // 3/2 tokens a step: 4 more tokens take ⌈4 · 2/3⌉ = 3 steps of 10 + 3 + S ticks, S = 8, 11, 14 grains.
    const speculation = { width: 3, gain: 3, grain: 2 }
    const run = serveReference(table([0, 4, 5]), { ...TIMER, perCached: 1 }, { ...SETTINGS, blocks: 5, speculation })
    expect(run.sequences[0]!.emitted).toEqual([14, 35, 59, 59, 86])
    // 8, 11, 14 and 17 grains in blocks of 4.
    expect(run.steps.map(({ blocks }) => blocks)).toEqual([2, 3, 4, 5])
  })

  it('rejects what could need more than the cache after a preemption', () => {
    // Blocks of 4 grains, two in all. Alone it lives 2 + 2 · 3 = 8 grains; it may need (1 + 4 − 1) · 2 + 3 − 1 = 10.
    const speculation = { width: 1, gain: 3, grain: 2 }
    const run = serveReference(table([0, 1, 4]), TIMER, { ...SETTINGS, blocks: 2, speculation })
    expect(run.rejected).toBe(1)
  })

  it('leaves prompts what the decodes do not take of the budget', () => {
    // One decode takes 6 of the 8 tokens: B's prompt of 3 needs two steps of 10 + 6 + 2 and 10 + 6 + 1 ticks.
    const speculation = { width: 6, gain: 1, grain: 1 }
    const run = serveReference(table([0, 1, 3], [1, 3, 1]), TIMER, { ...SETTINGS, speculation })
    expect(column('end', run)).toEqual([11 + 18 + 17, 46])
  })
})

describe('requests that arrive with their cache', () => {
  it('decode at once', () => {
    const run = serveReference({ ...table([5, 4, 3]), ready: true }, { ...TIMER, perCached: 1 }, SETTINGS)
    expect(run.sequences[0]).toMatchObject({ scheduled: 5, emitted: [5, 5 + 15, 20 + 16], end: 36 })
    expect(run.steps.map(({ s, blocks }) => [s, blocks])).toEqual([
      [4, 3],
      [5, 3],
    ])
  })

  it('wait behind one that has been thrown out', () => {
    // A and B take 2 + 2 of 4 blocks and go from 3 to 4 tokens. At 12 A needs a third block: B is out, and A ends at
    // 34. B stands in front of C and takes 3 blocks for its 3 + 2 tokens; C's 2 are free when B has ended.
    const requests = { ...table([0, 3, 4], [0, 3, 4], [1, 3, 2]), ready: true }
    const run = serveReference(requests, TIMER, { ...SETTINGS, maxSequences: 3 })
    expect(column('preemptedAt', run)).toEqual([[], [12], []])
    expect(column('end', run)).toEqual([12 + 11 + 11, 34 + 15 + 11, 60 + 11])
  })
})

describe('routers', () => {
  const placed = (router: Fleet['router']): readonly number[] => {
    // A fills replica 0 and B replica 1; C's prompt is known to 0: 0 + 4 against 4 + 4. D: 3 + 4 on either.
    const requests = table([0, 4, 1, [1, 2]], [0, 4, 1, [3, 4]], [0, 4, 1, [1, 2]], [0, 3, 1])
    const fleet: Fleet = { replicas: 2, router, timer: TIMER, settings: SETTINGS }
    return fleetReference({ kind: 'requests', table: requests }, fleet).replica
  }
  it.each([
    ['round-robin', [0, 1, 0, 1]],
    ['least-loaded', [0, 1, 0, 1]],
    ['cache-aware', [0, 1, 0, 0]],
  ] as const)('%s', (router, replicas) => {
    expect(placed(router)).toEqual(replicas)
  })
})

describe('separate pools', () => {
  it('hand caches over one at a time', () => {
    // All prompts end at 22. A's cache travels from 22 for 4 · 3 ticks, C's from 34 for 2 · 3, each 5 ticks longer to
    // arrive: 39 and 45. A decodes from 39 to 50, C from then to 61. B has ended with its prompt.
    const settings = { ...SETTINGS, tokenBudget: 12, blocks: 8, maxSequences: 3 }
    const served = fleetReference(
      { kind: 'requests', table: table([0, 4, 2], [0, 6, 1], [0, 2, 2]) },
      {
        replicas: 1,
        router: 'round-robin',
        timer: TIMER,
        settings,
        decode: { replicas: 1, router: 'round-robin', timer: TIMER, settings },
        transfer: { latency: 5, perToken: 3 },
      },
    )
    expect(served.scheduled).toEqual([0, 0, 0])
    expect(served.firstToken).toEqual([39, 22, 45])
    expect(served.end).toEqual([50, 22, 61])
    expect(served.decodeReplica).toEqual([0, -1, 0])
  })
})

describe('ranks in lock step', () => {
  const run = (policy: 'vllm' | 'sglang', ...rows: readonly Row[]): readonly (number | null)[] => {
    const load: Load = { kind: 'requests', table: table(...rows) }
    const settings: Settings = { ...SETTINGS, policy, ranks: 2 }
    return fleetReference(load, { replicas: 1, router: 'round-robin', timer: TIMER, settings }).end
  }

  it('take as long as the longest of them', () => {
    // A's prompt takes 14 ticks beside B's 11; when A has ended its rank waits for B's last token.
    expect(run('vllm', [0, 4, 2], [0, 1, 3])).toEqual([25, 36])
  })

  it('sglang: stop decoding when one of them computes a prompt', () => {
    expect(run('sglang', [0, 4, 2], [0, 1, 3], [15, 6, 1])).toEqual([25, 52, 41])
  })
})

describe('clients', () => {
  it('think, whichever replica has answered', () => {
    // Client 0 goes to replica 0 and client 1 to 1, then in order of their returns: 12 + 7 and 14 + 7.
    const loop = {
      clients: 2,
      rounds: 2,
      thinkTicks: 7,
      prompt: Int32Array.of(2, 2, 4, 2),
      output: Int32Array.of(1, 1, 1, 1),
    }
    const fleet: Fleet = { replicas: 2, router: 'round-robin', timer: TIMER, settings: SETTINGS }
    const { rows } = runFleet({ kind: 'clients', loop }, fleet)
    expect(rows.map(({ arrival, replica }) => [arrival, replica])).toEqual([
      [0, 0],
      [19, 0],
      [0, 1],
      [21, 1],
    ])
  })
})
