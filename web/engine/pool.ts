import { PincerError } from '../../src/index.ts'
import { Cancelled, type Fault, type Reply, type Request } from './protocol.ts'

/** A worker, or what a test takes for one. */
export interface Port {
  postMessage(request: Request): void
  terminate(): void
  addEventListener(kind: 'message', listener: (event: { readonly data: Reply }) => void): void
  addEventListener(kind: 'error', listener: (event: { readonly message?: string }) => void): void
}

export interface AskOptions {
  /** Ends the question: its promise is rejected with `Cancelled`. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, of: number) => void) | undefined
}

interface Task extends AskOptions {
  readonly id: number
  readonly method: string
  readonly argument: unknown
  readonly resolve: (value: unknown) => void
  readonly reject: (fault: Error) => void
}

interface Worker {
  readonly port: Port
  task: Task | undefined
}

/** How long a worker may take to notice that its question was cancelled before it is replaced, ms. */
const PATIENCE = 150

/**
 * Workers that answer one question each at a time; the first is started with the first question, more as questions wait.
 * Answers are in the order of nobody: each has its promise.
 */
export class Pool {
  readonly #spawn: () => Port
  readonly #most: number
  #workers: Worker[] = []
  #waiting: Task[] = []
  #next = 1

  constructor(spawn: () => Port, most: number) {
    this.#spawn = spawn
    this.#most = most
  }

  /** @throws PincerError for input at fault, `Cancelled`, or an Error of the program, as the promise's rejection */
  ask(method: string, argument: unknown, options: AskOptions = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (options.signal?.aborted === true) return reject(new Cancelled('cancelled'))
      const task: Task = { ...options, id: this.#next++, method, argument, resolve, reject }
      options.signal?.addEventListener('abort', () => this.#cancel(task), { once: true })
      this.#waiting.push(task)
      this.#assign()
    })
  }

  #assign(): void {
    while (this.#waiting.length > 0) {
      const worker = this.#workers.find(({ task }) => task === undefined) ?? this.#grown()
      if (worker === undefined) return
      const task = this.#waiting.shift()!
      worker.task = task
      worker.port.postMessage({ kind: 'ask', id: task.id, method: task.method, argument: task.argument })
    }
  }

  #grown(): Worker | undefined {
    if (this.#workers.length >= this.#most) return undefined
    const worker: Worker = { port: this.#spawn(), task: undefined }
    worker.port.addEventListener('message', ({ data }) => this.#hear(worker, data))
    worker.port.addEventListener('error', ({ message = 'the engine could not be started' }) => {
      const { task } = worker
      this.#drop(worker)
      task?.reject(new Error(message))
      this.#assign()
    })
    this.#workers.push(worker)
    return worker
  }

  #hear(worker: Worker, reply: Reply): void {
    const { task } = worker
    if (task?.id !== reply.id) return
    if (reply.kind === 'progress') {
      if (task.signal?.aborted !== true) task.onProgress?.(reply.done, reply.of)
      return
    }
    worker.task = undefined
    if (reply.kind === 'answer') task.resolve(reply.value)
    else task.reject(errorOf(reply.fault))
    this.#assign()
  }

  #cancel(task: Task): void {
    task.reject(new Cancelled('cancelled'))
    this.#waiting = this.#waiting.filter((each) => each !== task)
    const worker = this.#workers.find((each) => each.task === task)
    if (worker === undefined) return
    worker.port.postMessage({ kind: 'cancel', id: task.id })
    setTimeout(() => {
      if (worker.task !== task) return
      this.#drop(worker)
      this.#assign()
    }, PATIENCE)
  }

  #drop(worker: Worker): void {
    worker.port.terminate()
    worker.task = undefined
    this.#workers = this.#workers.filter((each) => each !== worker)
  }
}

function errorOf(fault: Fault): Error {
  if (fault.kind === 'input') return new PincerError(fault.issues)
  return fault.kind === 'cancelled' ? new Cancelled('cancelled') : new Error(fault.message)
}
