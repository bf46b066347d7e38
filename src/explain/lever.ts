import { type Chip, type Known, isKnown } from '../catalog/index.ts'
import { type MachineConstants, machineFor } from '../dataflow/index.ts'
import { possible } from '../issue/index.ts'
import type { KernelConstants } from '../kernel/index.ts'
import { formatsFor } from '../model/index.ts'
import { type Calibration, type Scenario, fitted, predictScenario, timeOnGpu, timeOnSram } from '../predict/index.ts'
import type { EngineProfile } from '../step/index.ts'
import { type Format, type Seconds, bytesPerWeight } from '../units/index.ts'
import type { Lever } from './types.ts'

/** A change by a factor of two, and the TPOT with it; undefined where it means nothing. */
interface Change {
  readonly change: string
  readonly tpot: () => Seconds | undefined
}

/**
 * Every input changed by a factor of two on its own, by falling gain: each is the same prediction with that input changed.
 * Changes without an effect, and those that the machine has no room for, are left out.
 */
export function leversOf(scenario: Scenario, tpot: Seconds): Lever[] {
  const own = scenario.chip.kind === 'sram' ? sramChanges(scenario) : gpuChanges(scenario)
  return [...chipChanges(scenario), ...loadChanges(scenario), ...own]
    .flatMap((change) => {
      // More of something may not fit, and a format may have no path.
      const [changed] = possible(change.tpot)
      return changed === undefined ? [] : [leverOf(change.change, changed, tpot)]
    })
    .filter(({ gain }) => Math.abs(gain) > 1e-9)
    .toSorted((a, b) => b.gain - a.gain)
}

function leverOf(change: string, changed: Seconds, tpot: Seconds): Lever {
  return { change, tpot: changed, perUser: 1 / changed, gain: 1 - changed / tpot }
}

function asked(scenario: Scenario): Seconds {
  return predictScenario(scenario).tpot.value
}

function chipChanges(scenario: Scenario): Change[] {
  const { chip } = scenario
  const on =
    (changed: Partial<Chip>): (() => Seconds) =>
    () =>
      asked({ ...scenario, chip: { ...chip, ...changed } })
  return [
    {
      change: 'memory bandwidth doubled',
      tpot: on({ memory: chip.memory.map((tier) => ({ ...tier, bandwidth: doubled(tier.bandwidth) })) }),
    },
    {
      change: 'matrix peaks doubled',
      tpot: on({
        peak: Object.fromEntries(Object.entries(chip.peak).map(([format, peak]) => [format, doubled(peak)])),
      }),
    },
    {
      change: 'link bandwidth doubled',
      tpot: on({
        scaleUp: { ...chip.scaleUp, bandwidth: doubled(chip.scaleUp.bandwidth) },
        scaleOut: { ...chip.scaleOut, bandwidth: doubled(chip.scaleOut.bandwidth) },
      }),
    },
  ]
}

function doubled<Q extends number>(figure: Known<Q>): Known<Q> {
  return isKnown(figure)
    ? { value: (2 * figure.value) as Q, unit: figure.unit, source: 'given', basis: 'derived' }
    : figure
}

function loadChanges(scenario: Scenario): Change[] {
  const { workload } = scenario
  const isWhole = (value: number): boolean => value >= 2
  return [
    {
      change: 'clients halved',
      tpot: () =>
        isWhole(workload.concurrency)
          ? asked({ ...scenario, workload: { ...workload, concurrency: Math.floor(workload.concurrency / 2) } })
          : undefined,
    },
    {
      change: 'prompts halved',
      tpot: () =>
        isWhole(workload.isl)
          ? asked({ ...scenario, workload: { ...workload, isl: Math.floor(workload.isl / 2) } })
          : undefined,
    },
    { change: 'weight bytes halved', tpot: () => narrowWeights(scenario) },
    { change: 'KV cache bytes halved', tpot: () => narrowCache(scenario) },
  ]
}

const HALF: ReadonlyMap<number, Format> = new Map([
  [2, 'fp8'],
  [1, 'fp4'],
])

function narrowWeights(scenario: Scenario): Seconds | undefined {
  const precision = HALF.get(bytesPerWeight(scenario.precision))
  if (precision === undefined) return undefined
  return asked({ ...scenario, precision, weights: formatsFor(scenario.model, precision) })
}

function narrowCache(scenario: Scenario): Seconds | undefined {
  const cache = HALF.get(bytesPerWeight(scenario.cache))
  return cache === undefined ? undefined : asked({ ...scenario, cache })
}

function gpuChanges(scenario: Scenario): Change[] {
  const shipped = fitted(scenario)
  const timed = (changed: Partial<Calibration>): (() => Seconds) => {
    return () => timeOnGpu(scenario, { ...shipped, ...changed }).serving.tpot
  }
  const { kernel } = shipped
  const linked: KernelConstants = {
    ...kernel,
    linkPace: kernel.linkPace * 2,
    collectiveLatency: kernel.collectiveLatency / 2,
  }
  return [
    { change: 'kernel launch halved', tpot: timed({ kernel: { ...kernel, launch: kernel.launch / 2 } }) },
    { change: 'collectives twice as fast', tpot: timed({ kernel: linked }) },
    { change: 'host time halved', tpot: timed({ engine: halvedHost(shipped.engine) }) },
  ]
}

function halvedHost(engine: EngineProfile): EngineProfile {
  return {
    ...engine,
    stepOverhead: engine.stepOverhead / 2,
    sequenceOverhead: engine.sequenceOverhead / 2,
    launchOverhead: engine.launchOverhead / 2,
  }
}

function sramChanges(scenario: Scenario): Change[] {
  const machine = machineFor(scenario.chip)
  const timed = (changed: Partial<MachineConstants>): (() => Seconds) => {
    return () => timeOnSram(scenario, { ...machine, ...changed }).serving.tpot
  }
  const { phaseSeconds, hopSeconds } = machine
  return [
    {
      change: 'issue latency halved',
      tpot: timed({ phaseSeconds: { ...phaseSeconds, value: phaseSeconds.value / 2 } }),
    },
    ...(hopSeconds === undefined
      ? []
      : [
          {
            change: 'hop latency halved',
            tpot: timed({ hopSeconds: { ...hopSeconds, value: hopSeconds.value / 2 } }),
          },
        ]),
  ]
}
