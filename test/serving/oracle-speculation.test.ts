import { env } from 'node:process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fast } from './reference/fast.ts'
import { type Corners, uncovered } from './reference/corner.ts'
import { type Scenario } from './reference/scenario.ts'
import { piped } from './reference/scenario.ts'
import { readyScenarios, speculationScenarios } from './reference/scenario-speculation.ts'
import { POLICIES, type Policy, type Sequence, speculationOf } from './reference/sequence.ts'
import { type ReferenceRun, serveReference } from './reference/serve.ts'
import { servedByReference } from './reference/served.ts'

const RUNS = Math.max(1500, Number(env['PINCER_ORACLE_RUNS'] ?? 0))

/** Decode steps of a request whose prompt is complete with `base` tokens emitted. */
function stepsOf({ output }: Sequence, base: number, { settings }: Scenario): number {
  const { gain, grain } = speculationOf(settings)
  return Math.ceil(((output - base) * grain) / gain)
}

const PAUSES = 'a preemption makes a request need more steps'
const FULL = 'decodes leave prompts nothing of the budget'

const SPECULATION: Corners<ReferenceRun, Scenario> = {
  'a token takes several steps': (_, { settings }) => speculationOf(settings).gain < speculationOf(settings).grain,
  'a step emits one token or two': (run, { settings: { speculation } }) =>
    run.steps.length > 5 && speculation!.gain > speculation!.grain && speculation!.gain < 2 * speculation!.grain,
  'a step emits four tokens': (run) =>
    run.sequences.some(({ emitted }) => emitted.some((tick, i) => i > 0 && tick === emitted[i + 3])),
  'the last step emits fewer tokens than it could': (run, { settings: { speculation } }) =>
    run.sequences.some(
      ({ steps, base, output }) => base + Math.floor((steps * speculation!.gain) / speculation!.grain) > output,
    ),
  'a step fills a whole block': (run, { settings: { speculation, blockSize } }) =>
    speculation!.gain === blockSize * speculation!.grain && run.steps.some(({ n }) => n > 0),
  'decodes count more than once beside prompts': (run, { settings: { speculation } }) =>
    run.steps.some(({ n, p }) => n > 1 && p > 0 && speculation!.width > 1),
  [FULL]: (run, { settings: { speculation, tokenBudget } }) =>
    run.steps.some(({ n, p, running }) => n < running && p === 0 && speculation!.width * n > tokenBudget),
  'a request is rejected for its drafts': (run, { settings }) =>
    run.sequences.some(({ rejected, prompt, output }) => {
      const isFitting = prompt + output - 1 <= settings.blocks * settings.blockSize
      return rejected && isFitting && prompt + output <= (settings.maxContext ?? Infinity)
    }),
  'drafted tokens are found again': (run) => run.sequences.some(({ hitTokens }) => hitTokens > 0),
  'a request is preempted between two steps of a token': (run, { settings: { speculation } }) =>
    run.sequences.some(({ preemptedAt, emitted }) => preemptedAt.length > 0 && emitted.length > 0) &&
    speculation!.gain % speculation!.grain > 0,
  [PAUSES]: (run, scenario) =>
    run.sequences.some((sequence) => {
      const { preemptedAt, emitted, base } = sequence
      const before = emitted.filter((tick) => tick <= preemptedAt[0]!).length
      if (preemptedAt.length !== 1 || before === 0 || base === sequence.output) return false
      const { gain, grain } = speculationOf(scenario.settings)
      const taken = Math.ceil(((before - 1) * grain) / gain)
      return taken + stepsOf(sequence, base, scenario) + 1 > stepsOf(sequence, 1, scenario)
    }),
}

const READY: Corners<ReferenceRun, Scenario> = {
  'a ready request starts an idle replica': (run) =>
    run.steps.some(({ n, running, p }) => n === 1 && running === 1 && p === 0),
  'several are admitted in one step': (run) =>
    new Set(run.sequences.map(({ scheduled }) => scheduled)).size < run.sequences.length,
  'a ready request waits': (run) => run.sequences.some(({ scheduled, arrival }) => (scheduled ?? 0) > arrival),
  'every slot is taken': (run, { settings }) => run.steps.some(({ running }) => running === settings.maxSequences),
  'an idle replica admits against the watermark': (run, { settings: { blocks, watermark } }) =>
    run.steps.some((step) => step.running === 1 && blocks - step.blocks < watermark),
  'a request is rejected': (run) => run.rejected > 0,
  'a ready request is preempted in the plan that admits it': (run) =>
    run.sequences.some(({ preemptedAt, scheduled }) => scheduled !== undefined && preemptedAt[0] === scheduled),
  'a request is preempted twice': (run) => run.sequences.some(({ preemptedAt }) => preemptedAt.length > 1),
  'a preempted request is computed beside decodes': (run) => run.steps.some(({ n, p }) => n > 0 && p > 0),
  'a preempted request is computed in chunks': (run) => run.steps.some(({ p, q }) => q > (p * (p + 1)) / 2),
  'a ready request is admitted while a preempted one is computed': (run) =>
    run.sequences.some(
      ({ scheduled, preemptedAt }) =>
        preemptedAt[0] !== scheduled && run.steps.some(({ start, p }) => p > 0 && start === scheduled),
    ),
  'a preempted request keeps a ready one waiting': (run) =>
    run.sequences.some(({ preemptedAt }) =>
      preemptedAt.some((tick) => run.sequences.some(({ arrival, scheduled }) => arrival < tick && scheduled! > tick)),
    ),
  'a preempted request is computed with the last token it needs': (run) =>
    run.sequences.some(({ base, output, preemptedAt }) => preemptedAt.length > 0 && base === output),
}

const preemptions = (corners: object): string[] => Object.keys(corners).filter((corner) => corner.includes('preempt'))

const UNREACHED: Readonly<
  Record<Policy, { readonly speculation: readonly string[]; readonly ready: readonly string[] }>
> = {
  vllm: { speculation: [], ready: [] },
  sglang: {
    speculation: ['decodes count more than once beside prompts', FULL],
    ready: ['a preempted request is computed beside decodes'],
  },
  trtllm: { speculation: [...preemptions(SPECULATION)], ready: preemptions(READY) },
  static: {
    speculation: ['decodes count more than once beside prompts', FULL, ...preemptions(SPECULATION)],
    ready: preemptions(READY),
  },
  continuous: { speculation: [FULL, ...preemptions(SPECULATION)], ready: preemptions(READY) },
}

describe.each(POLICIES)('%s: the fast engine against the plain reference', (policy) => {
  const timeout = 60_000 + RUNS * 40

  it(`agrees on drafted tokens in ${RUNS} random scenarios that reach every corner`, { timeout }, () => {
    const corners = uncovered(SPECULATION)
    fc.assert(
      fc.property(piped(speculationScenarios(policy)), (scenario) => {
        const { requests, timer, settings } = scenario
        const run = serveReference(requests, timer, settings)
        corners.see(run, scenario)
        expect(fast(requests, timer, settings)).toEqual(servedByReference(run))
      }),
      { numRuns: RUNS },
    )
    expect(corners.left()).toEqual(UNREACHED[policy].speculation)
  })

  it(`agrees on requests that arrive with their cache in ${RUNS} scenarios`, { timeout }, () => {
    const corners = uncovered(READY)
    fc.assert(
      fc.property(piped(readyScenarios(policy)), (scenario) => {
        const { requests, timer, settings } = scenario
        const run = serveReference(requests, timer, settings)
        corners.see(run, scenario)
        expect(fast(requests, timer, settings)).toEqual(servedByReference(run))
      }),
      { numRuns: RUNS },
    )
    expect(corners.left()).toEqual(UNREACHED[policy].ready)
  })
})
