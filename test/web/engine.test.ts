import { describe, expect, it, vi } from 'vitest'
import { PincerError, comparisonCell, planComparison } from '../../src/index.ts'
import { families } from '../../web/engine/method/index.ts'
import { methods, pincerAnswer } from '../../web/engine/method/pincer.ts'
import { Pool, type Port } from '../../web/engine/pool.ts'
import { type Call, Cancelled, type Reply, type Request } from '../../web/engine/protocol.ts'
import { type Families, server } from '../../web/engine/serve.ts'
import { cliJson } from '../cli/harness.ts'

interface FakePort extends Port {
  isEnded: boolean
}

/** A worker without a thread: requests and replies are copied as between threads. */
function portOf(served: Families): FakePort {
  const listeners: ((event: { readonly data: Reply }) => void)[] = []
  const port: FakePort = {
    isEnded: false,
    postMessage: (request: Request) => queueMicrotask(() => void answer(structuredClone(request))),
    terminate: () => {
      port.isEnded = true
    },
    addEventListener: (kind: string, listener: never) => {
      if (kind === 'message') listeners.push(listener)
    },
  }
  const answer = server(served, (reply) => {
    const data = structuredClone(reply)
    if (!port.isEnded) for (const listener of listeners) listener({ data })
  })
  return port
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const SLOW: Families = {
  test: async () => ({
    methods: {
      double: (value: number) => value * 2,
      fail: () => {
        throw new TypeError('broken')
      },
      steps: async (count: number, call: Call) => {
        for (let i = 0; i < count; i++) {
          call.progress(i, count)
          await call.pause()
          await wait(5)
        }
        return 'done'
      },
      deaf: (ms: number) => wait(ms),
    },
  }),
}

function poolOf(served: Families, most: number): { pool: Pool; ports: FakePort[] } {
  const ports: FakePort[] = []
  const pool = new Pool(() => {
    const port = portOf(served)
    ports.push(port)
    return port
  }, most)
  return { pool, ports }
}

describe('asking the engine', () => {
  it('gives what the public API gives, whole or in pieces', async () => {
    const { pool } = poolOf(families, 2)
    const plan = (await pool.ask('pincer.plan', {})) as ReturnType<typeof planComparison>
    expect(plan).toEqual(planComparison())
    const cells = await Promise.all(plan.cells.map((cell) => pool.ask('pincer.cell', cell)))
    expect(cells).toEqual(plan.cells.map(comparisonCell))
    const answer = await pool.ask('pincer.result', { plan, cells })
    expect(answer).toEqual(pincerAnswer({}))
    const { comparison, verdicts } = pincerAnswer({})
    expect(JSON.parse(JSON.stringify({ ...comparison, verdicts }))).toEqual(await cliJson(['compare']))
  })

  it('carries faults of input with their issues', async () => {
    const { pool } = poolOf(families, 1)
    const fault = await pool.ask('pincer.plan', { chips: ['h10'] }).catch((error: unknown) => error)
    expect(fault).toBeInstanceOf(PincerError)
    expect((fault as PincerError).issues[0]).toMatchObject({ code: 'unknown_chip', path: ['chip'] })
    expect((fault as PincerError).issues[0]?.suggestion).toContain('h100')
  })

  it('carries faults of the program, and knows no methods but its own', async () => {
    const { pool } = poolOf(SLOW, 1)
    await expect(pool.ask('test.fail', 0)).rejects.toThrow('broken')
    for (const name of ['test.nothing', 'nothing.double', 'test.constructor', '__proto__.double', 'test']) {
      await expect(pool.ask(name, 0)).rejects.toThrow('no method')
    }
    expect(await pool.ask('test.double', 21)).toBe(42)
  })

  it('shares questions out among workers, and starts no more than it may', async () => {
    const { pool, ports } = poolOf(SLOW, 3)
    const answers = await Promise.all(Array.from({ length: 9 }, (_, i) => pool.ask('test.double', i)))
    expect(answers).toEqual(Array.from({ length: 9 }, (_, i) => 2 * i))
    expect(ports).toHaveLength(3)
  })

  it('tells progress, until it is cancelled; the worker lives on', async () => {
    const { pool, ports } = poolOf(SLOW, 1)
    const controller = new AbortController()
    const onProgress = vi.fn<(done: number, of: number) => void>()
    const asked = pool.ask('test.steps', 1000, { signal: controller.signal, onProgress })
    await vi.waitFor(() => expect(onProgress).toHaveBeenCalledWith(2, 1000))
    controller.abort()
    await expect(asked).rejects.toThrow(Cancelled)
    const told = onProgress.mock.calls.length
    expect(await pool.ask('test.double', 4)).toBe(8)
    expect(onProgress).toHaveBeenCalledTimes(told)
    expect(ports.map(({ isEnded }) => isEnded)).toEqual([false])
  })

  it('replaces a worker that does not hear the cancel', async () => {
    const { pool, ports } = poolOf(SLOW, 1)
    const controller = new AbortController()
    const asked = pool.ask('test.deaf', 5000, { signal: controller.signal })
    await wait(20)
    controller.abort()
    await expect(asked).rejects.toThrow(Cancelled)
    expect(await pool.ask('test.double', 5)).toBe(10)
    expect(ports.map(({ isEnded }) => isEnded)).toEqual([true, false])
  })

  it('drops questions that were cancelled before their turn', async () => {
    const { pool } = poolOf(SLOW, 1)
    const controller = new AbortController()
    const first = pool.ask('test.steps', 3)
    const second = pool.ask('test.double', 1, { signal: controller.signal })
    controller.abort()
    await expect(second).rejects.toThrow(Cancelled)
    expect(await first).toBe('done')
    await expect(pool.ask('test.double', 1, { signal: controller.signal })).rejects.toThrow(Cancelled)
  })

  it('has only methods that are functions', () => {
    expect(Object.values(methods).every((method) => typeof method === 'function')).toBe(true)
  })
})
