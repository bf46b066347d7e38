import { type KernelConstants, type KernelPace, kernelConstants } from '../src/kernel/index.ts'
import type { Calibration } from '../src/predict/index.ts'
import type { Free as Bounded } from './descent.ts'
import { ENGINES, type Engine, type EngineProfile, engineProfile } from '../src/step/index.ts'

/** A free constant of the serving fit. */
export interface Free extends Bounded {
  /** Standard deviation of the prior around `start`, as a logarithm: how little is known beforehand. */
  readonly doubt: number
  /** The engine whose deployments alone it moves. */
  readonly engine?: Engine
}

/** All constants that the serving fit may move. */
export interface Constants {
  readonly kernel: KernelConstants
  readonly engines: Readonly<Record<Engine, EngineProfile>>
}

/** Where each kernel constant starts and the limits physics sets it; what kernel timings tell alone is not fitted here. */
const KERNEL: readonly (Free & { readonly name: keyof KernelPace })[] = [
  { name: 'streamPace', start: 1, low: 0.5, high: 1.5, doubt: 0.2 },
  { name: 'expertStreamPace', start: 1, low: 0.4, high: 1.6, doubt: 0.3 },
  { name: 'matrixPace', start: 1, low: 0.5, high: 1.5, doubt: 0.2 },
  { name: 'reducePace', start: 1, low: 0.4, high: 1.6, doubt: 0.3 },
  { name: 'launchPace', start: 1, low: 0.3, high: 4, doubt: 0.3 },
]

type Fitted =
  | 'stepOverhead'
  | 'sequenceOverhead'
  | 'launchOverhead'
  | 'requestOverhead'
  | 'promptOverhead'
  | 'expertLayerOverhead'
  | 'turnaround'
  | 'streamRate'
  | 'streamInterval'

const ENGINE: readonly (Free & { readonly name: Fitted })[] = [
  { name: 'stepOverhead', start: 1.3e-3, low: 1e-5, high: 1e-2, doubt: 1.5 },
  { name: 'sequenceOverhead', start: 2e-5, low: 1e-7, high: 1e-4, doubt: 2 },
  { name: 'launchOverhead', start: 2.5e-5, low: 1e-6, high: 5e-4, doubt: 2 },
  { name: 'requestOverhead', start: 1.5e-2, low: 1e-3, high: 0.3, doubt: 2 },
  { name: 'promptOverhead', start: 1e-6, low: 1e-8, high: 3e-5, doubt: 2 },
  { name: 'expertLayerOverhead', start: 1e-4, low: 1e-6, high: 5e-3, doubt: 2 },
  { name: 'turnaround', start: 2e-2, low: 1e-3, high: 0.2, doubt: 2 },
  { name: 'streamRate', start: 15_000, low: 3000, high: 1e6, doubt: 0.5 },
  { name: 'streamInterval', start: 6, low: 0.01, high: 50, doubt: 3 },
]

/** Where engines are known to differ from the common start: eager Python per kernel, grouped streaming, one front-end thread. */
const STARTS: Readonly<Record<Engine, Partial<Record<Fitted, number>>>> = {
  vllm: { streamInterval: 1 },
  sglang: { launchOverhead: 5e-5, streamInterval: 20 },
  trtllm: { expertLayerOverhead: 5e-4, streamRate: 10_000, streamInterval: 10 },
}

/** The free constants in the order of the vectors that `constantsOf` takes. */
export const FREE: readonly Free[] = [
  ...KERNEL,
  ...ENGINES.flatMap((engine) =>
    ENGINE.map((free) => ({
      ...free,
      start: STARTS[engine][free.name] ?? free.start,
      name: `${engine}.${free.name}`,
      engine,
    })),
  ),
]

/** A vector of values as constants; what is not fitted (scheduling policy, memory fraction) stays as it is. */
export function constantsOf(values: readonly number[]): Constants {
  const kernel = { ...kernelConstants() } as { -readonly [K in keyof KernelConstants]: KernelConstants[K] }
  for (const [i, { name }] of KERNEL.entries()) kernel[name] = values[i]!
  const engines = {} as Record<Engine, EngineProfile>
  for (const [e, engine] of ENGINES.entries()) {
    const profile = { ...engineProfile(engine) } as { -readonly [K in keyof EngineProfile]: EngineProfile[K] }
    for (const [i, { name }] of ENGINE.entries()) profile[name] = values[KERNEL.length + e * ENGINE.length + i]!
    engines[engine] = profile
  }
  return { kernel, engines }
}

/** The vector of the constants in the catalog. */
export function shippedValues(): number[] {
  return FREE.map(({ name, engine }) => {
    const holder: object = engine === undefined ? kernelConstants() : engineProfile(engine)
    return (holder as Record<string, number>)[name.slice(name.indexOf('.') + 1)]!
  })
}

export function calibrationFor(constants: Constants, engine: Engine): Calibration {
  return { kernel: { ...constants.kernel, library: engine }, engine: constants.engines[engine] }
}
