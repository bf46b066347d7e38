import { machineFor } from '../dataflow/index.ts'
import { paramCounts } from '../model/index.ts'
import { type Spreads, type Tier, band, logNormal, reciprocal, scaled, servingSpread } from './band.ts'
import { evidenceOf } from './evidence.ts'
import { timeOnGpu } from './gpu.ts'
import { type TokenRates, costOf, energyOf, tokenRates } from './money.ts'
import { regimeOf } from './regime.ts'
import { parseScenario } from './scenario.ts'
import { timeOnSram } from './sram.ts'
import type { Timing } from './timing.ts'
import type { PredictedBand, Prediction, Scenario } from './types.ts'

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
function throughputOf(timing: Timing, tpot: PredictedBand, rates: TokenRates): Prediction['throughput'] {
  const perUser = reciprocal(tpot)
  const floor = timing.unbatchedRate === undefined ? 1 : timing.unbatchedRate / rates.output
  const relative = ({ lo, hi }: { lo: number; hi: number }, least: number): { lo: number; hi: number } => ({
    lo: Math.min(lo / perUser.value, least),
    hi: hi / perUser.value,
  })
  const spreads: Spreads = {
    outer: relative(perUser, floor),
    inner: relative(perUser.inner, logNormal({ lo: Math.min(1, floor), hi: 1 }).inner.lo),
  }
  const output = band(rates.output, spreads)
  return {
    perUser,
    output,
    total: band(rates.input + rates.output, spreads),
    outputPerChip: scaled(output, 1 / timing.chips),
  }
}

function spreadsOf(scenario: Scenario, tier: Tier): { ttft: Spreads; tpot: Spreads } {
  if (scenario.chip.kind === 'hbm') {
    const of = (quantity: 'ttft' | 'tpot'): Spreads =>
      servingSpread(quantity, tier, regimeOf(scenario), scenario.chip.vendor)
    return { ttft: of('ttft'), tpot: of('tpot') }
  }
  const { low, high } = machineFor(scenario.chip).band
  const tpot = { lo: 1 / high, hi: 1 / low }
  return { tpot: logNormal(tpot), ttft: logNormal({ lo: tpot.lo ** 2, hi: tpot.hi ** 2 }) }
}
