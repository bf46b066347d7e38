import type { Crossover, CrossoverMap, Ways } from '../../src/index.ts'
import { metricText, placeText } from '../view/crossover.ts'
import type { Explanation } from '../view/explanation.ts'

/** Both sides on either side of each crossing. */
export function crossoverExplanations({ crossings, metric, over, points }: Crossover): Explanation[] {
  const pair = ({ a, b }: { a?: number; b?: number }): string =>
    `A ${a === undefined ? 'does not fit' : metricText(a, metric)}, B ${b === undefined ? 'does not fit' : metricText(b, metric)}`
  return crossings.map(({ at, below, above, kind }) => ({
    quantity: `Crossing at ${over.name} ${placeText(at)} (${kind})`,
    formula:
      'the place at which the better side changes: a scan on predict and economics, then halving until the two places meet',
    values: `at ${below.x}: ${pair(below)}; at ${above.x}: ${pair(above)}`,
    inputs: [`${points.length} places scanned from ${over.from} to ${over.to}, ${over.scale}`],
    sources: [],
  }))
}

/** How a map is made. */
export function mapExplanations({ xs, ys, contour }: CrossoverMap): Explanation[] {
  return [
    {
      quantity: 'The line on which the winner changes',
      formula:
        'marching squares on the winner; its places on the edges of cells are halved to a thousandth of an edge, asking both sides',
      values: `${xs.length} by ${ys.length} places, ${contour.length} pieces`,
      inputs: [],
      sources: [],
    },
  ]
}

export function waysExplanations({ pairs }: Ways): Explanation[] {
  return pairs.flatMap(({ utilisation, year }) =>
    [utilisation, year].flatMap((answer) => (answer === undefined ? [] : crossoverExplanations(answer))),
  )
}
