import { FREE, type Constants, calibrationFor, constantsOf } from './constants.ts'
import { type Deployment, type Ratio, ratio } from './deployment.ts'
import { type Residue, loss, priorLoss, step } from './gauss-newton.ts'

/** Weight of TTFT beside TPOT: it is noisier. */
const TTFT_WEIGHT = 0.5
/** Error (log scale) at which the loss turns from squared to linear, and the loss beyond which a row counts as mislabelled. */
const TPOT = { scale: 0.08, cap: 0.7 }
const TTFT = { scale: 0.2, cap: 1.4 }
/** Loss of a deployment that is said not to fit its chips. */
const MISFIT = 1
/** Relative change of a constant over which slopes are taken: simulations are not smooth in the small. */
const PROBE = 0.08

/** Deployments with predictions at some constants and their slopes there; parts of them can be refitted without predicting again. */
export interface Linearised {
  readonly values: readonly number[]
  readonly deployments: readonly Deployment[]
  readonly predicted: readonly (Ratio | undefined)[]
  /** By deployment: slopes of ln TPOT and ln TTFT by constant. */
  readonly slopes: readonly { readonly tpot: Float64Array; readonly ttft: Float64Array }[]
}

/** Constants that minimise the mean capped log error; groups weigh by the square root of their size. */
export function fitConstants(deployments: readonly Deployment[], rounds: number): Linearised {
  let at = FREE.map(({ start }) => start)
  let predicted = predict(deployments, at)
  let best = totalLoss(deployments, predicted, at)
  let damping = 0.05
  for (let round = 0; round < rounds; round++) {
    const line = linearise(deployments, at, predicted)
    let gained = 0
    for (let attempt = 0; attempt < 4 && gained === 0; attempt++) {
      const next = step(FREE, at, residues(line), damping)
      const found = predict(deployments, next)
      const tried = totalLoss(deployments, found, next)
      gained = Math.max(0, best - tried)
      damping = gained > 0 ? damping / 3 : damping * 5 + 0.02
      if (gained > 0) [at, predicted, best] = [next, found, tried]
    }
    process.stderr.write(`round ${round + 1}: loss ${best.toFixed(5)}\n`)
    if (gained < 1e-4) break
  }
  return linearise(deployments, at, predicted)
}

/** The deployments with their slopes at constants that are given instead of fitted. */
export function linearisedAt(deployments: readonly Deployment[], values: readonly number[]): Linearised {
  return linearise(deployments, values, predict(deployments, values))
}

/** Steps of a refit on a part of the deployments: the slopes stay, so that they cost nothing. */
const REFIT_STEPS = 6
/** Shares of the way to where the slopes point that are tried for real, on one kept row in so many. */
const WAYS = [1, 0.5, 0.25, 0]
const TRY_STRIDE = 4

/** Constants refitted to the deployments that `keeps` says, by the slopes at hand. */
export function refit(line: Linearised, keeps: (deployment: Deployment) => boolean): Constants {
  const kept = line.deployments.flatMap((deployment, i) => (keeps(deployment) ? [i] : []))
  const part = (values: readonly number[]): Linearised => ({
    values,
    deployments: kept.map((i) => line.deployments[i]!),
    predicted: kept.map((i) => moved(line, i, values)),
    slopes: kept.map((i) => line.slopes[i]!),
  })
  let values = line.values
  for (let i = 0; i < REFIT_STEPS; i++) values = step(FREE, values, residues(part(values)), 0.05)
  const some = kept.filter((_, i) => i % TRY_STRIDE === 0).map((i) => line.deployments[i]!)
  const tries = WAYS.map((way) => {
    const tried = line.values.map((value, k) => value * (values[k]! / value) ** way)
    return { tried, loss: totalLoss(some, predict(some, tried), tried) }
  })
  return constantsOf(tries.reduce((best, next) => (next.loss < best.loss ? next : best)).tried)
}

// The prediction of row i at other constants, along its slopes.
function moved(line: Linearised, i: number, values: readonly number[]): Ratio | undefined {
  const base = line.predicted[i]
  if (base === undefined) return undefined
  const { tpot, ttft } = line.slopes[i]!
  const along = (slopes: Float64Array): number =>
    values.reduce((sum, value, k) => sum + slopes[k]! * Math.log(value / line.values[k]!), 0)
  return { tpot: base.tpot * Math.exp(along(tpot)), ttft: base.ttft * Math.exp(along(ttft)) }
}

function linearise(
  deployments: readonly Deployment[],
  values: readonly number[],
  predicted: readonly (Ratio | undefined)[],
): Linearised {
  const slopes = deployments.map(() => ({
    tpot: new Float64Array(FREE.length),
    ttft: new Float64Array(FREE.length),
  }))
  for (const [k, { high, engine }] of FREE.entries()) {
    const probe = values[k]! * (1 + PROBE) > high ? 1 / (1 + PROBE) : 1 + PROBE
    const constants = constantsOf(values.with(k, values[k]! * probe))
    for (const [i, deployment] of deployments.entries()) {
      const old = predicted[i]
      if (old === undefined || (engine !== undefined && engine !== deployment.scenario.engine)) continue
      const found = ratio(deployment, calibrationFor(constants, deployment.scenario.engine))
      if (found === undefined) continue
      slopes[i]!.tpot[k] = Math.log(found.tpot / old.tpot) / Math.log(probe)
      slopes[i]!.ttft[k] = Math.log(found.ttft / old.ttft) / Math.log(probe)
    }
  }
  return { values, deployments, predicted, slopes }
}

function residues({ deployments, predicted, slopes }: Linearised): Residue[] {
  const weights = groupWeights(deployments)
  return predicted.flatMap((found, i) => {
    if (found === undefined) return []
    const weight = weights[i]!
    return [
      { error: Math.log(found.tpot), slopes: slopes[i]!.tpot, weight, ...TPOT },
      { error: Math.log(found.ttft), slopes: slopes[i]!.ttft, weight: weight * TTFT_WEIGHT, ...TTFT },
    ]
  })
}

function totalLoss(
  deployments: readonly Deployment[],
  predicted: readonly (Ratio | undefined)[],
  values: readonly number[],
): number {
  const weights = groupWeights(deployments)
  const sum = predicted.reduce((partial, found, i) => partial + weights[i]! * rowLoss(found), 0)
  return sum / weights.reduce((a, b) => a + b, 0) + priorLoss(FREE, values)
}

function rowLoss(found: Ratio | undefined): number {
  if (found === undefined) return MISFIT
  return loss({ error: Math.log(found.tpot), ...TPOT }) + TTFT_WEIGHT * loss({ error: Math.log(found.ttft), ...TTFT })
}

function groupWeights(deployments: readonly Deployment[]): number[] {
  const sizes = new Map<string, number>()
  for (const { group } of deployments) sizes.set(group, (sizes.get(group) ?? 0) + 1)
  return deployments.map(({ group }) => 1 / Math.sqrt(sizes.get(group)!))
}

function predict(deployments: readonly Deployment[], values: readonly number[]): (Ratio | undefined)[] {
  const constants = constantsOf(values)
  return deployments.map((deployment) => ratio(deployment, calibrationFor(constants, deployment.scenario.engine)))
}

/** Ratios of all deployments under one set of constants; those that do not fit the chip are left out. */
export function ratios(deployments: readonly Deployment[], constants: Constants): Ratio[] {
  return deployments.flatMap(
    (deployment) => ratio(deployment, calibrationFor(constants, deployment.scenario.engine)) ?? [],
  )
}
