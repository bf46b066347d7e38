import type { Issue } from '../../src/index.ts'

/** What a page sends to a worker of the engine. */
export type Request =
  | { readonly kind: 'ask'; readonly id: number; readonly method: string; readonly argument: unknown }
  | { readonly kind: 'cancel'; readonly id: number }

/** What a worker sends back; `answer` and `fault` end a question. */
export type Reply =
  | { readonly kind: 'progress'; readonly id: number; readonly done: number; readonly of: number }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'fault'; readonly id: number; readonly fault: Fault }

/** Input at fault, with the engine's issues; or a fault of the program; or the end that was asked for. */
export type Fault =
  | { readonly kind: 'input'; readonly issues: readonly Issue[] }
  | { readonly kind: 'internal'; readonly message: string }
  | { readonly kind: 'cancelled' }

/** What a method may do while it works. */
export interface Call {
  /** Tells the page how far the work is. */
  readonly progress: (done: number, of: number) => void
  /**
   * Lets messages in; a long method calls it between two pieces of work.
   * @throws Cancelled when the page no longer wants the answer
   */
  readonly pause: () => Promise<void>
}

/** Thrown by `pause` when the question was cancelled. */
export class Cancelled extends Error {}
