import { FREE, type Constants, calibrationFor, constantsOf } from './constants.ts'
import { type Deployment, type Ratio, ratio } from './deployment.ts'
import { descend } from './descent.ts'

/** Weight of TTFT beside TPOT: it is noisier, and its queue is what a closed form describes least. */
const TTFT_WEIGHT = 0.25
/** Errors beyond these (log scale) count as these, so that mislabelled rows do not steer the fit. */
const TPOT_CAP = 0.7
const TTFT_CAP = 1.4
const MISFIT = 1

/** Constants that minimise the mean capped log error; groups weigh by the square root of their size. */
export function fitConstants(
  deployments: readonly Deployment[],
  rounds: number,
): { constants: Constants; loss: number } {
  const weights = groupWeights(deployments)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const loss = (values: readonly number[]): number => {
    const constants = constantsOf(values)
    let sum = 0
    for (const [i, deployment] of deployments.entries()) {
      sum += weights[i]! * rowLoss(ratio(deployment, calibrationFor(constants, deployment.scenario.engine)))
    }
    return sum / total
  }
  const found = descend(FREE, loss, rounds)
  return { constants: constantsOf(found.values), loss: found.loss }
}

function rowLoss(found: Ratio | undefined): number {
  if (found === undefined) return MISFIT
  const tpot = Math.min(Math.abs(Math.log(found.tpot)), TPOT_CAP)
  return tpot + TTFT_WEIGHT * Math.min(Math.abs(Math.log(found.ttft)), TTFT_CAP)
}

function groupWeights(deployments: readonly Deployment[]): number[] {
  const sizes = new Map<string, number>()
  for (const { group } of deployments) sizes.set(group, (sizes.get(group) ?? 0) + 1)
  return deployments.map(({ group }) => 1 / Math.sqrt(sizes.get(group)!))
}

/** Ratios of all deployments under one set of constants; those that do not fit the chip are left out. */
export function ratios(deployments: readonly Deployment[], constants: Constants): Ratio[] {
  return deployments.flatMap(
    (deployment) => ratio(deployment, calibrationFor(constants, deployment.scenario.engine)) ?? [],
  )
}
