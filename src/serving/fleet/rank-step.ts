import { admitReady, makeRoom, planPrompts } from '../engine/admission.ts'
import { decodeTicks } from '../engine/decode-steps.ts'
import type { Engine } from '../engine/engine.ts'
import { endPromptStep, passStep, promptTicks, spendTicks } from '../engine/prompt-step.ts'
import { endDue } from '../engine/residence.ts'
import { invalid } from '../engine/tick.ts'

/** What a rank does in a step: nothing, decoding only, or prompts too. */
const NOTHING = 0
const DECODE = 1
const PROMPTS = 2

/**
 * One step of engines that start and end their steps together, as attention-parallel ranks around shared experts do: it lasts as
 * long as the slowest would take alone, and what they compute together: `shared` ticks by the tokens of all. Throws PincerError
 * `invalid_value` when the table is too short.
 */
export function stepRanks(engines: readonly Engine[], shared: Float64Array | null): void {
  let longest = 0
  let tokens = 0
  let arePromptsAlone = false
  for (const engine of engines) {
    if (engine.isReady) admitReady(engine)
    engine.stepKind = engine.promptsAlone ? planAlone(engine) : planStep(engine)
    if (engine.stepKind === PROMPTS && engine.promptsAlone) arePromptsAlone = true
  }
  // Where prompts run alone they do so on all ranks: the others' decoding waits.
  for (const engine of engines) {
    if (engine.promptsAlone && !arePromptsAlone) planDecoding(engine)
    if (engine.stepKind === NOTHING) continue
    tokens += engine.stepTokens
    if (engine.stepTicks > longest) longest = engine.stepTicks
  }
  const ticks = longest + (shared === null ? 0 : sharedTicks(shared, tokens))
  for (const engine of engines) finishStep(engine, ticks)
}

function sharedTicks(shared: Float64Array, tokens: number): number {
  const ticks = shared[tokens]
  if (ticks !== undefined) return ticks
  const hint = `tabulate the times of steps of up to ${tokens} tokens`
  throw invalid(['timer', 'shared'], `a step has ${tokens} tokens, the table ${shared.length} entries`, hint)
}

function planStep(engine: Engine): number {
  const preempted = makeRoom(engine)
  engine.free -= engine.growth[engine.phase] ?? 0
  const tokens = planPrompts(engine, !preempted && !(engine.gang && engine.running > 0))
  if (tokens > 0) {
    engine.stepTicks = promptTicks(engine, tokens)
    engine.stepTokens = tokens + engine.width * engine.decoding
    return PROMPTS
  }
  return engine.decoding > 0 ? decodeAll(engine) : NOTHING
}

function decodeAll(engine: Engine): number {
  engine.stepTicks = decodeTicks(engine)
  engine.stepTokens = engine.width * engine.decoding
  return DECODE
}

function planAlone(engine: Engine): number {
  const tokens = planPrompts(engine, true)
  if (tokens === 0) return NOTHING
  engine.stepTicks = promptTicks(engine, tokens)
  engine.stepTokens = tokens
  return PROMPTS
}

function planDecoding(engine: Engine): void {
  if (engine.decoding === 0) return
  makeRoom(engine)
  engine.free -= engine.growth[engine.phase] ?? 0
  engine.stepKind = decodeAll(engine)
}

function finishStep(engine: Engine, ticks: number): void {
  engine.stepBlocks = engine.blocks - engine.free
  spendTicks(engine, ticks)
  if (engine.stepKind === NOTHING) return
  engine.steps += 1
  if (engine.stepKind === PROMPTS) {
    endPromptStep(engine, engine.stepTokens, ticks)
    return
  }
  passStep(engine)
  endDue(engine)
}
