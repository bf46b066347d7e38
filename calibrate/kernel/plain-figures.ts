import { quantile } from '../../cli/validate/score.ts'
import { type KernelTable, type Machine, kernelConstants } from '../../src/kernel/index.ts'
import { round } from '../residual-score.ts'
import { collectiveTimings } from './collective-table.ts'
import { operatorTimings } from './operator-table.ts'
import { type ScanFit, fitScan } from './scan-fit.ts'
import type { Timing } from './timing.ts'

/** Timings whose light takes at least so long tell what large kernels reach, in seconds. */
const LARGE = 5e-4
/** Those whose light takes at most so long tell what starting takes. */
const SMALL = 1e-7

/**
 * Figures of kernels and collectives without a surface: medians over the chips. Chunked recurrences do small matrix products;
 * half of what prefill attention reaches is an estimate. `launch` is what surfaces are relative to and is kept.
 */
export async function plainFigures(
  folder: string,
  machines: readonly Machine[],
): Promise<{ readonly constants: KernelTable; readonly scan: ScanFit['residuals'] }> {
  const all = async (timings: (machine: Machine) => Promise<Timing[]>): Promise<Timing[]> =>
    (await Promise.all(machines.map(timings))).flat()
  const decode = await all((machine) => operatorTimings(folder, machine, 'decode'))
  const prefill = await all((machine) => operatorTimings(folder, machine, 'prefill'))
  const reduce = await all((machine) => collectiveTimings(folder, machine, 'all-reduce'))
  const share = (timings: readonly Timing[]): number =>
    median(timings.filter(({ light }) => light > LARGE).map(({ light, seconds }) => Math.min(light / seconds, 1)))
  const scan = await fitScan(folder, machines)
  const quick = reduce.filter(({ light }) => light < SMALL)
  const constants = {
    launch: kernelConstants().launch,
    plainMatrixEfficiency: round(share(prefill) / 2),
    plainStreamEfficiency: round(share(decode)),
    linkEfficiency: round(share(reduce)),
    collectiveLatency: round(median(quick.map(({ seconds, point }) => seconds / Math.log2(Math.exp(point[0]!))))),
    scan: scan.figures,
  }
  return { constants, scan: scan.residuals }
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}
