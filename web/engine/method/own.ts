import { type Chip, FORMATS, type Known, findChip, isKnown, storeOf } from '../../../src/index.ts'
import { type ReadChip, type ReadModel, readChip, readDocument, readFile } from '../own/read-file.ts'

type Given = Readonly<Record<string, unknown>>

/** A chip of the catalog as somebody would describe it: the fields that the form has, and no more. */
function description(id: string): Given {
  const chip = findChip(id)
  const cache = chip.memory.find(({ role }) => role === 'cache')
  const store = storeOf(chip)
  return plain({
    kind: chip.kind,
    memory: [
      ...(cache === undefined ? [] : [plain({ name: cache.name, role: 'cache', capacity: known(cache.capacity) })]),
      ...(store === undefined
        ? []
        : [plain({ name: store.name, capacity: known(store.capacity), bandwidth: known(store.bandwidth) })]),
    ],
    peak: plain(Object.fromEntries(FORMATS.map((format) => [format, known(chip.peak[format])]))),
    scaleUp: plain({ bandwidth: known(chip.scaleUp.bandwidth), domain: known(chip.scaleUp.domain) }),
    scaleOut: plain({ bandwidth: known(chip.scaleOut.bandwidth) }),
    power: plain({ tdp: known(chip.power.tdp) }),
    node: plain({ chips: known((chip as Chip).node.chips) }),
  })
}

function known(figure: Known | undefined): number | undefined {
  return figure !== undefined && isKnown(figure) ? figure.value : undefined
}

function plain(fields: Given): Given {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

export const methods = {
  /** What a file describes; of weights only the header is read. */
  read: (file: File): Promise<ReadModel | ReadChip> => readFile(file),
  /** What a config.json that was fetched describes. */
  document: ({ text, name }: { text: string; name: string }): ReadModel | ReadChip =>
    readDocument(text, { name, size: text.length, read: text.length }),
  chip: (given: Given): ReadChip => readChip(given),
  description,
}
