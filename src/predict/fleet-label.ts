import type { DeploymentRow } from './deployment-row.ts'

/** Pools of a fleet that is labelled by its chips alone. */
export interface FleetPools {
  readonly prefill: { readonly workers: number; readonly mapping: { readonly tp: 1; readonly dp: number } }
  readonly decode: {
    readonly workers: number
    readonly mapping: { readonly tp: number; readonly dp: number; readonly moeEp: number }
  }
}

/** Chips of a prefill worker, and of a decode worker without attention data parallelism, on NVL72 racks. */
const PREFILL_CHIPS = 4
const DECODE_CHIPS = 8
/** Most of these decode workers in a recipe. */
const MOST_DECODE = 4
/** Clients per decoding chip above which recipes put all of these under attention data parallelism. */
const CLIENTS_PER_CHIP = 20

/**
 * Chips of a fleet whose label stands for all of its pools: rows on NVL72 racks that say tp = 36 for one pool or for both alike
 * carry the same measurements as rows of the same load that say 4 for prefill and 4 × 8 for decode. Undefined for other rows
 * and engines.
 */
export function fleetChips(row: DeploymentRow): number | undefined {
  const { tp, prefill_tp: prefill, decode_tp: decode } = row
  const chips = Number(row['mode'] === 'disaggregated' ? decode : tp)
  const isAlike = row['mode'] !== 'disaggregated' || (prefill === decode && isBlank(row['decode_workers']))
  const isOneRank = isBlank(row['dp_attention']) || Number(row['dp_attention']) === 1
  const isRack = row['engine'] === 'trtllm' && /nvl72/i.test(row['chip'] ?? '')
  if (!isAlike || !isOneRank || !isRack) return undefined
  const isWhole = chips > PREFILL_CHIPS && chips % PREFILL_CHIPS === 0 && (chips > 16 || !isPowerOfTwo(chips))
  return isWhole && chips <= 72 ? chips : undefined
}

/**
 * The pools of such a fleet, as recipes that kept their labels divide one: for few clients one prefill worker and decode workers of
 * eight chips; for many one decode worker of 8, 16 or 32 chips with attention data parallelism, and prefill on the rest.
 */
export function fleetPools(chips: number, clients: number): FleetPools {
  const rest = chips - PREFILL_CHIPS
  const isNarrow = rest % DECODE_CHIPS === 0 && rest / DECODE_CHIPS <= MOST_DECODE && clients / rest <= CLIENTS_PER_CHIP
  if (isNarrow) {
    return {
      prefill: prefillOf(1),
      decode: { workers: rest / DECODE_CHIPS, mapping: { tp: DECODE_CHIPS, dp: 1, moeEp: DECODE_CHIPS } },
    }
  }
  const wide = Math.min(32, 2 ** Math.floor(Math.log2(rest)))
  return {
    prefill: prefillOf((chips - wide) / PREFILL_CHIPS),
    decode: { workers: 1, mapping: { tp: 1, dp: wide, moeEp: wide } },
  }
}

function prefillOf(workers: number): FleetPools['prefill'] {
  return { workers, mapping: { tp: 1, dp: PREFILL_CHIPS } }
}

function isBlank(cell: string | undefined): boolean {
  return (cell?.trim() ?? '') === ''
}

function isPowerOfTwo(n: number): boolean {
  return Number.isInteger(Math.log2(n))
}
