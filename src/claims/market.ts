import { findModel, flopsPerToken } from '../model/index.ts'
import { formatCount, formatSi } from '../units/index.ts'
import { roundedUp, trainCommand } from './command.ts'
import { predictRun } from './training.ts'
import type { Condition, Finding, MarketTest, Setting } from './types.ts'

/**
 * A ratio of markets has no prediction. What is computed: the days a service of the published volume runs until its
 * compute is `atLeast` times the training compute of its model.
 */
export function marketFinding(test: MarketTest, { asserts }: Setting): Finding {
  const { market, served } = test
  const note = market.note === undefined ? '' : ` (${market.note})`
  const reason = `Spending of a market is not predicted by this engine. The published estimate is ${market.value} : 1${note}, against the ${asserts.atLeast ?? asserts.atMost} : 1 claimed.`
  return {
    quantity: { unknown: 'a ratio of markets is not a property of models and machines' },
    reason,
    wouldHoldIf: asserts.atLeast === undefined ? [] : lifetimeConditions(test, asserts.atLeast),
    evidence: { tier: 'counted', sources: [market.source, served.source] },
    command: trainCommand(test.run),
  }
}

function lifetimeConditions({ run, served }: MarketTest, ratio: number): Condition[] {
  const training = predictRun(run)
  if ('unknown' in training || typeof training.flops !== 'number') return []
  const daily = dailyFlops(run.model, served)
  return [
    {
      condition:
        `it were about one model: ${training.model} (training ${formatSi(training.flops, 'FLOP')}) serving ` +
        `${formatCount(served.inputTokensPerDay)} tokens in and ${formatCount(served.outputTokensPerDay)} out a day ` +
        `(${formatSi(daily, 'FLOP')}) for at least`,
      value: roundedUp((ratio * training.flops) / daily),
      unit: 'days',
      command: trainCommand(run),
    },
  ]
}

// Cached prompts cost nothing; the others see half the mean context on average.
function dailyFlops(model: string, served: MarketTest['served']): number {
  const arch = findModel(model)
  const { inputTokensPerDay, cachedShare, outputTokensPerDay, meanContext } = served
  const reading = inputTokensPerDay * (1 - cachedShare) * flopsPerToken(arch, meanContext / 2).total
  return reading + outputTokensPerDay * flopsPerToken(arch, meanContext).total
}
