import { isKnown } from '../catalog/index.ts'
import { PincerError } from '../issue/index.ts'
import type { Cell, Comparison } from '../search/index.ts'
import { type Distribution } from '../uncertainty/index.ts'
import type { MarketInput, MarketName, MarketScenario } from './types.ts'

/** Standard score of the ends of a 90 % band. */
const BAND90 = 1.644_853_626_951

/** What a cost ratio is and how far it may lie off, 90 %. */
interface Ratio {
  readonly value: number
  readonly lo: number
  readonly hi: number
}

/**
 * The cost ratios that the scenario needs, from a comparison: a mixture on the GPU, dense and mixture on the cheapest SRAM machine, each
 * per output token relative to the dense model on the GPU, and the mixture’s training relative to the dense model’s.
 * @throws PincerError `unsupported` where the comparison has no such number
 */
export function predictedRatios(
  comparison: Comparison,
  point: MarketScenario['point'],
  wanted: ReadonlySet<MarketName>,
): MarketInput[] {
  const source = `predicted by compare (${comparison.cells.map(({ model, chip }) => `${model} on ${chip}`).join(', ')}), ${point} point`
  const ratios: readonly (readonly [MarketName, () => Ratio | undefined])[] = [
    ['sparseCost', () => tokenRatio(comparison, point, 'sparse', 'hbm')],
    ['sramCost', () => tokenRatio(comparison, point, 'dense', 'sram')],
    ['sramSparseCost', () => tokenRatio(comparison, point, 'sparse', 'sram')],
    ['sparseTrainingCost', () => trainingRatio(comparison)],
  ]
  return ratios
    .filter(([name]) => wanted.has(name))
    .map(([name, find]) => {
      const ratio = find()
      if (ratio === undefined) throw missingRatio(name)
      return { name, distribution: asDistribution(ratio), unit: 'ratio', source, basis: 'derived' }
    })
}

function missingRatio(name: MarketName): PincerError {
  const message = 'the comparison has no such ratio: a cell is missing, or does not reach the speed or the price'
  const suggestion = `give inputs.${name} in the file, or compare other models and machines`
  return new PincerError({ code: 'unsupported', path: ['inputs', name], message, suggestion })
}

function tokenRatio(
  { cells, relative }: Comparison,
  point: MarketScenario['point'],
  arm: Cell['arm'],
  machine: Cell['machine'],
): Ratio | undefined {
  const found = cells.flatMap((cell, i) => {
    const ratio = relative[i]?.[point].costPerToken
    return cell.arm === arm && cell.machine === machine && ratio !== undefined ? [ratio] : []
  })
  return found.toSorted((a, b) => a.value - b.value)[0]
}

/** On one machine, so that its price cancels; the errors of the two runs are taken as independent. */
function trainingRatio({ cells }: Comparison): Ratio | undefined {
  const hours = (arm: Cell['arm']): Cell['training']['chipHours'] | undefined =>
    cells.find((cell) => cell.arm === arm && cell.machine === 'hbm')?.training.chipHours
  const [sparse, dense] = [hours('sparse'), hours('dense')]
  if (sparse === undefined || dense === undefined || !isKnown(sparse) || !isKnown(dense)) return undefined
  const value = sparse.value / dense.value
  const spread = (figure: typeof sparse): number => Math.log((figure.high ?? figure.value) / figure.value)
  const wide = Math.exp(Math.hypot(spread(sparse), spread(dense)))
  return { value, lo: value / wide, hi: value * wide }
}

// An open end, where a machine may not reach the speed at all, says nothing of how far: the other end is mirrored.
function asDistribution({ value, lo, hi }: Ratio): Distribution {
  const [down, up] = [Math.log(value / lo), Math.log(hi / value)]
  const isOpen = !Number.isFinite(up) || up === 0
  if (isOpen) return { kind: 'lognormal', median: value, factor: Math.exp(Math.max(down, 1e-6) / BAND90) }
  return { kind: 'quantiles', shares: [0.05, 0.5, 0.95], values: [lo, value, hi], isLog: true }
}
