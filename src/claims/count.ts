import { findModelEntry } from '../catalog/index.ts'
import { findModel, flopsPerToken, type ModelArch, paramCounts } from '../model/index.ts'
import { formatPercent } from '../units/index.ts'
import type { Condition, CountTest, Finding, Quantity, Setting } from './types.ts'

/**
 * Counts parameters. What «active» means leaves a range: a token is multiplied with the matrices it passes (two FLOPs
 * per parameter), and reads one row of the embedding table, which most publishers count in full.
 */
export function countFinding(test: CountTest, { asserts }: Setting): Finding {
  const arch = findModel(test.model)
  const { total, active } = paramCounts(arch)
  const multiplied = flopsPerToken(arch, 0).linear / 2
  const command = `pincer catalog models ${test.model}`
  const evidence = { tier: 'counted', sources: [findModelEntry(test.model).source] } as const
  const quantity = (value: number, hi: number): Quantity => ({
    name: asserts.quantity,
    value,
    lo: value,
    hi,
    unit: asserts.unit,
  })
  if (test.count === 'total') {
    const reason = `The published architecture has ${billions(total)} parameters, counted matrix by matrix.`
    return { quantity: quantity(total, total), reason, wouldHoldIf: [], evidence, command }
  }
  if (test.count === 'experts') return expertFinding(arch, quantity, { evidence, command })
  const both = `A token is multiplied with ${billions(multiplied)} parameters; with the whole embedding table, of which it reads one row, they are ${billions(active)}`
  if (test.count === 'active') {
    return { quantity: quantity(multiplied, active), reason: `${both}.`, wouldHoldIf: [], evidence, command }
  }
  const shares = { matrices: multiplied / total, table: active / total }
  const isNarrow: Condition = {
    condition: 'the embedding table, of which a token reads one row, does not count as active; then the share is',
    value: shares.matrices,
    unit: 'ratio',
    command,
  }
  return {
    quantity: quantity(shares.matrices, shares.table),
    reason: `${both}: ${formatPercent(shares.matrices)} or ${formatPercent(shares.table)} of all.`,
    wouldHoldIf: shares.matrices <= (asserts.atMost ?? Number.POSITIVE_INFINITY) ? [isNarrow] : [],
    evidence,
    command,
  }
}

/** Feed-forward experts, routed and shared, of all layers together. */
function expertFinding(
  arch: ModelArch,
  quantity: (value: number, hi: number) => Quantity,
  rest: Pick<Finding, 'evidence' | 'command'>,
): Finding {
  let [routed, layers, most] = [0, 0, 0]
  for (const { count, ffn } of arch.layers) {
    if (ffn.kind !== 'moe') continue
    routed += count * ffn.experts
    layers += count
    most = Math.max(most, ffn.experts)
  }
  const reason = `${layers} layers have ${most} routed experts each, ${routed} in all; ${billions(paramCounts(arch).total)} is the number of parameters.`
  return { quantity: quantity(routed, routed), reason, wouldHoldIf: [], ...rest }
}

function billions(count: number): string {
  return `${(count / 1e9).toPrecision(4)} billion`
}
