import { type KernelConstants, type Machine, kernelConstants } from '../kernel/index.ts'
import type { Mapping } from '../parallel/index.ts'
import { type EngineProfile, type StepSetting, engineProfile, inProcess } from '../step/index.ts'
import { adjustedEngine, adjustedKernel } from './adjustment.ts'
import { missingMemory } from './does-not-fit.ts'
import { type MemoryRoom, memoryRoom } from './memory.ts'
import type { Scenario } from './types.ts'

/** Constants a deployment is timed with; the fitted ones unless a calibration tries others. */
export interface Calibration {
  readonly kernel: KernelConstants
  readonly engine: EngineProfile
}

/** The constants in the catalog, as the scenario's own calibration adjusts them. */
export function fitted({ engine, calibration, frontEnd }: Scenario): Calibration {
  const profile = engineProfile(engine)
  const shipped = {
    kernel: kernelConstants(engine),
    engine: frontEnd === 'none' ? inProcess(engine, profile) : profile,
  }
  if (calibration === undefined) return shipped
  return {
    kernel: adjustedKernel(shipped.kernel, calibration),
    engine: adjustedEngine(shipped.engine, calibration.engines[engine]),
  }
}

/** Memory of the deployment's chips, whatever the clients. @throws PincerError `does_not_fit` */
export function roomFor(scenario: Scenario, machine: Machine, mapping: Mapping, engine: EngineProfile): MemoryRoom {
  const formats = { weights: scenario.weights, cache: scenario.cache }
  const room = memoryRoom(scenario.model, machine, mapping, formats, engine, scenario.workload)
  if (room.capacity < 1) throw missingMemory(scenario, machine, mapping, room)
  return room
}

/** What the step room needs to time passes of a scenario. */
export function stepSetting(
  scenario: Scenario,
  machine: Machine,
  mapping: Mapping,
  calibration: Calibration,
): StepSetting {
  const formats = { weights: scenario.weights, cache: scenario.cache }
  const { model: arch, overlap } = scenario
  const setting = { arch, machine, mapping, formats, kernel: calibration.kernel, engine: calibration.engine }
  return overlap === undefined ? setting : { ...setting, overlap }
}
