import type { families } from './method/index.ts'
import { type AskOptions, Pool, type Port } from './pool.ts'

type Families = typeof families
type MethodsOf<F extends keyof Families> = Awaited<ReturnType<Families[F]>>['methods']
/** Names of all methods: `family.method`. */
export type MethodName = { [F in keyof Families]: `${F}.${keyof MethodsOf<F> & string}` }[keyof Families]
type MethodOf<N extends MethodName> = N extends `${infer F extends keyof Families}.${infer M}`
  ? M extends keyof MethodsOf<F>
    ? MethodsOf<F>[M]
    : never
  : never
type ArgumentOf<N extends MethodName> = MethodOf<N> extends (argument: infer A, ...rest: never[]) => unknown ? A : never
type AnswerOf<N extends MethodName> = MethodOf<N> extends (...rest: never[]) => infer R ? Awaited<R> : never

/** More workers than this would each parse the large fits for little gain. */
const MOST_WORKERS = 4

const pool = new Pool(startWorker, Math.max(1, Math.min(MOST_WORKERS, (navigator.hardwareConcurrency ?? 2) - 1)))

function startWorker(): Port {
  return new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'engine' }) as unknown as Port
}

/**
 * Asks the engine, in a worker. Several questions at once are shared out among workers.
 * @throws PincerError when the input is at fault; `Cancelled` when `signal` was aborted
 */
export function ask<N extends MethodName>(
  method: N,
  argument: ArgumentOf<N>,
  options: AskOptions = {},
): Promise<AnswerOf<N>> {
  return pool.ask(method, argument, options) as Promise<AnswerOf<N>>
}
