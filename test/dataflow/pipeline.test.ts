import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findChip } from '../../src/catalog/index.ts'
import {
  DATAFLOW_MACHINES,
  type MicroBatch,
  type Placement,
  decodeTime,
  passHops,
  passStages,
  placeRates,
  placement,
  prefillTime,
} from '../../src/dataflow/index.ts'
import { passTime } from '../../src/dataflow/pass.ts'
import { findModel } from '../../src/model/index.ts'

const MODELS = ['llama3-8b', 'llama3-70b', 'gpt-oss-120b', 'qwen3-235b-a22b', 'deepseek-r1']
const anyPlace = fc
  .record({ model: fc.constantFrom(...MODELS), chip: fc.constantFrom(...DATAFLOW_MACHINES) })
  .map(({ model, chip }) => placement(findModel(model), findChip(chip), { context: 16_384, usersPerStage: 1000 }))
const anyPrompt = fc.oneof(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 16_384 }))

/** Seconds of a chunk in each stage: a layer and the head each on a wafer, runs of whole layers in groups, the head in the last. */
function stageTimes(place: Placement, chunk: MicroBatch): number[] {
  const passes = passStages(place, chunk)
  const layers = passes.slice(0, -1).flatMap(({ count, seconds }) => Array.from({ length: count }, () => seconds))
  const head = passes.at(-1)!.seconds
  if (place.machine.scheme === 'region') return [...layers, head]
  const stages = Array.from({ length: place.pp }, () => 0)
  for (const [i, seconds] of layers.entries()) stages[Math.floor(i / place.layersPerStage)]! += seconds
  stages[place.pp - 1]! += head
  return stages
}

/** Chunk by chunk and stage by stage: a chunk enters a stage when it has left the one before and the chunk before it has left this. */
function lastChunkOut(stages: readonly number[], chunks: number, hop: number): number {
  const free = stages.map(() => 0)
  let out = 0
  for (let chunk = 0; chunk < chunks; chunk++) {
    out = 0
    for (const [stage, seconds] of stages.entries()) {
      out = Math.max(out, free[stage]!) + seconds
      free[stage] = out
      if (stage < stages.length - 1) out += hop
    }
  }
  return out
}

describe('a prompt in the pipeline', () => {
  it('takes what chunks take that follow one another through the stages', () => {
    fc.assert(
      fc.property(anyPlace, anyPrompt, (place, length) => {
        const { chunk: size } = prefillTime(place, length)
        // Whole chunks: one that is cut off is timed by its share.
        const chunks = Math.max(1, Math.round(length / size))
        const batch = { sequences: 1, tokens: size, context: (chunks * size + 1) / 2 }
        const { seconds, busiest, parts } = passTime(place, batch)
        const hop = place.machine.scheme === 'region' || place.pp === 1 ? 0 : parts.transfer / (place.pp - 1)
        const walked = lastChunkOut(stageTimes(place, batch), chunks, hop)
        const onWafers = place.machine.scheme === 'region' ? parts.transfer : 0
        const closed = seconds + (chunks - 1) * busiest
        // Layers are spread evenly over stages, where real ones hold whole layers and the last the head besides.
        const [least, most] = place.machine.scheme === 'region' ? [1 - 1e-9, 1 + 1e-9] : [0.75, 1.25]
        expect(closed / (walked + onWafers)).toBeGreaterThan(least)
        expect(closed / (walked + onWafers)).toBeLessThan(most)
        const prompt = prefillTime(place, chunks * size)
        expect(prompt.seconds).toBeLessThanOrEqual(closed * (1 + 1e-12))
      }),
      { numRuns: 300 },
    )
  })

  it('is out no sooner than its hops and the busiest stage allow', () => {
    fc.assert(
      fc.property(anyPlace, anyPrompt, (place, prompt) => {
        const { seconds, busy } = prefillTime(place, prompt)
        expect(seconds).toBeGreaterThanOrEqual(passHops(place).seconds)
        expect(seconds).toBeGreaterThanOrEqual(busy * (1 - 1e-12))
      }),
      { numRuns: 150 },
    )
  })
})

/** Bytes that each machine of a stage sends over its links per token: two all-reduces a layer, by reduce-scatter and all-gather. */
function linkBytes({ work, pp, tp }: Placement): number {
  return (work.depth / pp) * 2 * ((2 * (tp - 1)) / tp) * work.hidden * 2
}

describe('links', () => {
  it('carry no more than their bandwidth: prompts and tokens of all users wait for the sums of their layers', () => {
    fc.assert(
      fc.property(anyPlace, anyPrompt, fc.integer({ min: 1, max: 300 }), (place, prompt, wish) => {
        const link = placeRates(place, 1).groupLink
        const { busy } = prefillTime(place, prompt)
        expect(busy).toBeGreaterThanOrEqual((prompt * linkBytes(place)) / link)
        const { tokensPerSecondSystem } = decodeTime(place, { users: Math.min(wish, place.maxUsers) })
        expect(tokensPerSecondSystem * linkBytes(place)).toBeLessThanOrEqual(link)
      }),
      { numRuns: 200 },
    )
  })
})

describe('a token', () => {
  it('waits for every hop between its operators and stages, on any machine and with any number of users', () => {
    fc.assert(
      fc.property(anyPlace, fc.integer({ min: 1, max: 300 }), (place, wish) => {
        const { count, seconds } = passHops(place)
        const hop = place.machine.hopSeconds?.value ?? 0
        expect(seconds).toBeCloseTo(count * hop, 12)
        const { tpot } = decodeTime(place, { users: Math.min(wish, place.maxUsers) })
        expect(tpot).toBeGreaterThanOrEqual(count * hop)
      }),
      { numRuns: 150 },
    )
  })
})
