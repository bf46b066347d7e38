import type { MarketResult } from '../../src/index.ts'
import type { Explanation } from '../view/explanation.ts'
import { thresholdText } from '../view/market.ts'

/** Formula, values and sources of the headline numbers of a market scenario. */
export function marketExplanations(result: MarketResult): Explanation[] {
  const { scenario, ratio, samples, seed } = result
  return [
    {
      quantity: 'Tokens in a year',
      formula: 'baseline tokens · (price / baseline price)^−elasticity; price = 1 + passThrough · (cost − 1)',
      values: 'cost = (1 − SRAM share) · GPU mix + SRAM share · SRAM mix, each of dense models and mixtures',
      inputs: ['shares follow logistic curves that start at nothing in the base year'],
      sources: [],
    },
    {
      quantity: 'Revenue of GPU vendors over the baseline, all years after the base year',
      formula: 'Σ purchases · (1 − improvement)^t over fleets for inference, training and SRAM machines of their own',
      values: `median ×${ratio.quantiles[2]!.value.toPrecision(3)}; ${samples} points of scrambled Sobol’ sequences, seed ${seed}`,
      inputs: [
        'purchases of a year: what the fleet lacks after vintages past their life have retired, never below nothing',
      ],
      sources: [...new Set(scenario.inputs.map(({ source }) => source))],
    },
    {
      quantity: 'Elasticity at which GPU vendors sell as much as in the baseline',
      formula: 'bisection over the elasticity of token demand, all other inputs at their medians',
      values: thresholdText(result.threshold),
      inputs: [],
      sources: [],
    },
  ]
}
