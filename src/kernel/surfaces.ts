import fit from '../../catalog/fits/kernel-surfaces.json' with { type: 'json' }
import { type Lattice, knotCount } from './lattice.ts'
import type { Machine } from './machine.ts'
import { COLLECTIVES, FAMILIES, type Family, VARIANTS, type Variant, axesOf, isCollective } from './surface-family.ts'
import { decodeSteps } from './surface-text.ts'

export const LIBRARIES = ['vllm', 'sglang', 'trtllm'] as const
/** Whose collectives run: those of serving engines. */
export type Library = (typeof LIBRARIES)[number]

/** Kernels taken for those of a format that no table has, the likest first. */
const ALTERNATIVES: Readonly<Record<Variant, readonly Variant[]>> = {
  bf16: [],
  fp8: ['fp8-block', 'bf16'],
  'fp8-block': ['fp8', 'bf16'],
  fp4: ['mxfp4', 'fp8-block', 'fp8', 'bf16'],
  mxfp4: ['fp4', 'int4', 'bf16'],
  int4: ['mxfp4', 'bf16'],
}

const NAMES: readonly Family[] = [...FAMILIES, ...COLLECTIVES]

interface MeasuredChip {
  readonly generation: string
  /** Chip of its kin whose surfaces its own are told as differences from. */
  readonly parent?: string
  /** FLOPs per byte of memory at the 16-bit peak: what chips of one generation differ in most. */
  readonly ridge: number
  readonly surfaces: Readonly<Record<string, string>>
}

const SHARED: Readonly<Record<string, string>> = fit.shared
const CHIPS: Readonly<Record<string, MeasuredChip | undefined>> = fit.chips

// Asked for every operator of every pass: places are looked up, not searched for.
const FAMILY_PLACE = Object.fromEntries(NAMES.map((name, i) => [name, i])) as Readonly<Record<Family, number>>
const VARIANT_PLACE = Object.fromEntries(VARIANTS.map((name, i) => [name, i])) as Readonly<Record<Variant, number>>

const surfaces = new WeakMap<Machine, (Lattice | null | undefined)[]>()
let latest: { readonly machine: Machine; readonly known: (Lattice | null | undefined)[] } | undefined

function surfacesOf(machine: Machine): (Lattice | null | undefined)[] {
  if (latest?.machine === machine) return latest.known
  let known = surfaces.get(machine)
  if (known === undefined) surfaces.set(machine, (known = []))
  latest = { machine, known }
  return known
}
const sharedKnots = new Map<string, Float64Array>()

/**
 * The surface of ln(time over base) for a machine: its own measurements, else those of the likest chip of its generation, else
 * what all chips share. Collectives are those of `library`, or of the fastest when it is not told or not timed. Undefined
 * when no chip has timed such kernels.
 */
export function surfaceOf(machine: Machine, family: Family, variant: Variant, library?: Library): Lattice | undefined {
  const known = surfacesOf(machine)
  const kind = FAMILY_PLACE[family] * VARIANTS.length + VARIANT_PLACE[variant]
  const place = kind * (LIBRARIES.length + 1) + (library === undefined ? LIBRARIES.length : LIBRARIES.indexOf(library))
  const found = known[place]
  if (found !== undefined) return found ?? undefined
  const values = knotsFor(machine, family, variant, library)
  const lattice = values === undefined ? null : { axes: axesOf(family), values }
  known[place] = lattice
  return lattice ?? undefined
}

function knotsFor(
  machine: Machine,
  family: Family,
  variant: Variant,
  library: Library | undefined,
): Float64Array | undefined {
  return foundFor(machine, family, variant, library)?.knots
}

/**
 * Whose timings a surface tells: those of these kernels on this very chip, of a chip of its generation (or of a likely kind of
 * operands), or of all chips.
 */
export type SurfaceOrigin = 'own' | 'kin' | 'shared'

/** Where `surfaceOf` has a surface from; undefined when no chip has timed such kernels. */
export function surfaceOrigin(
  machine: Machine,
  family: Family,
  variant: Variant,
  library?: Library,
): SurfaceOrigin | undefined {
  const found = foundFor(machine, family, variant, library)
  if (found === undefined) return undefined
  if (found.chip === undefined) return 'shared'
  return found.chip === CHIPS[machine.id] && found.kind === variant ? 'own' : 'kin'
}

interface Found {
  readonly knots: Float64Array
  readonly kind: Variant
  /** Undefined: what all chips share. */
  readonly chip: MeasuredChip | undefined
}

function foundFor(machine: Machine, family: Family, variant: Variant, library: Library | undefined): Found | undefined {
  const kin = kinOf(machine)
  const places = kin === undefined ? [undefined] : [kin, undefined]
  for (const kind of [variant, ...ALTERNATIVES[variant]]) {
    for (const chip of places) {
      const knots = isCollective(family)
        ? libraryKnots(chip, family, kind, library)
        : knotsOf(chip, family, `${family}/${kind}`)
      if (knots !== undefined) return { knots, kind, chip }
    }
  }
  return undefined
}

// The engine's own kernels, or on Blackwell the faster of those and TensorRT-LLM's, which all engines call there through FlashInfer;
// where none were timed, knot by knot the fastest of the others'.
function libraryKnots(
  chip: MeasuredChip | undefined,
  family: Family,
  variant: Variant,
  library: Library | undefined,
): Float64Array | undefined {
  const of = (whose: Library): Float64Array | undefined => knotsOf(chip, family, `${family}/${variant}/${whose}`)
  const own = library === undefined ? undefined : of(library)
  const shared = chip?.generation === 'blackwell' ? of('trtllm') : undefined
  if (own !== undefined) return shared === undefined ? own : own.map((value, i) => Math.min(value, shared[i]!))
  const others = LIBRARIES.flatMap((whose) => of(whose) ?? [])
  return others.reduce<Float64Array | undefined>(
    (least, next) => (least === undefined ? next : least.map((value, i) => Math.min(value, next[i]!))),
    undefined,
  )
}

// A chip's surface is kept as its difference from its kin's, or from the shared one.
function knotsOf(chip: MeasuredChip | undefined, family: Family, name: string): Float64Array | undefined {
  if (chip === undefined) return sharedOf(family, name)
  const text = chip.surfaces[name]
  if (text === undefined) return undefined
  const kin = chip.parent === undefined ? undefined : knotsOf(CHIPS[chip.parent], family, name)
  const base = kin ?? sharedOf(family, name)
  return base && decodeSteps(text, base.length).map((value, i) => value + base[i]!)
}

function sharedOf(family: Family, name: string): Float64Array | undefined {
  const known = sharedKnots.get(name)
  if (known !== undefined) return known
  const text = SHARED[name]
  if (text === undefined) return undefined
  const values = decodeSteps(text, knotCount(axesOf(family)))
  sharedKnots.set(name, values)
  return values
}

/** Whether kernels were timed on this very chip. */
export function hasSurfaces({ id }: Machine): boolean {
  return CHIPS[id] !== undefined
}

/** The measured chip that a machine is, or is likest: of its generation, with the nearest ratio of FLOPs to bandwidth. */
function kinOf(machine: Machine): MeasuredChip | undefined {
  const own = CHIPS[machine.id]
  if (own !== undefined) return own
  const ridge = ridgeOf(machine)
  const distance = (chip: MeasuredChip): number => Math.abs(Math.log(chip.ridge / ridge))
  return Object.values(CHIPS)
    .filter((chip) => chip !== undefined)
    .filter(({ generation }) => generation === machine.generation)
    .sort((a, b) => distance(a) - distance(b))[0]
}

/** FLOPs per byte at which a machine is as busy multiplying in 16 bits as reading. */
export function ridgeOf(machine: Machine): number {
  return machine.rates.bf16.flops / machine.memoryRate
}
