import { PincerError } from '../../src/index.ts'
import { type Call, Cancelled, type Fault, type Reply, type Request } from './protocol.ts'

type Method = (argument: never, call: Call) => unknown
/** Families of methods by name, each loaded when the first of its methods is asked for. */
export type Families = Readonly<Record<string, () => Promise<{ readonly methods: Readonly<Record<string, Method>> }>>>

/** Answers the requests of a page with the methods of `families`; the inside of a worker, without the worker. */
export function server(families: Families, send: (reply: Reply) => void): (request: Request) => Promise<void> {
  const cancelled = new Set<number>()
  return async (request) => {
    const { id } = request
    if (request.kind === 'cancel') {
      cancelled.add(id)
      return
    }
    const call: Call = {
      progress: (done, of) => send({ kind: 'progress', id, done, of }),
      pause: async () => {
        await macrotask()
        if (cancelled.has(id)) throw new Cancelled('cancelled')
      },
    }
    try {
      const method = await methodOf(families, request.method)
      if (cancelled.has(id)) throw new Cancelled('cancelled')
      send({ kind: 'answer', id, value: await method(request.argument as never, call) })
    } catch (error) {
      send({ kind: 'fault', id, fault: faultOf(error) })
    } finally {
      cancelled.delete(id)
    }
  }
}

async function methodOf(families: Families, name: string): Promise<Method> {
  const [family = '', method = ''] = name.split('.')
  const load = Object.hasOwn(families, family) ? families[family] : undefined
  const methods = (await load?.())?.methods ?? {}
  const found = Object.hasOwn(methods, method) ? methods[method] : undefined
  if (found === undefined) throw new Error(`the engine has no method ${name}`)
  return found
}

function faultOf(error: unknown): Fault {
  if (error instanceof PincerError) return { kind: 'input', issues: error.issues }
  if (error instanceof Cancelled) return { kind: 'cancelled' }
  return { kind: 'internal', message: error instanceof Error ? error.message : String(error) }
}

// Messages that wait are delivered between two tasks, not between two promises.
function macrotask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.addEventListener('message', () => {
      port1.close()
      resolve()
    })
    port1.start()
    port2.postMessage(undefined)
  })
}
