import { isKnown } from '../catalog/index.ts'
import { machineFor } from '../dataflow/index.ts'
import { machineOf } from '../kernel/index.ts'
import { MEASURED } from './band.ts'
import type { Timing } from './timing.ts'
import type { Evidence, Scenario } from './types.ts'

type Grade = Pick<Evidence, 'tier' | 'reason'>

/** How the numbers of a prediction are known: the confidence tier, why, and what was assumed and read. */
export function evidenceOf(scenario: Scenario, timing: Timing): Evidence {
  const notes = [...scenario.notes, ...timing.notes]
  const sources = [
    ...new Set(scenario.chip.memory.flatMap(({ bandwidth }) => (isKnown(bandwidth) ? [bandwidth.source] : []))),
  ]
  return { ...gradeOf(scenario), notes, sources }
}

function gradeOf(scenario: Scenario): Grade {
  if (scenario.chip.kind === 'sram') {
    const { tier, reason } = machineFor(scenario.chip)
    return { tier: tier === 'fitted' ? 'interpolated' : tier, reason }
  }
  if (scenario.model.declared !== undefined) {
    return { tier: 'first-principles', reason: 'the architecture is not public: shapes inferred from parameter counts' }
  }
  const apart = unlikeMeasured(scenario)
  return apart === undefined ? likeMeasured(scenario) : { tier: 'transferred', reason: apart }
}

/** Why nothing measured is like a deployment; undefined when something is. */
function unlikeMeasured(scenario: Scenario): string | undefined {
  const { chip, model, mapping, workload, disaggregated } = scenario
  if (!MEASURED.chips.includes(chip.id)) {
    const relatives = MEASURED.generations.includes(chip.generation)
      ? `, others of ${chip.generation} are measured`
      : ''
    return `a new chip: no serving measurements of ${chip.id}, efficiencies transferred from NVIDIA Hopper and Blackwell${relatives}`
  }
  if (!MEASURED.models.includes(model.id)) return `a new model: no serving measurements of ${model.id}`
  if (disaggregated === undefined && (mapping.pp > 1 || mapping.tp * mapping.dp > machineOf(chip).scaleUpDomain)) {
    return 'an extrapolated shape: no pipeline and no replica larger than a scale-up domain is measured'
  }
  if (workload.isl + workload.osl > model.maxContext) {
    return `an extrapolated shape: prompt and output exceed the ${model.maxContext} tokens that ${model.id} was made for`
  }
  const { isl, osl, concurrency } = MEASURED.limits
  if (workload.isl > isl || workload.osl > osl || workload.concurrency > concurrency) {
    return `an extrapolated shape: measured are prompts up to ${isl}, outputs up to ${osl} tokens and ${concurrency} clients`
  }
  return undefined
}

function likeMeasured({ chip, model, precision, engine, disaggregated, workload }: Scenario): Grade {
  const mode = disaggregated === undefined ? 'aggregated' : 'disaggregated'
  const ranges = MEASURED.deployments[[model.id, chip.id, precision, engine, mode].join(' ')]
  if (ranges === undefined) {
    const reason = `model and chip are measured, this combination with ${precision} and ${engine} (${mode}) is not`
    return { tier: 'interpolated', reason }
  }
  const { isl, osl, concurrency } = workload
  const isWithin = [isl, osl, concurrency].every((value, i) => ranges[2 * i]! <= value && value <= ranges[2 * i + 1]!)
  return isWithin
    ? {
        tier: 'measured-like',
        reason: 'this model, chip, precision and engine are measured at lengths and loads around these',
      }
    : { tier: 'interpolated', reason: 'this model, chip, precision and engine are measured at other lengths or loads' }
}
