import type { Known } from '../catalog/index.ts'
import { machineFor } from '../dataflow/index.ts'
import { paramCounts } from '../model/index.ts'
import type { Speculation } from '../step/index.ts'
import type { Seconds, Usd } from '../units/index.ts'
import { type Spreads, type Tier, band, logNormal, reciprocal, scaled, servingSpread } from './band.ts'
import { BENCHMARK_DRAFTS } from './draft-label.ts'
import { type Grade, evidenceOf, gradesOf } from './evidence.ts'
import { prepareGpu, withClients } from './gpu.ts'
import { type TokenRates, billOf, costOf, energyOf, outputCost, tokenRates } from './money.ts'
import { loadOf, regimeOf } from './regime.ts'
import { DEFAULT_SPECULATION } from './scenario.ts'
import { timeOnSram } from './sram.ts'
import type { DeploymentTimer, Timing } from './timing.ts'
import type { Evidence, PredictedBand, Prediction, Scenario } from './types.ts'

/** A deployment made ready to be asked about any number of clients. */
export interface PreparedScenario {
  /** Speed and cost under so many clients: those of `predict`, without where memory, time and energy go. */
  readonly load: (concurrency: number) => LoadPrediction
  /** The whole prediction for so many clients. */
  readonly predict: (concurrency: number) => Prediction
}

/** What a search ranks deployments by. */
export interface LoadPrediction extends Pick<Prediction, 'chips' | 'ttft' | 'tpot' | 'throughput' | 'batch'> {
  /** Clients. */
  readonly concurrency: number
  /** All cost over output tokens, $ per million. */
  readonly perMtokOutput: Known<Usd>
  readonly tier: Evidence['tier']
}

/**
 * A scenario with all worked out that does not depend on the number of its clients: operators, memory, bands, prices. Every
 * prediction comes through here, one or thousands.
 * @throws PincerError `does_not_fit` when the model does not fit the chips given; SRAM machines throw it by load
 */
export function prepareScenario(scenario: Scenario): PreparedScenario {
  const timer = timerOf(scenario)
  const graded = gradedSpreads(scenario)
  const bill = billOf(scenario)
  const point = (concurrency: number): Point => {
    const timing = timer(concurrency)
    const { grade, spreads } = graded(concurrency)
    const rates = tokenRates(scenario, timing)
    const ttft = band(timing.serving.ttft, spreads.ttft)
    const tpot = band(timing.serving.tpot, spreads.tpot)
    return { timing, grade, rates, ttft, tpot, throughput: throughputOf(timing, tpot, rates) }
  }
  return {
    load: (concurrency) => {
      const { timing, grade, rates, ttft, tpot, throughput } = point(concurrency)
      const perMtokOutput = outputCost(bill, timing, rates)
      const batch = batchOf(timing)
      return { concurrency, chips: timing.chips, ttft, tpot, throughput, batch, perMtokOutput, tier: grade.tier }
    },
    predict: (concurrency) => {
      const { timing, grade, rates, ttft, tpot, throughput } = point(concurrency)
      const { model, chip } = scenario
      const { memory, decodeStep, prefillStep } = timing.details()
      const counts = paramCounts(model)
      return {
        schema: 'pincer.prediction.v1',
        model: { id: model.id, name: model.name, totalParams: counts.total, activeParams: counts.active },
        chip: { id: chip.id, name: chip.name },
        chips: timing.chips,
        layout: timing.layout,
        precision: scenario.precision,
        engine: chip.kind === 'sram' ? 'dataflow' : scenario.engine,
        workload: { ...scenario.workload, concurrency },
        ttft,
        tpot,
        throughput,
        batch: batchOf(timing),
        memory,
        decodeStep,
        prefillStep,
        energy: energyOf(scenario, timing, rates),
        cost: costOf(bill, timing, rates),
        ...draftedBothWays(scenario, concurrency),
        evidence: evidenceOf(scenario, timing, grade),
      }
    },
  }
}

/** What the other way gives where nobody says whether drafts are on. SRAM machines tell it by their bands. */
function draftedBothWays(scenario: Scenario, concurrency: number): Pick<Prediction, 'drafts'> {
  if (scenario.isDraftingUnknown !== true || scenario.chip.kind === 'sram') return {}
  const { speculation, ...rest } = scenario
  const other = speculation === undefined ? { ...rest, speculation: usualDrafts(scenario.model) } : rest
  const { ttft, tpot } = prepareGpu(other)(concurrency).serving
  return { drafts: { assumed: speculation === undefined ? 'off' : 'on', other: { ttft, tpot } } }
}

/** The model's own prediction layers as public benchmarks run them, else a small draft model. */
function usualDrafts({ mtpLayers }: Scenario['model']): Speculation {
  return mtpLayers > 0 ? BENCHMARK_DRAFTS : DEFAULT_SPECULATION
}

interface Point extends Pick<Prediction, 'throughput'> {
  readonly timing: Timing
  readonly grade: Grade
  readonly rates: TokenRates
  readonly ttft: PredictedBand<Seconds>
  readonly tpot: PredictedBand<Seconds>
}

// A dataflow system is laid out for its load: nothing of it is known before.
function timerOf(scenario: Scenario): DeploymentTimer {
  return scenario.chip.kind === 'sram'
    ? (concurrency) => timeOnSram(withClients(scenario, concurrency))
    : prepareGpu(scenario)
}

function batchOf({ serving, capacity }: Timing): Prediction['batch'] {
  return { running: serving.running, capacity, waiting: serving.waiting }
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
  const innerFloor = floor < 1 ? logNormal({ lo: floor, hi: 1 }).inner.lo : 1
  const spreads: Spreads = { outer: relative(perUser, floor), inner: relative(perUser.inner, innerFloor) }
  const output = band(rates.output, spreads)
  return {
    perUser,
    output,
    total: band(rates.input + rates.output, spreads),
    outputPerChip: scaled(output, 1 / timing.chips),
  }
}

interface Graded {
  readonly grade: Grade
  readonly spreads: LatencySpreads
}

interface LatencySpreads {
  readonly ttft: Spreads
  readonly tpot: Spreads
}

/** Confidence tier and bands by clients: bands differ by tier and sort of load only. */
function gradedSpreads(scenario: Scenario): (concurrency: number) => Graded {
  const gradeOf = gradesOf(scenario)
  const known = new Map<string, Graded>()
  return (concurrency) => {
    const grade = gradeOf(concurrency)
    const key = `${grade.tier} ${loadOf({ concurrency })}`
    const found = known.get(key)
    if (found !== undefined && found.grade.reason === grade.reason) return found
    const graded = { grade, spreads: spreadsOf(scenario, grade.tier, concurrency) }
    known.set(key, graded)
    return graded
  }
}

function spreadsOf(scenario: Scenario, tier: Tier, concurrency: number): LatencySpreads {
  if (scenario.chip.kind === 'hbm') {
    const regime = regimeOf(scenario, concurrency)
    const of = (quantity: 'ttft' | 'tpot'): Spreads => servingSpread(quantity, tier, regime, scenario.chip.vendor)
    return { ttft: of('ttft'), tpot: of('tpot') }
  }
  const { low, high } = machineFor(scenario.chip).band
  const tpot = { lo: 1 / high, hi: 1 / low }
  return { tpot: logNormal(tpot), ttft: logNormal({ lo: tpot.lo ** 2, hi: tpot.hi ** 2 }) }
}
