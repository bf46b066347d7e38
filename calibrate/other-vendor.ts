import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { PUBLISHED } from '../cli/validate/published.ts'
import { PincerError, findChip } from '../src/index.ts'

/**
 * Predicted over measured time per token (throughput, inverted) for machines of other vendors than the fit's, from published
 * throughputs: what transferring NVIDIA's efficiencies to AMD and TPU costs. None of these rows is fitted to.
 */
export function otherVendorRatios(folder: string): number[] {
  const rows = parse(readFileSync(join(folder, 'published.csv')), { columns: true }) as Record<string, string>[]
  return rows.flatMap((row) => {
    const measured = Number(row['throughput_tok_s'])
    if (!(measured > 0) || !isOtherVendor(row['chip'] ?? '')) return []
    const inputs = new Map(
      Object.entries(row).filter(([column, cell]) => PUBLISHED.inputs.includes(column) && cell !== ''),
    )
    const predicted = PUBLISHED.predict(inputs, (id) => id)['throughput_tok_s']?.value
    return predicted === undefined ? [] : [measured / predicted]
  })
}

function isOtherVendor(id: string): boolean {
  try {
    const chip = findChip(id)
    return chip.kind === 'hbm' && chip.vendor !== 'NVIDIA'
  } catch (error) {
    if (error instanceof PincerError) return false
    throw error
  }
}
