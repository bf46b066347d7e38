import { type Chip, type Known, isKnown, storeOf, valueOf } from '../catalog/index.ts'
import type { Seconds } from '../units/index.ts'
import { type Constant, type MachineConstants, DATAFLOW_MACHINES, machineConstants } from './machine.ts'

/** A chip whose first store holds more than this is a wafer: its layers lie side by side. */
const WAFER_BYTES = 10e9

/**
 * Constants of `chip` (`builtLike`), with the latencies that the chip itself gives.
 * @throws PincerError as `builtLike`
 */
export function machineFor(chip: Chip): MachineConstants {
  const machine = builtLike(chip)
  const { operator, hop } = chip.latency ?? {}
  const [phaseSeconds, hopSeconds] = [given(operator), given(hop)]
  if (phaseSeconds === undefined && hopSeconds === undefined) return machine
  return {
    ...machine,
    ...(phaseSeconds === undefined ? {} : { phaseSeconds }),
    ...(hopSeconds === undefined ? {} : { hopSeconds }),
    reason: `${machine.reason}; latencies as the chip gives them`,
  }
}

function given(figure: Known<Seconds> | undefined): Constant | undefined {
  if (figure === undefined || !isKnown(figure)) return undefined
  return { value: figure.value, unit: 's', basis: 'assumed', source: figure.source }
}

/**
 * Constants of `chip`: its own where it is one of the catalog's machines, else those of the machine it is built like (a wafer, a
 * chip fed from HBM, a small SRAM chip), with the widest band of the room, since nothing of it was measured.
 * @throws PincerError `unknown_chip` for a machine that is timed by the kernel room
 */
function builtLike(chip: Chip): MachineConstants {
  // An HBM machine has no relative here: the look-up refuses it by name.
  if (chip.kind === 'hbm' || DATAFLOW_MACHINES.includes(chip.id)) return machineConstants(chip.id)
  const store = storeOf(chip)
  const capacity = (store === undefined ? undefined : valueOf(store.capacity)) ?? 0
  const relative = store?.name !== 'sram' ? 'sambanova-sn40l' : capacity > WAFER_BYTES ? 'cerebras-wse3' : 'groq-lpu-v1'
  const widest = machineConstants('graphcore-gc200').band
  // What is published of the relative's own links and largest system says nothing of this chip.
  const { groupLink: _link, mostMachines: _most, ...built } = machineConstants(relative)
  return {
    ...built,
    chip: chip.id,
    tier: 'first-principles',
    reason: `latencies of ${relative}, the machine it is built like: nothing of ${chip.id} was measured`,
    band: widest,
  }
}
