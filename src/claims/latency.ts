import { PincerError } from '../issue/index.ts'
import { type Prediction, predict } from '../predict/index.ts'
import type { Cell } from '../search/index.ts'
import { formatCount, formatPercent, formatSeconds } from '../units/index.ts'
import type { Finding, LatencyTest, Setting } from './types.ts'

/** Time per output token for one user alone on the smallest system of each SRAM machine; the fastest counts. */
export function latencyFinding(_test: LatencyTest, { comparison, asserts }: Setting): Finding {
  const cells = comparison.cells.filter(({ arm, machine }) => arm === 'sparse' && machine === 'sram')
  const alone = cells.flatMap((cell) => soleUser(cell, comparison)).toSorted((a, b) => a.tpot.value - b.tpot.value)
  const [fastest] = alone
  if (fastest === undefined) {
    const reason = 'no SRAM machine of the comparison is in the catalog and holds the sparse model'
    const evidence = { tier: 'first-principles', sources: [] } as const
    return { quantity: { unknown: reason }, reason, wouldHoldIf: [], evidence, command: 'pincer compare' }
  }
  const { value, lo, hi } = fastest.tpot
  return {
    quantity: { name: asserts.quantity, value, lo, hi, unit: asserts.unit },
    reason: alone.map(latencyText).join(' '),
    wouldHoldIf: [],
    evidence: { tier: fastest.evidence.tier, sources: fastest.evidence.sources },
    command: predictCommand(fastest),
  }
}

/** No prediction for a model or a chip that the catalog does not know: the comparison names them by id only. */
function soleUser(cell: Cell, { workload, precision }: Setting['comparison']): Prediction[] {
  const load = { ...workload, concurrency: 1 }
  try {
    return [predict({ model: cell.model, chip: cell.chip, precision, cacheFormat: 'fp8', workload: load })]
  } catch (error) {
    if (error instanceof PincerError) return []
    throw error
  }
}

function latencyText({ chip, chips, ttft, tpot, throughput, decodeStep }: Prediction): string {
  const largest = decodeStep.parts.reduce((most, part) => (part.seconds > most.seconds ? part : most))
  const share = formatPercent(largest.seconds / decodeStep.seconds)
  return (
    `One user alone on ${formatCount(chips)} × ${chip.id}: first token after ${formatSeconds(ttft.value)}, ` +
    `then one every ${formatSeconds(tpot.value)} (${formatCount(Math.round(throughput.perUser.value))} tokens/s); ${share} of it is ${largest.name} (${largest.bound}).`
  )
}

function predictCommand({ model, chip, precision, workload }: Prediction): string {
  const load = `${workload.isl}/${workload.osl}@1`
  return `pincer predict --model ${model.id} --chip ${chip.id} --precision ${precision} --cache-format fp8 --workload ${load}`
}
