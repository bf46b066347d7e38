import { argv, exit, stderr, stdout } from 'node:process'
import { quantile } from '../cli/validate/score.ts'
import { findChip } from '../src/index.ts'
import { type Machine, machineOf } from '../src/kernel/index.ts'
import { interpolate } from '../src/kernel/lattice.ts'
import { FAMILIES, type OperatorFamily } from '../src/kernel/surface-family.ts'
import { surfaceOf } from '../src/kernel/surfaces.ts'
import { groupBy } from './kernel/group-by.ts'
import { operatorTimings } from './kernel/operator-table.ts'
import type { Timing } from './kernel/timing.ts'

// How far one engine's kernels lie from the surfaces of a chip, which tell the fastest engine's: all shapes together, and one by one. Prints what
// src/refit/kernel-fit.ts doubts of them.

const [, , folder, ...ids] = argv
if (folder === undefined || ids.length === 0) {
  stderr.write('usage: npx tsx calibrate/kernel-scatter.ts DATA_FOLDER CHIP…\n')
  exit(2)
}

/** Fewer shapes say little of a library. */
const FEWEST = 30

interface Scatter {
  readonly name: string
  /** Median of ln(measured / expected). */
  readonly offset: number
  /** Half the distance of its 16th and 84th percentile: one standard deviation, were it normal. */
  readonly spread: number
}

function scatterOf(name: string, timings: readonly Timing[], machine: Machine, family: OperatorFamily): Scatter[] {
  const logs = timings.flatMap(({ variant, seconds, light, base, point }) => {
    const surface = surfaceOf(machine, family, variant)
    if (surface === undefined || seconds < light) return []
    const expected = Math.max(light, base * Math.exp(interpolate(surface, Float64Array.from(point))))
    return [Math.log(seconds / expected)]
  })
  if (logs.length < FEWEST) return []
  return [{ name, offset: quantile(logs, 0.5), spread: (quantile(logs, 0.8413) - quantile(logs, 0.1587)) / 2 }]
}

const found: Scatter[] = []
for (const id of ids) {
  const machine = machineOf(findChip(id))
  for (const family of FAMILIES) {
    const engines = groupBy(
      await operatorTimings(folder, machine, family),
      ({ library, variant }) => `${variant}/${library}`,
    )
    for (const [name, timings] of engines) found.push(...scatterOf(`${id} ${family}/${name}`, timings, machine, family))
  }
}
for (const { name, offset, spread } of found) {
  stdout.write(`${name.padEnd(44)} ${(100 * offset).toFixed(1).padStart(7)} % ± ${(100 * spread).toFixed(1)} %\n`)
}
const sizes = found.map(({ offset }) => Math.abs(offset))
const of = (values: readonly number[], q: number): string => `${(100 * quantile(values, q)).toFixed(1)} %`
stdout.write(
  `${found.length} libraries: |offset| of two in three below ${of(sizes, 0.6827)}, of half below ${of(sizes, 0.5)}\n`,
)
stdout.write(
  `spread of half below ${of(
    found.map(({ spread }) => spread),
    0.5,
  )}\n`,
)
