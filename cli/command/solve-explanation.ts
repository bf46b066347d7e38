import type { Scenario, Solution } from '../../src/index.ts'
import type { Explanation } from '../view/explanation.ts'
import { sourceOf } from '../view/figure.ts'
import { quantityText, sampleText, valueText } from '../view/solution.ts'

/** How each crossing was found. */
export function solutionExplanations(
  { crossings, parameter, target, samples }: Solution,
  { chip }: Scenario,
): Explanation[] {
  return crossings.map((crossing) => ({
    quantity: `${parameter.path} ${crossing.side} ${valueText(crossing.reached.at, parameter.unit)}`,
    formula: `${parameter.path} moved over ${samples.length} values, then halved between a value that meets the target and one that does not; each value is a prediction of its own`,
    values: `${quantityText(target.quantity)}: ${sampleText(crossing.reached, target)} at ${crossing.reached.at}, ${sampleText(crossing.missed, target)} at ${crossing.missed.at}`,
    inputs: [`range: ${parameter.reason}`],
    sources: chip.memory.flatMap(({ bandwidth, capacity }) => [...sourceOf(bandwidth), ...sourceOf(capacity)]),
  }))
}
