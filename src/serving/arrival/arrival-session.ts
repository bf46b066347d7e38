import type { Seconds, Tokens } from '../../units/index.ts'
import type { ArrivalProcess } from './arrival-process.ts'
import { arrivalTicks } from './arrival.ts'
import { fault } from './arrival-field.ts'
import type { LengthDistribution } from './length-distribution.ts'
import { lengthSource } from './length.ts'
import { logMoments } from './length-normal.ts'
import { type RandomStream, normal, rng } from './random.ts'
import { LAST_TICK, TICKS_PER_SECOND } from '../engine/tick.ts'
import type { TraceTable } from '../trace/trace-table.ts'

/** Sessions of several turns whose context grows: every prompt is all that was said before, and something new. */
export interface SessionWorkload {
  /** When sessions start. */
  readonly starts: ArrivalProcess
  /** Turns of a session, at least 1. */
  readonly turns: LengthDistribution
  /** System prompt and tool definitions, the same in all sessions. */
  readonly system: Tokens
  /** What the first turn adds to them. */
  readonly task: LengthDistribution
  /** What each later turn adds to the conversation: a tool's result or a user's answer. */
  readonly tool: LengthDistribution
  readonly output: LengthDistribution
  /** From the end of a turn to the next request: the tool runs or the user thinks. Lognormal; cv 0: always the mean. */
  readonly wait: { readonly mean: Seconds; readonly cv: number }
  /** A session ends early when its next turn would not fit. */
  readonly maxContext: Tokens
}

/**
 * Tool-using agents: a prompt of 8.6 k tokens and an output of 182 on average, as in the "tool and agent" trace of Mooncake
 * (Qin et al., FAST 2025). That trace does not publish turns per session, tool waits or spreads: 8 turns, 5 s, the split of
 * the prompt and the coefficients of variation are assumptions. Nine tenths of all prompt tokens are ones seen before.
 */
export const AGENT_SESSIONS: Omit<SessionWorkload, 'starts'> = {
  turns: { kind: 'lognormal', mean: 8, cv: 0.7, max: 100 },
  system: 2048,
  task: { kind: 'lognormal', mean: 2000, cv: 1 },
  tool: { kind: 'lognormal', mean: 650, cv: 1.5 },
  output: { kind: 'lognormal', mean: 182, cv: 1 },
  wait: { mean: 5, cv: 1 },
  maxContext: 131_072,
}

/** Turns of sessions as columns, session by session. */
export interface SessionTable {
  readonly session: Int32Array
  /** 0 for a session's first request. */
  readonly turn: Int32Array
  /** First turns: the tick of arrival. Later ones: ticks after the end of the turn before. */
  readonly release: Float64Array
  readonly prompt: Int32Array
  readonly output: Int32Array
  /** Leading tokens of the prompt that an earlier request had: the system prompt, or the whole turn before and its output. */
  readonly shared: Int32Array
  readonly system: Tokens
  /** Sessions that ended early at the longest context, or did not even begin. */
  readonly cut: number
}

/**
 * Draws `sessions` sessions; same seed, same sessions.
 * @throws PincerError `invalid_value`, also when the system prompt leaves no room in the longest context
 */
export function drawSessions(workload: SessionWorkload, sessions: number, seed: number): SessionTable {
  checkWorkload(workload)
  const starts = arrivalTicks(workload.starts, sessions, rng(seed, 'arrivals'))
  const draw = sessionSource(workload, seed)
  const rows: Turn[] = []
  let cut = 0
  for (let session = 0; session < sessions; session++) {
    const { turns, isCut } = draw(session, starts[session]!)
    for (const turn of turns) rows.push(turn)
    cut += isCut ? 1 : 0
  }
  return {
    session: Int32Array.from(rows, (row) => row.session),
    turn: Int32Array.from(rows, (row) => row.turn),
    release: Float64Array.from(rows, (row) => row.release),
    prompt: Int32Array.from(rows, (row) => row.prompt),
    output: Int32Array.from(rows, (row) => row.output),
    shared: Int32Array.from(rows, (row) => row.shared),
    system: workload.system,
    cut,
  }
}

interface Turn {
  readonly session: number
  readonly turn: number
  readonly release: number
  readonly prompt: Tokens
  readonly output: Tokens
  readonly shared: Tokens
}

function checkWorkload({ system, wait, maxContext }: SessionWorkload): void {
  const rules: [string, boolean, string][] = [
    ['system', Number.isInteger(system) && system >= 0, 'a whole number of tokens, 0 or more'],
    [
      'maxContext',
      Number.isInteger(maxContext) && maxContext >= system + 2 && maxContext < 2 ** 31,
      'longer than the system prompt',
    ],
    ['wait', wait.mean >= 0 && wait.mean <= 1e5 && wait.cv >= 0 && wait.cv <= 100, 'mean 0 … 100,000 s and cv 0 … 100'],
  ]
  for (const [field, isGood, wanted] of rules) {
    if (!isGood) throw fault('invalid_value', [field], `is not ${wanted}`)
  }
}

// Each quantity has its own stream, so that changing one distribution leaves the others' draws alone.
function sessionSource(workload: SessionWorkload, seed: number) {
  const next = (name: 'turns' | 'task' | 'tool' | 'output'): (() => number) => {
    const random = rng(seed, `session ${name}`)
    const draw = lengthSource(workload[name])
    return () => draw(random)
  }
  const [turnCount, task, tool, output] = [next('turns'), next('task'), next('tool'), next('output')]
  const wait = waitSource(workload.wait, rng(seed, 'session wait'))
  return (session: number, start: number): { turns: Turn[]; isCut: boolean } => {
    const turns: Turn[] = []
    let context = 0
    for (let turn = 0, count = turnCount(); turn < count; turn++) {
      const shared = turn === 0 ? workload.system : context
      const prompt = shared + (turn === 0 ? task() : tool())
      const tokens = output()
      if (prompt + tokens > workload.maxContext) {
        return { turns, isCut: true }
      }
      turns.push({ session, turn, release: turn === 0 ? start : wait(), prompt, output: tokens, shared })
      context = prompt + tokens
    }
    return { turns, isCut: false }
  }
}

function waitSource({ mean, cv }: SessionWorkload['wait'], random: RandomStream): () => number {
  if (mean === 0 || cv === 0) return () => Math.round(mean * TICKS_PER_SECOND)
  const { mu, sigma } = logMoments(mean, cv)
  return () => Math.round(Math.exp(mu + sigma * normal(random)) * TICKS_PER_SECOND)
}

/**
 * Sessions as an open list for simulators that cannot let one request wait for another: a turn is taken to last
 * `responseSeconds(prompt, output)`.
 * @throws PincerError `too_large` beyond 2^53 ticks
 */
export function unrolledSessions(
  table: SessionTable,
  responseSeconds: (prompt: Tokens, output: Tokens) => Seconds,
): TraceTable & { readonly session: Int32Array; readonly turn: Int32Array } {
  const clock = turnClock(table, responseSeconds)
  const order = Int32Array.from(clock.keys()).sort((a, b) => clock[a]! - clock[b]! || a - b)
  const last = order.length === 0 ? 0 : clock[order.at(-1)!]!
  if (!(last <= LAST_TICK)) throw fault('too_large', ['sessions'], 'the last turn comes later than 78 hours')
  const pick = (column: Int32Array): Int32Array => order.map((row) => column[row]!)
  return {
    count: order.length,
    arrival: Float64Array.from(order, (row) => clock[row]!),
    prompt: pick(table.prompt),
    output: pick(table.output),
    session: pick(table.session),
    turn: pick(table.turn),
    timed: true,
  }
}

function turnClock(table: SessionTable, responseSeconds: (prompt: Tokens, output: Tokens) => Seconds): Float64Array {
  const clock = new Float64Array(table.turn.length)
  let end = 0
  for (let row = 0; row < clock.length; row++) {
    clock[row] = (table.turn[row] === 0 ? 0 : end) + table.release[row]!
    end = clock[row]! + Math.round(responseSeconds(table.prompt[row]!, table.output[row]!) * TICKS_PER_SECOND)
  }
  return clock
}

/**
 * Block ids of the full blocks of row `row`'s prompt and output: those inside the system prompt are the same in all
 * sessions, later ones belong to the session and stay as it grows.
 */
export function sessionBlocks(table: SessionTable, blockTokens: Tokens): (row: number) => Int32Array {
  const common = Math.floor(table.system / blockTokens)
  const full = (row: number): number => Math.floor((table.prompt[row]! + table.output[row]!) / blockTokens)
  const bases: number[] = []
  let next = common
  for (let row = 0; row < table.turn.length; row++) {
    const isLast = row + 1 === table.turn.length || table.turn[row + 1] === 0
    bases[table.session[row]!] ??= next
    if (isLast) next += full(row) - common
  }
  if (next > 2 ** 31) throw fault('too_large', ['blockTokens'], `the sessions have ${next} blocks, more than 2^31`)
  return (row) => {
    const base = bases[table.session[row]!]!
    return Int32Array.from({ length: full(row) }, (_, i) => (i < common ? i : base + i - common))
  }
}
