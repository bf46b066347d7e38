import { type Library, type Machine, collectiveLightTime, kernelConstants } from '../../src/kernel/index.ts'
import { placeTransfer, transferBase } from '../../src/kernel/collective-time.ts'
import type { CollectiveFamily } from '../../src/kernel/surface-family.ts'
import { type Row, number, readTable, seconds } from './read-table.ts'
import type { Timing } from './timing.ts'

/** Engines' own all-reduces inside CUDA graphs; eager ones hold the host's launch. */
const OWN: Readonly<Record<string, Library>> = { vllm_graph: 'vllm', sglang_graph: 'sglang', null: 'trtllm' }

/** Sizes are in elements of 16 bits. */
const ELEMENT = 2

/** Timings of one collective on one chip, of each engine's kernels. */
export async function collectiveTimings(folder: string, machine: Machine, kind: CollectiveFamily): Promise<Timing[]> {
  const rows = await readTable(folder, machine.id, 'custom_allreduce')
  return rows.flatMap((row) => timing(row, machine, kind, OWN[String(row['backend'])]))
}

function timing(row: Row, machine: Machine, kind: CollectiveFamily, library: Library | undefined): Timing[] {
  if (library === undefined) return []
  const [ranks, elements] = [number(row, 'num_gpus'), number(row, 'message_size')]
  const bytes = elements * ELEMENT
  const light = collectiveLightTime({ kind, ranks, bytes }, machine)
  const point = new Float64Array(2)
  placeTransfer(ranks, bytes, point)
  const base = transferBase(ranks, light, kernelConstants().launch)
  return [
    { variant: 'bf16', library, shape: `${ranks} ${elements}`, seconds: seconds(row), point: [...point], base, light },
  ]
}
