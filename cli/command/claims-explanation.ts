import type { Verdict } from '../../src/index.ts'
import type { Explanation } from '../view/explanation.ts'
import { boundsText, quantityText } from '../view/verdict.ts'

/** What a verdict rests on: how the claim is read, the number, the rule that turns both into a verdict. */
export function verdictExplanation({
  claim,
  asserted,
  quantity,
  verdict,
  reason,
  evidence,
  command,
}: Verdict): Explanation {
  return {
    quantity: `${claim.id}: ${verdict}`,
    formula:
      'holds when the whole band keeps the bounds, holds only if when a part of it does, does not hold when none does',
    values: `asserted ${asserted.quantity} ${boundsText(asserted)}; found ${quantityText(quantity)}`,
    inputs: [`read as: ${claim.reading}`, reason, `shown by: ${command}`, `evidence: ${evidence.tier}`],
    sources: [claim.source, ...evidence.sources],
  }
}
