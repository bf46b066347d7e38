import { nearest, PincerError } from '../issue/index.ts'
import { CHIP_FILES, type ChipFile } from './chip-file.ts'
import { parseChip } from './parse-chip.ts'
import type { Chip, MemoryTier } from './types.ts'

const fileByName: ReadonlyMap<string, ChipFile> = new Map(
  CHIP_FILES.flatMap((file) => [file.id, ...file.aliases].map((name): [string, ChipFile] => [name, file])),
)
// Parsing all chips costs more than a short command; each is parsed when first asked for.
const parsed: Map<string, Chip> = new Map()

/** Every chip of the catalog, by vendor and age. */
export function chips(): readonly Chip[] {
  return CHIP_FILES.map(chipOf)
}

/** Ids of the chips, without parsing them. */
export function chipIds(): readonly string[] {
  return CHIP_FILES.map((file) => file.id)
}

/**
 * The chip with this id or alias; case does not count, and `_` is `-`.
 * @throws PincerError `unknown_chip` with the nearest known name
 */
export function findChip(idOrAlias: string): Chip {
  const file = fileByName.get(plainName(idOrAlias))
  if (file !== undefined) return chipOf(file)
  const near = nearest(idOrAlias, [...fileByName.keys()])
  const suggestion = near === undefined ? `known chips: ${chipIds().join(', ')}` : `did you mean "${near}"?`
  throw new PincerError({
    code: 'unknown_chip',
    path: ['chip'],
    message: `unknown chip "${idOrAlias.slice(0, 80)}"`,
    suggestion,
  })
}

/** The catalog id behind a chip name, or undefined when no chip has it. */
export function chipId(idOrAlias: string): string | undefined {
  return fileByName.get(plainName(idOrAlias))?.id
}

/** How names are compared: lower case, `_` as `-`. */
export function plainName(name: string): string {
  return name.trim().toLowerCase().replaceAll('_', '-')
}

function chipOf(file: ChipFile): Chip {
  const known = parsed.get(file.id)
  if (known !== undefined) return known
  const chip = deepFreeze(parseChip(file))
  parsed.set(file.id, chip)
  return chip
}

// Callers share one object per chip: a change by one must not reach the others.
function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) deepFreeze(part as object)
  return Object.freeze(value)
}

/** The memory that holds weights and cache; the first of them where a chip has several tiers. */
export function storeOf(chip: Pick<Chip, 'memory'>): MemoryTier | undefined {
  return chip.memory.find(({ role }) => role === 'store')
}
