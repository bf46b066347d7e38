import type { Explanation } from '../view/explanation.ts'

/** How `validate` scores. */
export const VALIDATION_EXPLANATIONS: readonly Explanation[] = [
  {
    quantity: 'Error',
    formula:
      '|predicted / measured − 1| of each row; median, mean and 90th percentile (linear between order statistics)',
    values: 'bias = median of predicted / measured − 1: above 0 the predictions are too high',
    inputs: ['rows whose measured cell is blank are predicted and not scored; refused rows are listed and not scored'],
    sources: [],
  },
  {
    quantity: 'Inside the band',
    formula: 'share of measurements between the ends of the predicted 80 % band, and of the 90 % band',
    values: 'an honest band holds about as many as it says: far more means too wide, fewer too narrow',
    inputs: [],
    sources: [],
  },
]
