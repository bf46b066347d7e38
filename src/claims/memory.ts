import { isKnown, storeOf } from '../catalog/index.ts'
import { paramCounts } from '../model/index.ts'
import type { Cell } from '../search/index.ts'
import { formatBytes, formatCount } from '../units/index.ts'
import { compareCommand, roundedDown, roundedUp } from './command.ts'
import { inCatalog } from './corner.ts'
import type { Condition, Finding, MemoryTest, Setting } from './types.ts'

/** SRAM machines that hold all weights of the sparse model, on the machine that needs fewest. Exact, so without a band. */
export function memoryFinding(_test: MemoryTest, { comparison, asserts }: Setting): Finding {
  const cells = comparison.cells
    .filter(({ arm, machine }) => arm === 'sparse' && machine === 'sram')
    .toSorted((a, b) => a.machinesToHold - b.machinesToHold)
  const command = compareCommand(comparison)
  const [best] = cells
  if (best === undefined) {
    const reason = 'the comparison has no sparse model on an SRAM machine'
    return {
      quantity: { unknown: reason },
      reason,
      wouldHoldIf: [],
      evidence: { tier: 'counted', sources: [] },
      command,
    }
  }
  const counts = cells.map(({ machinesToHold, chip }) => `${formatCount(machinesToHold)} × ${chip}`).join(' or ')
  const value = best.machinesToHold
  return {
    quantity: { name: asserts.quantity, value, lo: value, hi: value, unit: asserts.unit },
    reason: `All ${formatBytes(best.weightBytes)} of weights (${comparison.precision}) are resident: ${counts}, before any KV cache.`,
    wouldHoldIf: memoryConditions(best, command),
    evidence: { tier: 'counted', sources: memorySources(cells) },
    command,
  }
}

function memorySources(cells: readonly Cell[]): string[] {
  const sources = cells.flatMap((cell) => {
    const capacity = capacityOf(cell)
    return capacity === undefined ? [] : [capacity.source]
  })
  return [...new Set(sources)]
}

function capacityOf(cell: Cell): { readonly value: number; readonly source: string } | undefined {
  const chip = inCatalog(cell)?.chip
  const capacity = chip === undefined ? undefined : storeOf(chip)?.capacity
  return capacity !== undefined && isKnown(capacity) ? capacity : undefined
}

function memoryConditions(cell: Cell, command: string): Condition[] {
  const larger: Condition = {
    condition: `the memory of one ${cell.chip} holds at least`,
    value: roundedUp(cell.weightBytes),
    unit: 'B',
    command,
  }
  const capacity = capacityOf(cell)?.value
  const arch = inCatalog(cell)?.arch
  if (capacity === undefined || arch === undefined) return [larger]
  const { total, active } = paramCounts(arch)
  const narrower: Condition = {
    condition: `one weight on ${cell.chip} takes at most`,
    value: roundedDown((8 * capacity) / total),
    unit: 'bit',
    command,
  }
  const machines = Math.ceil(((active / total) * cell.weightBytes) / capacity)
  if (machines > 1) return [larger, narrower]
  const activeOnly: Condition = {
    condition:
      'only the parameters that one token uses have to be resident, which no router grants; the machines they fill are',
    value: machines,
    unit: 'machines',
    command,
  }
  return [larger, narrower, activeOnly]
}
