/**
 * Surfaces of operator times from public kernel timings, written to catalog/fits/kernel-surfaces.json, and how far they are from
 * timings that they have not seen, to catalog/fits/kernel-residuals.json; figures of kernels without a surface to kernel-table.json.
 * Usage: npx tsx calibrate/kernel-surfaces.ts DIR, where DIR holds kernels/<chip>/<operator>.parquet. Same data, same bytes.
 */
import { writeFileSync } from 'node:fs'
import { quantile } from '../cli/validate/score.ts'
import { findChip } from '../src/catalog/index.ts'
import { type Machine, machineOf } from '../src/kernel/index.ts'
import { knotCount } from '../src/kernel/lattice.ts'
import { COLLECTIVES, FAMILIES, type Family, axesOf } from '../src/kernel/surface-family.ts'
import { ridgeOf } from '../src/kernel/surfaces.ts'
import { round } from './residual-score.ts'
import { groupBy } from './kernel/group-by.ts'
import { plainFigures } from './kernel/plain-figures.ts'
import { type Sample, type Samples, familySamples } from './kernel/samples.ts'
import { decode, differing, fitChip, fitShared, heldErrors } from './kernel/surface-fit.ts'

/** Measured chips, each with the one of its kin that its surfaces are told as differences from. */
const CHIPS: ReadonlyMap<string, string | undefined> = new Map([
  ['a100-sxm', undefined],
  ['h100-sxm', undefined],
  ['h200-sxm', 'h100-sxm'],
  ['b200-sxm', undefined],
  ['gb200-nvl72', 'b200-sxm'],
  ['b300-sxm', 'b200-sxm'],
  ['gb300-nvl72', 'b300-sxm'],
  ['l40s', undefined],
  ['rtx-pro-6000', undefined],
])
const SOURCE = 'ai-dynamo/aiconfigurator kernel timings (systems/data at 095f58a), vLLM, SGLang and TensorRT-LLM'

type Texts = Record<string, string>

interface Fits {
  readonly shared: Texts
  readonly chips: Record<string, Texts>
}

/** Errors of one kind of kernel on one chip; `chips` and `generations` by surfaces that never saw that chip, or any of its generation. */
interface Residual {
  readonly family: Family
  readonly kind: string
  readonly chip: string
  readonly shapes: number[]
  readonly chips: number[]
  readonly generations: number[]
  readonly timings: number
  readonly belowLight: number
}

function fitFamily(family: Family, samples: Samples, into: Fits): Residual[] {
  return [...samples]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([kind, list]) => {
      const name = `${family}/${kind}`
      into.shared[name] = fitShared(family, list)
      const shared = decode(family, into.shared[name])
      const knots = new Map<string, Float64Array>()
      for (const sample of list) {
        const parent = knots.get(CHIPS.get(sample.chip) ?? '') ?? shared
        const difference = fitChip(family, sample, parent)
        knots.set(sample.chip, differing(family, parent, difference))
        ;(into.chips[sample.chip] ??= {})[name] = difference
      }
      process.stderr.write(`${name}: ${list.length} chips\n`)
      return list.map((sample) => judge(family, kind, sample, knots.get(sample.chip)!, list))
    })
}

function judge(family: Family, kind: string, sample: Sample, own: Float64Array, list: readonly Sample[]): Residual {
  const foreign = list.filter(({ generation }) => generation !== sample.generation)
  const without =
    foreign.length === 0
      ? undefined
      : decode(family, sharedWithout(family, `${family}/${kind} ${sample.generation}`, foreign))
  const kin = nearest(sample, list)
  // The likest chip's surface, made without this one's.
  const kinKnots = kin === undefined ? without : kinSurface(family, kin, without)
  return {
    family,
    kind,
    chip: sample.chip,
    shapes: heldErrors(family, sample, own),
    chips: kinKnots === undefined ? [] : heldErrors(family, sample, kinKnots),
    generations: without === undefined ? [] : heldErrors(family, sample, without),
    timings: sample.values.length,
    belowLight: sample.belowLight,
  }
}

function kinSurface(family: Family, kin: Sample, parent?: Float64Array): Float64Array {
  const base = parent ?? new Float64Array(knotCount(axesOf(family)))
  return differing(family, base, fitChip(family, kin, base))
}

const withouts = new Map<string, string>()

function sharedWithout(family: Family, key: string, foreign: readonly Sample[]): string {
  const known = withouts.get(key)
  if (known !== undefined) return known
  const fitted = fitShared(family, foreign)
  withouts.set(key, fitted)
  return fitted
}

// The chip of the same generation that the engine would take for this one if it had no timings.
function nearest(sample: Sample, list: readonly Sample[]): Sample | undefined {
  const ridge = (chip: string): number => Math.log(ridgeOf(machineFor(chip)))
  const distance = ({ chip }: Sample): number => Math.abs(ridge(chip) - ridge(sample.chip))
  return list
    .filter(({ chip, generation }) => chip !== sample.chip && generation === sample.generation)
    .sort((a, b) => distance(a) - distance(b))[0]
}

function machineFor(chip: string): Machine {
  return machineOf(findChip(chip))
}

/** Median and 90th percentile, in percent to one decimal. */
function spread(errors: readonly number[]): number[] | undefined {
  if (errors.length === 0) return undefined
  return [0.5, 0.9].map((p) => Math.round(1000 * quantile(errors, p)) / 10)
}

function summary(residuals: readonly Residual[], keyOf: (residual: Residual) => string): Record<string, unknown> {
  const groups = groupBy(residuals, keyOf)
  const pool = (some: readonly Residual[], pick: (one: Residual) => number[]): number[] => some.flatMap(pick)
  return Object.fromEntries(
    [...groups].map(([key, some]) => [
      key,
      {
        timings: some.reduce((sum, { timings }) => sum + timings, 0),
        belowLight: some.reduce((sum, { belowLight }) => sum + belowLight, 0),
        shapesLeftOut: spread(pool(some, ({ shapes }) => shapes)),
        chipsLeftOut: spread(pool(some, ({ chips }) => chips)),
        generationsLeftOut: spread(pool(some, ({ generations }) => generations)),
      },
    ]),
  )
}

function write(name: string, content: unknown, indent?: number): void {
  const path = new URL(`../catalog/fits/${name}.json`, import.meta.url)
  writeFileSync(path, `${JSON.stringify(content, undefined, indent)}\n`)
}

async function main(folder: string): Promise<void> {
  const machines = [...CHIPS.keys()].map(machineFor)
  const fits: Fits = { shared: {}, chips: {} }
  const residuals: Residual[] = []
  for (const family of [...FAMILIES, ...COLLECTIVES]) {
    residuals.push(...fitFamily(family, await familySamples(folder, machines, family), fits))
  }
  const { constants, scan } = await plainFigures(folder, machines)
  write('kernel-table', { source: SOURCE, constants, scanResiduals: scan }, 2)
  const chips = machines.map((machine) => [
    machine.id,
    {
      generation: machine.generation,
      ridge: round(ridgeOf(machine)),
      parent: CHIPS.get(machine.id),
      surfaces: fits.chips[machine.id] ?? {},
    },
  ])
  write('kernel-surfaces', { source: SOURCE, shared: fits.shared, chips: Object.fromEntries(chips) }, 1)
  write(
    'kernel-residuals',
    {
      source: SOURCE,
      unit: 'median and 90th percentile of |predicted/measured − 1| in percent, at shapes that no fit has seen',
      families: summary(residuals, ({ family }) => family),
      formats: summary(residuals, ({ family, kind }) => `${family}/${kind}`),
      kernels: summary(residuals, ({ family, kind, chip }) => `${family}/${kind}/${chip}`),
    },
    1,
  )
}

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('usage: npx tsx calibrate/kernel-surfaces.ts DIR')
await main(folder)
