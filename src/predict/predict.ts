import { isKnown } from '../catalog/index.ts'
import { machineFor } from '../dataflow/index.ts'
import { machineOf } from '../kernel/index.ts'
import { paramCounts } from '../model/index.ts'
import { type Spread, type Tier, band, isMeasuredGeneration, reciprocal, scaled, servingSpread } from './band.ts'
import { timeOnGpu } from './gpu.ts'
import type { Timing } from './timing.ts'
import { type TokenRates, costOf, energyOf, tokenRates } from './money.ts'
import { parseScenario } from './scenario.ts'
import { timeOnSram } from './sram.ts'
import type { Band, Evidence, Prediction, Scenario } from './types.ts'

/**
 * The one answer to one question: what a deployment of a model on a machine does under a workload and what it costs.
 * @throws PincerError for bad input, and `does_not_fit` when the model does not fit the machines given
 */
export function predict(input: unknown): Prediction {
  return predictScenario(parseScenario(input))
}

/** `predict` for a scenario that is resolved already. */
export function predictScenario(scenario: Scenario): Prediction {
  const timing = scenario.chip.kind === 'sram' ? timeOnSram(scenario) : timeOnGpu(scenario)
  const evidence = evidenceOf(scenario, timing)
  const spreads = spreadsOf(scenario, evidence.tier)
  const ttft = band(timing.serving.ttft, spreads.ttft)
  const tpot = band(timing.serving.tpot, spreads.tpot)
  const rates = tokenRates(scenario, timing)
  const counts = paramCounts(scenario.model)
  return {
    schema: 'pincer.prediction.v1',
    model: { id: scenario.model.id, name: scenario.model.name, totalParams: counts.total, activeParams: counts.active },
    chip: { id: scenario.chip.id, name: scenario.chip.name },
    chips: timing.chips,
    layout: timing.layout,
    precision: scenario.precision,
    engine: scenario.chip.kind === 'sram' ? 'dataflow' : scenario.engine,
    workload: scenario.workload,
    ttft,
    tpot,
    throughput: throughputOf(timing, tpot, rates),
    batch: { running: timing.serving.running, capacity: timing.capacity, waiting: timing.serving.waiting },
    memory: timing.memory,
    decodeStep: timing.decodeStep,
    prefillStep: timing.prefillStep,
    energy: energyOf(scenario, timing, rates),
    cost: costOf(scenario, timing, rates),
    evidence,
  }
}

// The relative uncertainty of throughput is that of TPOT, which takes most of a request's time; on SRAM machines it
// reaches down to what they do without batching, since no throughput under load was ever published.
function throughputOf(timing: Timing, tpot: Band, rates: TokenRates): Prediction['throughput'] {
  const perUser = reciprocal(tpot)
  const relative = { lo: perUser.lo / perUser.value, hi: perUser.hi / perUser.value }
  const floor =
    timing.unbatchedRate === undefined ? relative.lo : Math.min(relative.lo, timing.unbatchedRate / rates.output)
  const output = band(rates.output, { lo: floor, hi: relative.hi })
  return {
    perUser,
    output,
    total: band(rates.input + rates.output, { lo: floor, hi: relative.hi }),
    outputPerChip: scaled(output, 1 / timing.chips),
  }
}

function spreadsOf(scenario: Scenario, tier: Tier): { ttft: Spread; tpot: Spread } {
  const { vendor } = scenario.chip
  if (scenario.chip.kind === 'hbm') {
    return { ttft: servingSpread('ttft', tier, vendor), tpot: servingSpread('tpot', tier, vendor) }
  }
  const { low, high } = machineFor(scenario.chip).band
  const tpot = { lo: 1 / high, hi: 1 / low }
  return { tpot, ttft: { lo: tpot.lo ** 2, hi: tpot.hi ** 2 } }
}

/** Why a deployment is unlike those the constants were fitted to; undefined when it is like them. */
function unlikeFitted(scenario: Scenario): Pick<Evidence, 'tier' | 'reason'> | undefined {
  const { chip, model, mapping, workload } = scenario
  if (scenario.disaggregated !== undefined) {
    return {
      tier: 'first-principles',
      reason: 'no disaggregated deployment is in the fit: queues between pools are estimates',
    }
  }
  if (!isMeasuredGeneration(chip.generation)) {
    const reason = `efficiencies transferred from NVIDIA Hopper and Blackwell: no serving measurements of ${chip.generation} in the fit`
    return { tier: 'transferred', reason }
  }
  if (scenario.speculation !== undefined)
    return { tier: 'transferred', reason: 'no deployment with speculative decoding is in the fit' }
  const domain = machineOf(chip).scaleUpDomain
  if (mapping.pp > 1 || mapping.tp * mapping.dp > domain) {
    return { tier: 'transferred', reason: 'no pipeline and no replica larger than a scale-up domain is in the fit' }
  }
  if (workload.isl + workload.osl > model.maxContext) {
    const reason = `prompt and output exceed the ${model.maxContext} tokens that ${model.id} was made for`
    return { tier: 'transferred', reason }
  }
  return undefined
}

function evidenceOf(scenario: Scenario, timing: Timing): Evidence {
  const notes = [...scenario.notes, ...timing.notes]
  const sources = [
    ...new Set(scenario.chip.memory.flatMap(({ bandwidth }) => (isKnown(bandwidth) ? [bandwidth.source] : []))),
  ]
  if (scenario.chip.kind === 'sram') {
    const machine = machineFor(scenario.chip)
    return { tier: machine.tier, reason: machine.reason, notes, sources }
  }
  if (scenario.model.declared !== undefined) {
    const reason = 'the architecture is not public: shapes inferred from parameter counts'
    return { tier: 'first-principles', reason, notes, sources }
  }
  const apart = unlikeFitted(scenario)
  if (apart !== undefined) return { ...apart, notes, sources }
  return {
    tier: 'fitted',
    reason: 'constants fitted to measured deployments on chips of this generation',
    notes,
    sources,
  }
}
