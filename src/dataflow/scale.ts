import { type Chip, isKnown } from '../catalog/index.ts'
import { PincerError } from '../issue/index.ts'
import type { Chips } from '../units/index.ts'
import { DATAFLOW_MACHINES, type MachineConstants } from './machine.ts'

/** @throws PincerError `does_not_fit` when `chips` are more than one system of the machine scales to */
export function requireScale(machine: MachineConstants, chip: Chip, chips: Chips, what: string): void {
  const most = machine.mostMachines
  if (most === undefined || chips <= most.value) return
  throw new PincerError({
    code: 'does_not_fit',
    path: ['chips'],
    message: `${what} takes ${chips} × ${chip.name}; one system scales to ${most.value} (${most.source})`,
    suggestion: 'take a narrower precision, fewer users, a shorter context, or a machine with more memory',
  })
}

/**
 * Machines that share a model must talk. Of a fitted machine whose links nobody published they are part of the fitted
 * latency; of any other chip nothing stands in for them.
 * @throws PincerError `missing_field` when neither link of such a chip has a bandwidth
 */
export function requireLinks(machine: MachineConstants, chip: Chip): void {
  const isPublished = isKnown(chip.scaleUp.bandwidth) || isKnown(chip.scaleOut.bandwidth)
  if (isPublished || machine.groupLink !== undefined || DATAFLOW_MACHINES.includes(chip.id)) return
  throw new PincerError({
    code: 'missing_field',
    path: ['chip', 'scaleUp', 'bandwidth'],
    message: `${chip.id} has no link with a known bandwidth, and the model takes more than one machine`,
    suggestion: 'give the bandwidth of its links in B/s, per machine and direction, or take a model that fits one',
  })
}
