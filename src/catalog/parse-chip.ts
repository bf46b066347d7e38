import * as z from 'zod/mini'
import { type Issue, nearest, PincerError } from '../issue/index.ts'
import {
  type Bytes,
  type BytesPerSecond,
  type Chips,
  type FlopPerSecond,
  type Format,
  FORMATS,
  isFormat,
  type Seconds,
  type Watts,
} from '../units/index.ts'
import { isKnown, type Known } from './figure.ts'
import {
  AREA,
  BANDWIDTH,
  CAPACITY,
  CHIPS,
  fault,
  FIGURE_FIELDS,
  figureSchema,
  LATENCY,
  PEAK,
  POWER,
  text,
} from './parse-figure.ts'
import { parseFailure } from './parse-issue.ts'
import type { Attained, Chip, MemoryTier } from './types.ts'

/** The reason of every figure that a chip file leaves out. */
export const NOT_GIVEN = 'not given in the chip file'

/** Tiers from fastest to slowest: a chip lists its memory in this order. */
const TIERS = ['sram', 'hbm', 'gddr', 'lpddr', 'ddr'] as const

const ID = /^[a-z0-9][a-z0-9.-]{0,63}$/
const name = z.string().check((context) => {
  if (ID.test(context.value)) return
  const plain = context.value
    .slice(0, 64)
    .toLowerCase()
    .replaceAll(/[^a-z0-9.]+/g, '-')
    .replaceAll(/^[.-]+|-+$/g, '')
  const message = 'expected at most 64 lower-case letters, digits, dots and dashes'
  const suggestion = ID.test(plain) ? `write "${plain}"` : undefined
  context.issues.push(fault(context.value, 'invalid_value', message, [], suggestion))
})
const bandwidth = figureSchema<BytesPerSecond>(BANDWIDTH)
const chipCount = figureSchema<Chips>(CHIPS)
const latency = z.optional(figureSchema<Seconds>(LATENCY))
const power = figureSchema<Watts>(POWER)
const peak = z.optional(figureSchema<FlopPerSecond>(PEAK))

const tier = z.strictObject({
  name: z.enum(TIERS),
  role: z.optional(z.enum(['store', 'cache'])),
  capacity: z.optional(figureSchema<Bytes>(CAPACITY)),
  bandwidth: z.optional(bandwidth),
})

// One entry per format, so that a new format in units does not compile until it is listed here.
const peakShape: Record<Format, typeof peak> = {
  fp32: peak,
  tf32: peak,
  bf16: peak,
  fp8: peak,
  int8: peak,
  fp4: peak,
  mxfp4: peak,
  int4: peak,
}

const matrixRate = figureSchema<FlopPerSecond>(PEAK)
const attainedRate = z.optional(
  z.strictObject({ rate: matrixRate, beside: z.strictObject({ chip: name, rate: matrixRate }) }),
)
const attainedShape: Record<Format, typeof attainedRate> = {
  fp32: attainedRate,
  tf32: attainedRate,
  bf16: attainedRate,
  fp8: attainedRate,
  int8: attainedRate,
  fp4: attainedRate,
  mxfp4: attainedRate,
  int4: attainedRate,
}
const attained = z.strictObject({
  matrix: z.optional(z.strictObject(attainedShape)),
  bandwidth: z.optional(bandwidth),
})

const chipInput = z.strictObject({
  id: name,
  name: z.optional(text(100)),
  vendor: z.optional(text(100)),
  year: z.optional(z.int().check(z.gte(1980), z.lte(2100))),
  kind: z.enum(['hbm', 'sram']),
  generation: z.optional(name),
  aliases: z.optional(z.array(name).check(z.maxLength(50))),
  memory: z.array(tier).check(z.minLength(1), z.maxLength(TIERS.length)),
  peak: z.strictObject(peakShape),
  attained: z.optional(attained),
  latency: z.optional(z.strictObject({ operator: latency, hop: latency })),
  scaleUp: z.optional(
    z.strictObject({
      bandwidth: z.optional(bandwidth),
      domain: z.optional(chipCount),
      isMesh: z.optional(z.boolean()),
    }),
  ),
  scaleOut: z.optional(z.strictObject({ bandwidth: z.optional(bandwidth) })),
  power: z.optional(z.strictObject({ tdp: z.optional(power), allIn: z.optional(power) })),
  node: z.optional(z.strictObject({ chips: z.optional(chipCount) })),
  rack: z.optional(z.strictObject({ chips: z.optional(chipCount), power: z.optional(power) })),
  process: z.optional(text(100)),
  dieMm2: z.optional(figureSchema<number>(AREA)),
  notes: z.optional(z.array(text(1000)).check(z.maxLength(100))),
})

type ChipInput = z.infer<typeof chipInput>

const FIELDS: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['', Object.keys(chipInput.shape)],
  ['memory', Object.keys(tier.shape)],
  ['peak', FORMATS],
  ['attained', Object.keys(attained.shape)],
  ['matrix', FORMATS],
  ['latency', ['operator', 'hop']],
  ['scaleUp', ['bandwidth', 'domain', 'isMesh']],
  ['scaleOut', ['bandwidth']],
  ['power', ['tdp', 'allIn']],
  ['node', ['chips']],
  ['rack', ['chips', 'power']],
])

/**
 * A chip from untrusted data. Figures are plain numbers in SI base units or objects with evidence. Needed are an
 * id, a kind, a memory tier that stores weights with its capacity and bandwidth, and one peak; a figure left out
 * becomes unknown with the reason `NOT_GIVEN`, and a format left out of `peak` has no hardware path.
 * @throws PincerError naming every fault with its path
 */
export function parseChip(input: unknown): Chip {
  const parsed = z.safeParse(chipInput, input)
  if (!parsed.success) throw formatAware(parseFailure(parsed.error, input, fieldsAt))
  const chip = completeChip(parsed.data)
  const faults = [
    ...memoryFaults(chip),
    ...peakFaults(chip),
    ...attainedFaults(chip),
    ...latencyFaults(chip),
    ...aliasFaults(chip),
  ]
  if (faults.length > 0) throw new PincerError(faults)
  return chip
}

function fieldsAt(path: readonly (string | number)[]): readonly string[] {
  const last = path.findLast((key) => typeof key === 'string')
  const isFigure = path.length > (path[0] === 'memory' ? 2 : 1)
  return isFigure ? FIGURE_FIELDS : (FIELDS.get(last ?? '') ?? FIGURE_FIELDS)
}

function formatAware(error: PincerError): PincerError {
  return new PincerError(error.issues.map((issue) => (isFormatFault(issue) ? unknownFormat(issue) : issue)))
}

function isFormatFault({ code, path }: Issue): boolean {
  return code === 'unknown_field' && path.length === 2 && path[0] === 'peak'
}

// Names that differ from ours by more than a typing error.
const FORMAT_NAMES: ReadonlyMap<string, Format> = new Map<string, Format>([
  ['fp16', 'bf16'],
  ['half', 'bf16'],
  ['nvfp4', 'fp4'],
  ['mxfp8', 'fp8'],
])

function unknownFormat(issue: Issue): Issue {
  const written = String(issue.path[1]).toLowerCase()
  const near = FORMAT_NAMES.get(written) ?? nearest(written, FORMATS)
  const suggestion = near === undefined ? `formats: ${FORMATS.join(', ')}` : `did you mean "${near}"?`
  return { code: 'unknown_format', path: issue.path, message: 'unknown number format', suggestion }
}

function completeChip(input: ChipInput): Chip {
  return {
    id: input.id,
    name: input.name ?? input.id,
    vendor: input.vendor ?? NOT_GIVEN,
    ...(input.year === undefined ? {} : { year: input.year }),
    kind: input.kind,
    // A generation of its own: no measured chip shares its efficiency curves.
    generation: input.generation ?? input.id,
    aliases: input.aliases ?? [],
    memory: input.memory.map(completeTier),
    peak: knownFormats(input.peak),
    ...(input.attained === undefined ? {} : { attained: attainedRates(input.attained) }),
    ...(input.latency === undefined ? {} : { latency: latencies(input.latency) }),
    scaleUp: {
      bandwidth: given(input.scaleUp?.bandwidth),
      domain: given(input.scaleUp?.domain),
      ...(input.scaleUp?.isMesh === undefined ? {} : { isMesh: input.scaleUp.isMesh }),
    },
    scaleOut: { bandwidth: given(input.scaleOut?.bandwidth) },
    power: { tdp: given(input.power?.tdp), allIn: given(input.power?.allIn) },
    node: { chips: given(input.node?.chips) },
    rack: { chips: given(input.rack?.chips), power: given(input.rack?.power) },
    process: input.process ?? NOT_GIVEN,
    dieMm2: given(input.dieMm2),
    notes: input.notes ?? [],
  }
}

function completeTier(input: z.infer<typeof tier>): MemoryTier {
  return {
    name: input.name,
    role: input.role ?? 'store',
    capacity: given(input.capacity),
    bandwidth: given(input.bandwidth),
  }
}

function knownFormats(input: ChipInput['peak']): Chip['peak'] {
  const entries = Object.entries(input).filter(([format, figure]) => isFormat(format) && figure !== undefined)
  return Object.fromEntries(entries) as Chip['peak']
}

// Formats left out are absent, not undefined.
function attainedRates({ matrix, bandwidth: stream }: NonNullable<ChipInput['attained']>): Attained {
  const known = Object.entries(matrix ?? {}).filter(([, measured]) => measured !== undefined)
  return {
    ...(matrix === undefined ? {} : { matrix: Object.fromEntries(known) as NonNullable<Attained['matrix']> }),
    ...(stream === undefined ? {} : { bandwidth: stream }),
  }
}

function latencies({ operator, hop }: NonNullable<ChipInput['latency']>): NonNullable<Chip['latency']> {
  return { ...(operator === undefined ? {} : { operator }), ...(hop === undefined ? {} : { hop }) }
}

function given<Q extends number>(figure: Known<Q> | undefined): Known<Q> {
  return figure ?? { unknown: NOT_GIVEN }
}

function memoryFaults({ kind, memory }: Chip): Issue[] {
  const stores = memory.filter((level) => level.role === 'store')
  if (stores.length === 0) {
    return [bad(['memory'], 'no tier stores weights', 'give one tier the role "store"')]
  }
  const faults = memory.flatMap((level, i) => orderFaults(memory[i - 1], level, i))
  if (kind === 'hbm' && stores[0]?.name === 'sram') {
    faults.push(bad(['kind'], 'weights are stored in SRAM first', 'use the kind "sram"'))
  }
  if (kind === 'sram' && !memory.some((level) => level.name === 'sram')) {
    faults.push(bad(['kind'], 'an "sram" machine needs an sram tier', 'use the kind "hbm" or add the tier'))
  }
  const first = memory.findIndex((level) => level.role === 'store')
  return [...faults, ...firstStoreFaults(stores[0], first)]
}

// Leaving the figures out is an omission; saying that nobody knows them is an answer.
function firstStoreFaults(store: MemoryTier | undefined, index: number): Issue[] {
  return (['capacity', 'bandwidth'] as const).flatMap((key): Issue[] => {
    if (!isLeftOut(store?.[key])) return []
    const suggestion = 'give a number, or { "unknown": "why" } when nobody has published it'
    return [{ code: 'missing_field', path: ['memory', index, key], message: 'is missing', suggestion }]
  })
}

function isLeftOut(figure: Known | undefined): boolean {
  return figure !== undefined && 'unknown' in figure && figure.unknown === NOT_GIVEN
}

function orderFaults(previous: MemoryTier | undefined, level: MemoryTier, index: number): Issue[] {
  if (previous === undefined) return []
  const faults: Issue[] = []
  if (TIERS.indexOf(level.name) <= TIERS.indexOf(previous.name)) {
    const order = `list each tier once, fastest first: ${TIERS.join(', ')}`
    faults.push(bad(['memory', index, 'name'], `"${level.name}" cannot follow "${previous.name}"`, order))
  }
  if (level.role === 'cache' && previous.role === 'store') {
    faults.push(bad(['memory', index, 'role'], 'a cache cannot lie behind a store', 'make it a store or move it up'))
  }
  if (isKnown(level.bandwidth) && isKnown(previous.bandwidth) && level.bandwidth.value > previous.bandwidth.value) {
    const message = `is faster than the tier before it (${level.bandwidth.value} against ${previous.bandwidth.value} B/s)`
    faults.push(bad(['memory', index, 'bandwidth'], message, 'list tiers fastest first'))
  }
  return faults
}

function peakFaults({ peak: peaks }: Chip): Issue[] {
  if (Object.keys(peaks).length > 0) return []
  const suggestion = `give the dense peak of at least one format: ${FORMATS.join(', ')}`
  return [{ code: 'missing_field', path: ['peak'], message: 'no peak is given', suggestion }]
}

// A measured rate above the peak is a peak that is wrong, or a sparse rate.
function attainedFaults({ peak: peaks, attained: measured }: Chip): Issue[] {
  return Object.entries(measured?.matrix ?? {}).flatMap(([format, { rate }]) => {
    const most = peaks[format as Format]
    if (most === undefined || !isKnown(most) || !isKnown(rate) || rate.value <= most.value) return []
    const suggestion = `at most the dense peak, ${most.value} FLOP/s`
    return [bad(['attained', 'matrix', format, 'rate'], `${rate.value} FLOP/s is above the peak`, suggestion)]
  })
}

// GPUs are timed by kernels, whose launches are no figure of the chip.
function latencyFaults({ kind, latency: own }: Chip): Issue[] {
  if (kind === 'sram' || own === undefined) return []
  return [bad(['latency'], 'has no meaning on an "hbm" machine', 'leave it out')]
}

function aliasFaults({ id, aliases }: Chip): Issue[] {
  return aliases.flatMap((alias, i) =>
    alias === id || aliases.indexOf(alias) < i ? [bad(['aliases', i], `"${alias}" is given twice`, 'remove it')] : [],
  )
}

function bad(path: Issue['path'], message: string, suggestion: string): Issue {
  return { code: 'invalid_value', path, message, suggestion }
}
