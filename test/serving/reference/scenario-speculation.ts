/** Random scenarios with drafted tokens, and with requests that arrive with their KV cache. */
import fc from 'fast-check'
import { type Scenario, anyScenarios, requestTable, timers } from './scenario.ts'
import { prefixScenarios } from './scenario-prefix.ts'
import type { Policy, Requests, Speculation } from './sequence.ts'

/** Before it is known how much a step may gain. */
const drafts: fc.Arbitrary<Speculation> = fc.record({
  width: fc.integer({ min: 1, max: 5 }),
  grain: fc.integer({ min: 1, max: 8 }),
  gain: fc.oneof(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 64 })),
})

/** A step gains at most what one block holds. */
export function speculationIn(blockSize: number, { width, grain, gain }: Speculation): Speculation {
  return { width, grain, gain: 1 + ((gain - 1) % (blockSize * grain)) }
}

/** Blocks of the longest life of these requests. */
export function longestLife({ prompt, output }: Requests, blockSize: number, { gain, grain }: Speculation): number {
  const grains = Array.from(prompt, (p, i) => p * grain + Math.ceil(((output[i]! - 1) * grain) / gain) * gain)
  return Math.max(...grains.map((one) => Math.ceil(one / (blockSize * grain))))
}

/** The scenario with as many blocks to spare as before. */
function speculating({ requests, timer, settings }: Scenario, draft: Speculation): Scenario {
  const { blockSize } = settings
  const speculation = speculationIn(blockSize, draft)
  const before = longestLife(requests, blockSize, { width: 1, gain: 1, grain: 1 })
  const blocks = settings.blocks + longestLife(requests, blockSize, speculation) - before
  return { requests, timer, settings: { ...settings, blocks, speculation } }
}

/** The same requests with at least two tokens to emit, the first of which has been emitted elsewhere. */
export function readyRequests({ output, ...rest }: Requests): Requests {
  return { ...rest, output: output.map((tokens) => Math.max(2, tokens)), ready: true }
}

function ready({ requests, timer, settings }: Scenario): Scenario {
  const later = readyRequests(requests)
  const one = { width: 1, gain: 1, grain: 1 }
  const { blockSize } = settings
  const blocks = settings.blocks + longestLife(later, blockSize, one) - longestLife(requests, blockSize, one)
  return { requests: later, timer, settings: { ...settings, blocks } }
}

/** A few short requests with longer answers, all at once. */
const narrowTables: fc.Arbitrary<Requests> = fc
  .array(fc.tuple(fc.constant(0), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 3, max: 12 })), {
    minLength: 2,
    maxLength: 8,
  })
  .map(requestTable)

/** Memory for just one of them: who comes back after a preemption may need more than there is. */
function narrowScenarios(policy: Policy): fc.Arbitrary<Scenario> {
  const settings = fc.record({
    maxSequences: fc.integer({ min: 2, max: 4 }),
    tokenBudget: fc.integer({ min: 4, max: 40 }),
    blockSize: fc.integer({ min: 1, max: 3 }),
    watermark: fc.integer({ min: 0, max: 2 }),
  })
  return fc.tuple(narrowTables, timers, settings).map(([requests, timer, { blockSize, ...rest }]) => {
    const blocks = longestLife(requests, blockSize, { width: 1, gain: 1, grain: 1 })
    return { requests, timer, settings: { policy, ...rest, blockSize, blocks } }
  })
}

export function speculationScenarios(policy: Policy): fc.Arbitrary<Scenario> {
  const any = fc.oneof(
    { weight: 3, arbitrary: anyScenarios(policy) },
    { weight: 3, arbitrary: prefixScenarios(policy) },
    { weight: 1, arbitrary: narrowScenarios(policy) },
  )
  return fc.tuple(any, drafts).map(([scenario, draft]) => speculating(scenario, draft))
}

export function readyScenarios(policy: Policy): fc.Arbitrary<Scenario> {
  const any = fc.oneof(
    { weight: 3, arbitrary: anyScenarios(policy) },
    { weight: 1, arbitrary: prefixScenarios(policy) },
    { weight: 1, arbitrary: narrowScenarios(policy) },
  )
  const drafted = fc.option(drafts, { nil: null })
  return fc.tuple(any, drafted).map(([scenario, draft]) => {
    const later = ready(scenario)
    return draft === null ? later : speculating(later, draft)
  })
}
