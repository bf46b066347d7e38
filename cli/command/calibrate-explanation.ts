import type { SiteCalibration } from '../../src/index.ts'
import type { Explanation } from '../view/explanation.ts'

/** How `calibrate` refits, and when it keeps the shipped constants. */
export function calibrationExplanations({ rows, kernels }: SiteCalibration): readonly Explanation[] {
  return [...(kernels === undefined ? [] : OF_KERNELS), ...(rows === 0 ? [] : OF_RUNS)]
}

const OF_RUNS: readonly Explanation[] = [
  {
    quantity: 'Factors of runs',
    formula:
      'most probable factors on the shipped constants: errors of ln TPOT and ln TTFT against a Gaussian prior around 1, or around what kernels made probable',
    values: 'noise 10 % on TPOT, 25 % on TTFT; errors far above it count linearly; groups of n rows count as √n rows',
    inputs: ['doubt: factor either way of one posterior standard deviation; equal to the prior where rows say nothing'],
    sources: [],
  },
  {
    quantity: 'Gain on runs',
    formula:
      'mean of |ln(predicted / measured)| by the shipped constants − the same by factors that have not seen the row',
    values: 'TTFT counts half; the refit is kept when the gain exceeds 0.5 % and Student’s one-sided 95 % over groups',
    inputs: ['rows that share what is named under “left out by” are left out together, in at most ten folds'],
    sources: [],
  },
]

const OF_KERNELS: readonly Explanation[] = [
  {
    quantity: 'Expected time of a kernel',
    formula: 'max(speed of light, roofline at paces of 1 × surface of public timings), as a prediction times it',
    values: 'a pace is the speed of kernels in a serving engine over their speed alone; these ran alone',
    inputs: ['timings below the speed of light are left out; repetitions of a shape count once, by their median'],
    sources: [],
  },
  {
    quantity: 'Factors of kernels',
    formula:
      'most probable factors, and an offset for each kernel and format: errors of ln latency against a Gaussian prior around 1',
    values:
      'noise of a shape / of a kernel and format: 10 % / 10 % where the chip has surfaces, 12 % / 15 % by its kin’s, 20 % / 25 % by all chips’, 30 % / 30 % without',
    inputs: ['doubt: of noise and slopes alone, so that more rows never widen it'],
    sources: [],
  },
  {
    quantity: 'Gain on kernels',
    formula:
      'mean of |ln(expected / measured)| by the shipped constants − the same by factors that have not seen the shape',
    values: 'kept when the gain exceeds 0.5 % and Student’s one-sided 95 % over groups',
    inputs: ['shapes that share the sizes that a model fixes are left out together, in at most ten folds'],
    sources: [],
  },
]
