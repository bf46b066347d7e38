import type { KernelConstants, KernelPace } from '../kernel/index.ts'
import type { Engine, EngineProfile } from '../step/index.ts'

/** Factors on what an engine adds to the kernels; 1 = as shipped. */
export interface HostFactors {
  /** On host time per step, per sequence in it and per kernel of a step with prompts. */
  readonly hostOverhead: number
  /** On time outside the steps before a first token: per request, per prompt token, per layer with experts. */
  readonly requestOverhead: number
}

/** What one site's measurements say of the shipped constants, as factors; 1 = as shipped. Made by `pincer calibrate`. */
export interface Adjustment {
  /** On the pace of kernels that memory bounds. */
  readonly bandwidth: number
  /** On the pace of kernels that the matrix units bound. */
  readonly compute: number
  /** On the pace of collectives. */
  readonly links: number
  /** On the pace of launches; only kernel timings tell it, 1 where it is left out. */
  readonly launch?: number | undefined
  /** Engines without an entry stay as shipped. */
  readonly engines: Readonly<Partial<Record<Engine, HostFactors | undefined>>>
}

type KernelFactor = Exclude<keyof Adjustment, 'engines'>

const SHARES: Readonly<Record<KernelFactor, readonly (keyof KernelPace)[]>> = {
  bandwidth: ['streamPace', 'expertStreamPace'],
  compute: ['matrixPace'],
  links: ['linkPace'],
  launch: ['launchPace'],
}

/** Kernel constants as a site's measurements adjust them. */
export function adjustedKernel(constants: KernelConstants, adjustment: Adjustment): KernelConstants {
  const adjusted = { ...constants } as { -readonly [K in keyof KernelConstants]: KernelConstants[K] }
  for (const factor of ['bandwidth', 'compute', 'links', 'launch'] as const) {
    for (const name of SHARES[factor]) {
      adjusted[name] = constants[name] * (adjustment[factor] ?? 1)
    }
  }
  return adjusted
}

/** An engine's profile as a site's measurements adjust it. */
export function adjustedEngine(profile: EngineProfile, factors: HostFactors | undefined): EngineProfile {
  if (factors === undefined) return profile
  const { hostOverhead, requestOverhead } = factors
  return {
    ...profile,
    stepOverhead: profile.stepOverhead * hostOverhead,
    sequenceOverhead: profile.sequenceOverhead * hostOverhead,
    launchOverhead: profile.launchOverhead * hostOverhead,
    requestOverhead: profile.requestOverhead * requestOverhead,
    promptOverhead: profile.promptOverhead * requestOverhead,
    expertLayerOverhead: profile.expertLayerOverhead * requestOverhead,
  }
}
