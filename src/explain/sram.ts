import { type Placement, type StagePass, matrixPeak, passHops, passStages, tokensPerPass } from '../dataflow/index.ts'
import { type Prediction, type Scenario, serveMost, serveOptions } from '../predict/index.ts'
import type { Bound } from '../step/index.ts'
import { type Tally, tallied } from './tally.ts'
import type { StepAccount, Stretch } from './types.ts'

/** The decode step of a deployment on an SRAM or dataflow machine: layers take the place of operators. */
export function sramAccount(scenario: Scenario, prediction: Prediction): StepAccount {
  const base = serveOptions(scenario)
  const { served } = serveMost(scenario, base)
  const { place, step } = served
  const { speculation } = base
  const stages = passStages(place, {
    sequences: step.microBatch,
    tokens: 1 + (speculation?.drafts ?? 0),
    // As the dataflow room serves: in the mean half of the answer is there already.
    context: base.promptTokens + base.outputTokens / 2,
  })
  const hops = passHops(place)
  const gained = speculation === undefined ? 1 : tokensPerPass(speculation)
  return {
    operators: tallied(stages.map(stageTally)),
    roofs: roofsOf(place),
    waterfall: stretches(prediction, gained, hops.seconds),
    ...(hops.seconds > 0 ? { hops } : {}),
  }
}

function stageTally({ name, count, flops, bytes, machines, seconds, light, parts }: StagePass): Tally {
  const bounds: readonly (readonly [Bound, number])[] = [
    ['latency', parts.issue],
    ['network', parts.collectives],
    ['memory', parts.weights + parts.kv],
    ['compute', parts.compute],
  ]
  const [bound] = bounds.reduce((most, entry) => (entry[1] > most[1] ? entry : most))
  return { name, count, flops: flops / machines, bytes: bytes / machines, seconds, light, bound }
}

function roofsOf({ chip, work, machine, tiers }: Placement): StepAccount['roofs'] {
  const flops = matrixPeak(chip, work.format, machine.scheme === 'region')
  return { bandwidth: tiers[0]!.bandwidth, peaks: [{ format: work.format, flops }] }
}

// The parts of a prediction are of one token. Hops are waited for in collectives and between stages.
function stretches({ decodeStep }: Prediction, gained: number, hops: number): Stretch[] {
  const of = (...names: string[]): number =>
    gained * decodeStep.parts.reduce((sum, part) => (names.includes(part.name) ? sum + part.seconds : sum), 0)
  return [
    { name: 'issue', cause: 'latency', seconds: of('issue') },
    { name: 'hops', cause: 'latency', seconds: hops },
    { name: 'transfer', cause: 'links', seconds: Math.max(0, of('collectives', 'transfer') - hops) },
    { name: 'weights', cause: 'weights', seconds: of('weights') },
    { name: 'KV cache', cause: 'kv', seconds: of('kv') },
    { name: 'compute', cause: 'compute', seconds: of('compute') },
    { name: 'drafting', cause: 'drafts', seconds: of('draft') },
    { name: 'wait for stages', cause: 'queue', seconds: of('wait') },
    { name: 'prompts of others', cause: 'queue', seconds: of('prompts of others') },
  ]
}
