import type { Explanation } from '../view/explanation.ts'

/** How `calibrate` refits, and when it keeps the shipped constants. */
export const CALIBRATION_EXPLANATIONS: readonly Explanation[] = [
  {
    quantity: 'Factors',
    formula:
      'most probable factors on the shipped constants: errors of ln TPOT and ln TTFT against a Gaussian prior around 1',
    values: 'noise 10 % on TPOT, 25 % on TTFT; errors far above it count linearly; groups of n rows count as √n rows',
    inputs: ['doubt: factor either way of one posterior standard deviation; equal to the prior where rows say nothing'],
    sources: [],
  },
  {
    quantity: 'Gain',
    formula:
      'mean of |ln(predicted / measured)| by the shipped constants − the same by factors that have not seen the row',
    values: 'TTFT counts half; the refit is kept when the gain exceeds 0.5 % and Student’s one-sided 95 % over groups',
    inputs: ['rows that share what is named under “left out by” are left out together, in at most ten folds'],
    sources: [],
  },
]
