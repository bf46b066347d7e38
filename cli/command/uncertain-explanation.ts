import { type UncertainComparison, formatUsd, isKnown } from '../../src/index.ts'
import type { Explanation } from '../view/explanation.ts'
import { rateText } from '../view/figure.ts'

/** How the headline numbers of an uncertain comparison come about. */
export function uncertainExplanations(answer: UncertainComparison): Explanation[] {
  const { sides, probability, samples, seed, indices, per } = answer
  const sources = answer.inputs.flatMap(({ source }) => (source === undefined ? [] : [source]))
  return [
    ...sides.flatMap(({ label, central, prediction }, i): Explanation[] => {
      if (prediction === undefined) return []
      const rate = per === 'output' ? prediction.throughput.output : prediction.throughput.total
      const hour = prediction.cost.chipHour
      return [
        {
          quantity: `${i === 0 ? 'A' : 'B'}, ${label}: $ per million ${per === 'output' ? 'output ' : ''}tokens, central`,
          formula:
            'chips · $ per chip-hour / utilisation / (tokens per second · 3600) · 10⁶, in every sample with its own values',
          values: `${prediction.chips} chips, ${rateText(rate.value)} tokens/s: ${formatUsd(central)}`,
          inputs: [`speed ${rateText(rate.lo)} – ${rateText(rate.hi)} tokens/s (90 %, ${prediction.evidence.tier})`],
          sources: isKnown(hour) ? [hour.source] : [],
        },
      ]
    }),
    {
      quantity: 'Probability that A is cheaper',
      formula: 'samples in which A costs less / samples; both sides see the same shared inputs in every sample',
      values: `${probability.aCheaper.value} ± ${probability.aCheaper.error.toPrecision(2)} (standard error over 8 scramblings of the points)`,
      inputs: [`${samples} points of scrambled Sobol’ sequences (Joe and Kuo 2008), seed ${seed}`],
      sources,
    },
    {
      quantity: 'Shares of the variance',
      formula: 'of ln(cost of A / cost of B): alone by Saltelli et al. (2010), in all by Jansen (1999)',
      values: `variance ${indices.variance.toPrecision(3)}, ${indices.evaluations} evaluations`,
      inputs: ['the interval is that of 95 % over 8 scramblings'],
      sources: [],
    },
  ]
}
