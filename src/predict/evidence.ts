import { isKnown } from '../catalog/index.ts'
import { machineFor } from '../dataflow/index.ts'
import { machineOf } from '../kernel/index.ts'
import { MEASURED } from './band.ts'
import type { Timing } from './timing.ts'
import type { Evidence, Scenario } from './types.ts'

export type Grade = Pick<Evidence, 'tier' | 'reason'>

/** How the numbers of a prediction are known: the confidence tier, why, and what was assumed and read. */
export function evidenceOf(scenario: Scenario, timing: Timing, grade: Grade): Evidence {
  const notes = [...scenario.notes, ...timing.notes]
  const sources = [
    ...new Set(scenario.chip.memory.flatMap(({ bandwidth }) => (isKnown(bandwidth) ? [bandwidth.source] : []))),
  ]
  return { ...grade, notes, sources }
}

/** The confidence tier of a deployment, by the number of its clients. */
export function gradesOf(scenario: Scenario): (concurrency: number) => Grade {
  const known = knownGrade(scenario)
  if (known !== undefined) return () => known
  const measured = measuredGrades(scenario)
  return (concurrency) => (concurrency > MEASURED.limits.concurrency ? BEYOND_LIMITS : measured(concurrency))
}

/** The grade of what is not measured like this at any load. */
function knownGrade(scenario: Scenario): Grade | undefined {
  if (scenario.chip.kind === 'sram') {
    const { tier, reason } = machineFor(scenario.chip)
    return { tier: tier === 'fitted' ? 'interpolated' : tier, reason }
  }
  if (scenario.model.declared !== undefined) {
    return { tier: 'first-principles', reason: 'the architecture is not public: shapes inferred from parameter counts' }
  }
  const apart = unlikeMeasured(scenario)
  if (apart !== undefined) return { tier: 'transferred', reason: apart }
  const { isl, osl } = MEASURED.limits
  return scenario.workload.isl > isl || scenario.workload.osl > osl ? BEYOND_LIMITS : undefined
}

const BEYOND_LIMITS: Grade = {
  tier: 'transferred',
  reason: `an extrapolated shape: measured are prompts up to ${MEASURED.limits.isl}, outputs up to ${MEASURED.limits.osl} tokens and ${MEASURED.limits.concurrency} clients`,
}

/** Why nothing measured is like a deployment, whatever its load; undefined when something is. */
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
  return undefined
}

function measuredGrades(scenario: Scenario): (concurrency: number) => Grade {
  const { chip, model, precision, engine, disaggregated, workload } = scenario
  const mode = disaggregated === undefined ? 'aggregated' : 'disaggregated'
  const ranges = MEASURED.deployments[[model.id, chip.id, precision, engine, mode].join(' ')]
  if (ranges === undefined) {
    const reason = `model and chip are measured, this combination with ${precision} and ${engine} (${mode}) is not`
    return () => ({ tier: 'interpolated', reason })
  }
  const isWithin = (value: number, i: number): boolean => ranges[2 * i]! <= value && value <= ranges[2 * i + 1]!
  const isLengthMeasured = [workload.isl, workload.osl].every(isWithin)
  return (concurrency) => (isLengthMeasured && isWithin(concurrency, 2) ? LIKE_MEASURED : OTHER_LOADS)
}

const LIKE_MEASURED: Grade = {
  tier: 'measured-like',
  reason: 'this model, chip, precision and engine are measured at lengths and loads around these',
}
const OTHER_LOADS: Grade = {
  tier: 'interpolated',
  reason: 'this model, chip, precision and engine are measured at other lengths or loads',
}
