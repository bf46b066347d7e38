import { type KernelConstants, kernelConstants } from '../src/kernel/index.ts'
import type { Calibration } from '../src/predict/index.ts'
import { ENGINES, type Engine, type EngineProfile, engineProfile } from '../src/step/index.ts'
import type { Free } from './descent.ts'

/** All constants that the serving fit may move. */
export interface Constants {
  readonly kernel: KernelConstants
  readonly engines: Readonly<Record<Engine, EngineProfile>>
}

/** Where each kernel constant starts and the limits physics sets it. */
const KERNEL: readonly (Free & { readonly name: keyof KernelConstants })[] = [
  { name: 'streamEfficiency', start: 0.8, low: 0.4, high: 0.95 },
  { name: 'expertStreamEfficiency', start: 0.7, low: 0.3, high: 0.95 },
  { name: 'kernelFloor', start: 2.5e-6, low: 1e-6, high: 8e-6 },
  { name: 'linkEfficiency', start: 0.7, low: 0.3, high: 0.95 },
]

const ENGINE: readonly (Free & {
  readonly name: 'stepOverhead' | 'sequenceOverhead' | 'requestOverhead' | 'streamInterval'
})[] = [
  { name: 'stepOverhead', start: 1e-3, low: 1e-5, high: 1e-2 },
  { name: 'sequenceOverhead', start: 5e-6, low: 1e-7, high: 1e-4 },
  { name: 'requestOverhead', start: 2e-2, low: 1e-3, high: 0.3 },
  { name: 'streamInterval', start: 5, low: 0.1, high: 50 },
]

/** The free constants in the order of the vectors that `constantsOf` takes. */
export const FREE: readonly Free[] = [
  ...KERNEL,
  ...ENGINES.flatMap((engine) => ENGINE.map((free) => ({ ...free, name: `${engine}.${free.name}` }))),
]

/** A vector of values as constants; what is not fitted (scheduling policy, memory fraction) stays as it is. */
export function constantsOf(values: readonly number[]): Constants {
  const kernel = { ...kernelConstants() } as Record<keyof KernelConstants, number>
  for (const [i, { name }] of KERNEL.entries()) kernel[name] = values[i]!
  const engines = {} as Record<Engine, EngineProfile>
  for (const [e, engine] of ENGINES.entries()) {
    const profile = { ...engineProfile(engine) } as { -readonly [K in keyof EngineProfile]: EngineProfile[K] }
    for (const [i, { name }] of ENGINE.entries()) profile[name] = values[KERNEL.length + e * ENGINE.length + i]!
    engines[engine] = profile
  }
  return { kernel, engines }
}

export function calibrationFor(constants: Constants, engine: Engine): Calibration {
  return { kernel: constants.kernel, engine: constants.engines[engine] }
}
