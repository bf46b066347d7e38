import type { Basis } from '../catalog/index.ts'
import type { TokenMix } from './token-time.ts'

/** A piece of work done with a model: so many calls, each with a prompt of which part is cached, and an output. */
export interface Task {
  readonly id: string
  readonly name: string
  readonly calls: number
  /** Mean prompt of a call, tokens, cached ones included. */
  readonly input: number
  /** Share of the prompt tokens that an earlier call had, [0, 1]. */
  readonly cachedShare: number
  /** Mean output of a call, tokens, thinking included. */
  readonly output: number
  /** How often one user has it done in a month: an estimate in every preset. */
  readonly perUserMonth: number
  /** Of the token counts. */
  readonly basis: Basis
  readonly source: string
  readonly note: string
}

/** Tasks that costs are given for. */
export const TASKS: readonly Task[] = [
  {
    id: 'chat',
    name: 'one message of a chat',
    calls: 1,
    input: 12_035,
    cachedShare: 0.374,
    output: 343,
    perUserMonth: 300,
    basis: 'measured',
    source: 'mooncake-conversation-trace',
    note: 'means of 12,031 requests; blocks of 512 tokens seen before, by a cache without end',
  },
  {
    id: 'retrieval',
    name: 'one question answered from documents',
    calls: 2,
    input: 4000,
    cachedShare: 0.2,
    output: 300,
    perUserMonth: 200,
    basis: 'estimate',
    source: 'assumption',
    note: 'a call that rewrites the question and one that reads ten passages of 500 tokens; the system prompt is cached',
  },
  {
    id: 'coding-agent',
    name: 'one change to a code base',
    calls: 40,
    input: 40_000,
    cachedShare: 0.95,
    output: 400,
    perUserMonth: 100,
    basis: 'estimate',
    source: 'assumption',
    note: 'a context that grows to 70,000 tokens over 40 tool calls, all but the last turn cached',
  },
  {
    id: 'office-agent',
    name: 'one job of mail, slides and a spreadsheet',
    calls: 25,
    input: 20_000,
    cachedShare: 0.85,
    output: 800,
    perUserMonth: 60,
    basis: 'estimate',
    source: 'assumption',
    note: 'reads a dozen mails and two tables, writes ten slides, formulas and the answer; all but the last turn cached',
  },
  {
    id: 'batch',
    name: 'one document summarised overnight',
    calls: 1,
    input: 8192,
    cachedShare: 0,
    output: 1024,
    perUserMonth: 1000,
    basis: 'estimate',
    source: 'assumption',
    note: 'lengths of the public benchmarks’ long prompts',
  },
]

/** Tokens of one call of a task. */
export function callTokens({ input, cachedShare, output }: Task): TokenMix {
  return { input: input * (1 - cachedShare), cachedInput: input * cachedShare, output }
}
