import { isKnown } from '../catalog/index.ts'
import { machineFor } from '../dataflow/index.ts'
import { machineOf } from '../kernel/index.ts'
import { totalLayers } from '../model/index.ts'
import { type Scenario, MOST_STAGES } from '../predict/index.ts'
import { formatCount } from '../units/index.ts'
import type { ScalingLimit } from './types.ts'

/** A wider tensor group than this is never laid out: no published deployment comes near. */
const WIDEST_GROUP = 64

/**
 * The most chips that one replica of the model can span. HBM machines: pipeline stages of whole scale-up domains. Wafers: one
 * layer each. Other SRAM machines: what their links are published to join, where no network beyond is; else
 * stages of the widest group whose number of hops is known.
 */
export function scalingLimit({ model, chip }: Pick<Scenario, 'model' | 'chip'>): ScalingLimit {
  const stages = totalLayers(model) + 1 // one a layer, and one for the head
  if (chip.kind === 'hbm') {
    const domain = Math.min(machineOf(chip).scaleUpDomain, WIDEST_GROUP)
    const pipeline = Math.min(MOST_STAGES, totalLayers(model))
    return {
      chips: domain * pipeline,
      reason: `${formatCount(pipeline)} pipeline stages of ${formatCount(domain)} chips that share fast links`,
    }
  }
  const machine = machineFor(chip)
  if (machine.scheme === 'region') {
    return { chips: stages, reason: `${formatCount(stages)} wafers, one for each layer and one for the head` }
  }
  const { domain } = chip.scaleUp
  if (isKnown(domain) && !isKnown(chip.scaleOut.bandwidth)) {
    const reason = `its links join ${formatCount(domain.value)} chips in the largest published system, and no network beyond is`
    return { chips: domain.value, reason: `${reason} published` }
  }
  const widest = machine.diameter.at(-1)?.machines ?? machine.groupSize
  return {
    chips: widest * stages,
    reason: `${formatCount(stages)} stages of ${formatCount(widest)} chips, the widest group whose hops are known`,
  }
}
