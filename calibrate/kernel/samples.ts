import type { Machine } from '../../src/kernel/index.ts'
import { type Family, isCollective } from '../../src/kernel/surface-family.ts'
import { quantile } from '../../cli/validate/score.ts'
import { collectiveTimings } from './collective-table.ts'
import { operatorTimings } from './operator-table.ts'
import { groupBy } from './group-by.ts'
import type { Timing } from './timing.ts'

/** Timings of one kind of kernel on one chip, as points of its surface. */
export interface Sample {
  readonly chip: string
  readonly generation: string
  /** Coordinates, one point after the other. */
  readonly coordinates: Float64Array
  /** ln(measured over base) at each. */
  readonly values: Float64Array
  /** 1 for points that no fit sees. */
  readonly isHeld: Uint8Array
  /** Timings faster than light, left out: served from cache, which a benchmark that repeats itself can and serving cannot. */
  readonly belowLight: number
}

/** One shape in so many is left out of every fit, on all chips alike. */
const HELD_SHARE = 5
/** Tables whose quick kernels take so much longer than another engine's hold the host's launches, not kernels. */
const HOST_BOUND = 4
/** Tables of so small a part of the shapes that another engine's holds say nothing of the rest. */
const SCANT = 0.05

/** Kind of kernel → samples of the chips: operators by variant, collectives by variant and library. */
export type Samples = ReadonlyMap<string, readonly Sample[]>

/**
 * Operators: the fastest kernel of any engine for each shape, since engines come to call the same ones, and a slower table often
 * holds what a serving engine fuses away (TensorRT-LLM's quantisation of activations: 7 µs). Collectives: each engine's own.
 */
export async function familySamples(folder: string, machines: readonly Machine[], family: Family): Promise<Samples> {
  const samples = new Map<string, Sample[]>()
  for (const machine of machines) {
    const tables = groupBy(await timingsOf(folder, machine, family), ({ variant, library }) => `${variant}/${library}`)
    const sound = [...tables].flatMap(([name, timings]) => {
      const flaw = flawOf(name, timings, tables)
      if (flaw === undefined) return timings
      process.stderr.write(`${machine.id} ${family}/${name}: ${flaw}, left out\n`)
      return []
    })
    const groups = isCollective(family)
      ? groupBy(sound, ({ variant, library }) => `${variant}/${library}`)
      : groupBy(fastest(sound), ({ variant }) => variant)
    for (const [name, timings] of groups) {
      const list = samples.get(name) ?? []
      samples.set(name, [...list, sampleOf(machine, family, timings)])
    }
  }
  return samples
}

function fastest(timings: readonly Timing[]): Timing[] {
  const found = new Map<string, Timing>()
  for (const timing of timings) {
    const key = `${timing.variant} ${timing.shape}`
    const old = found.get(key)
    if (old === undefined || timing.seconds < old.seconds) found.set(key, timing)
  }
  return [...found.values()]
}

function flawOf(
  name: string,
  timings: readonly Timing[],
  groups: ReadonlyMap<string, readonly Timing[]>,
): string | undefined {
  const quick = (some: readonly Timing[]): number =>
    quantile(
      some.map(({ seconds }) => seconds),
      0.1,
    )
  const [variant] = name.split('/')
  const others = [...groups].filter(([other]) => other !== name && other.split('/')[0] === variant)
  if (others.some(([, some]) => timings.length < SCANT * some.length)) return 'few shapes'
  return others.some(([, some]) => quick(timings) > HOST_BOUND * quick(some)) ? 'times of the host' : undefined
}

function timingsOf(folder: string, machine: Machine, family: Family): Promise<Timing[]> {
  return isCollective(family) ? collectiveTimings(folder, machine, family) : operatorTimings(folder, machine, family)
}

function sampleOf(machine: Machine, family: Family, timings: readonly Timing[]): Sample {
  const kept = timings.filter(({ light, seconds }) => seconds >= light)
  return {
    chip: machine.id,
    generation: machine.generation,
    coordinates: Float64Array.from(kept.flatMap(({ point }) => point)),
    values: Float64Array.from(kept, ({ base, seconds }) => Math.log(seconds / base)),
    isHeld: Uint8Array.from(kept, ({ shape }) => (hash(`${family} ${shape}`) % HELD_SHARE === 0 ? 1 : 0)),
    belowLight: timings.length - kept.length,
  }
}

// FNV-1a with its high bits folded in, so that the same shapes are taken everywhere.
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0
  return (value ^ (value >>> 15)) >>> 0
}
