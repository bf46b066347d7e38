import type { UncertainComparison } from './uncertain.ts'

/** The answer of `uncertainComparison` as JSON (`pincer.uncertainty.v1`): predictions are named by what they are, not repeated. */
export function uncertainDocument({ sides, ...answer }: UncertainComparison): object {
  return {
    ...answer,
    sides: sides.map(({ prediction, ...side }) => ({
      ...side,
      ...(prediction === undefined
        ? {}
        : {
            model: prediction.model.id,
            chip: prediction.chip.id,
            chips: prediction.chips,
            layout: prediction.layout,
            tier: prediction.evidence.tier,
          }),
    })),
  }
}
