import fits from '../../catalog/fits/dataflow.json' with { type: 'json' }
import { PincerError, nearest } from '../issue/index.ts'
import type { Format, Seconds } from '../units/index.ts'

/** How well the constants of a machine are known. */
export type Tier = 'fitted' | 'transferred' | 'first-principles'

/** One constant of a machine, with its origin: a publication, a fit, a relative it was taken from, or an assumption. */
export interface Constant {
  readonly value: number
  readonly unit: string
  readonly basis: 'published' | 'fitted' | 'transferred' | 'assumed'
  /** Publication, fit or relative. */
  readonly source: string
  readonly note?: string
}

/**
 * How a machine turns a model into a pipeline. `group`: `groupSize` machines share every layer of a stage by tensor
 * parallelism and run its layers one after another. `region`: the layers lie side by side on the wafer, each in a
 * region as large as its share of the bytes, so that every layer is a stage of its own.
 */
export type Scheme = 'group' | 'region'

/** Constants of one machine. */
export interface MachineConstants {
  readonly chip: string
  readonly scheme: Scheme
  /** Machines of one tensor-parallel group; 1 for a wafer. */
  readonly groupSize: number
  /** Machines are deployed in multiples of this. */
  readonly allotment: number
  /** Latency of one dependent operator: issue, on-chip broadcast and reduction, synchronisation. */
  readonly phaseSeconds: Constant
  /** Share of the headline bandwidth of the store that weights stream at. */
  readonly movementShare: Constant
  /** Share of the dense peak that a full batch reaches. */
  readonly computeShare: Constant
  /** Latency of one link hop; absent when it is part of `phaseSeconds`. */
  readonly hopSeconds?: Constant
  /** Bandwidth of one machine's links inside its group, where it is not the chip's published scale-up bandwidth. */
  readonly groupLink?: Constant
  /**
   * The store is DRAM behind a buffer on the chip: what a layer certainly reads (dense weights, caches) is fetched while
   * operators before it still run. Routed experts are not, as nobody knows them before the router. Absent: nothing is
   * fetched ahead; in an SRAM store weights lie where they are multiplied.
   */
  readonly prefetch?: boolean
  /** Most machines that one system scales to; absent: none was published. */
  readonly mostMachines?: Constant
  /** Links between any two machines of a group of up to this many: ascending `machines`. */
  readonly diameter: readonly { readonly machines: number; readonly hops: number }[]
  /** Largest share of the store that published deployments fill with weights; sizes the default deployment. */
  readonly weightFill: Constant
  /** Most users that share a stage in published deployments; absent: none was published and the KV cache decides. */
  readonly usersPerStage?: Constant
  /** Kernels of an earlier generation, slower by a factor; absent: none was announced. */
  readonly earlier?: EarlierKernels
  /** What is known of drafting by those who serve models on the machine, when a publication does not say. */
  readonly drafting: DraftingPractice
  /** What 16-bit checkpoints are served in; absent: 16 bits. */
  readonly servedFormat?: Format
  readonly software: SoftwareConstants
  readonly tier: Tier
  /** Why the tier is what it is. */
  readonly reason: string
  /** 90 % band of speeds around the prediction: factors on tokens/s/user. */
  readonly band: Band
}

export interface Band {
  readonly low: number
  readonly high: number
}

/**
 * Which models are drafted for where nobody says: none (or only under names of their own, which do say), dense ones,
 * all, or unknown.
 */
export interface DraftingPractice {
  readonly models: 'none' | 'dense' | 'all' | 'unknown'
  /** ISO month of the first drafted endpoint; absent: always. */
  readonly since?: string
  readonly basis: Constant['basis']
  readonly source: string
}

/** Kernels served before a release that announced faster ones. */
export interface EarlierKernels {
  /** ISO month of the release. */
  readonly before: string
  /** Factor on the time of operators and of the weights they read. */
  readonly slowdown: Constant
}

/** Constants of the software, which all machines share. */
export interface SoftwareConstants {
  /** Dense models, by a small sibling or a trained head: probability that a drafted token is accepted, given that the one before was. */
  readonly draftAcceptance: Constant
  /** Most tokens drafted per pass; as many are as pay. */
  readonly draftTokens: Constant
  /** Sparse models, by the multi-token-prediction layer they are trained with: the same probability. */
  readonly headAcceptance: Constant
  /** Tokens that layer drafts per pass. */
  readonly headTokens: Constant
  /** Below this many total parameters published endpoints do not draft. */
  readonly draftFloorParams: Constant
  /** Above this many users engines switch drafting off. */
  readonly draftMostUsers: Constant
  /** Share of DRAM bandwidth reached by weights that spill out of the first store. */
  readonly spillShare: Constant
}

interface FitFile {
  readonly software: SoftwareConstants
  readonly machines: readonly Omit<MachineConstants, 'software'>[]
}

// The file is ours and checked by its test; JSON widens literals to string, hence the cast.
const file: FitFile = fits as unknown as FitFile
const machines: ReadonlyMap<string, MachineConstants> = new Map(
  file.machines.map((machine) => [machine.chip, { ...machine, software: file.software }]),
)

/** Ids of the chips this room can time. */
export const DATAFLOW_MACHINES: readonly string[] = [...machines.keys()]

/**
 * Constants of a machine of this room.
 * @throws PincerError `unknown_chip` when no constants exist for `chipId`.
 */
export function machineConstants(chipId: string): MachineConstants {
  const found = machines.get(chipId)
  if (found !== undefined) return found
  const near = nearest(chipId, DATAFLOW_MACHINES)
  throw new PincerError({
    code: 'unknown_chip',
    path: ['chip'],
    message: `no dataflow constants for "${chipId}"`,
    suggestion: near === undefined ? `known: ${DATAFLOW_MACHINES.join(', ')}` : `did you mean ${near}?`,
  })
}

/** The machine with the kernels of an ISO date; without a date, with today's. */
export function machineAt(machine: MachineConstants, date: string | undefined): MachineConstants {
  const { earlier, phaseSeconds, movementShare } = machine
  if (earlier === undefined || !isBefore(date, earlier.before)) return machine
  const { value: slowdown } = earlier.slowdown
  return {
    ...machine,
    phaseSeconds: { ...phaseSeconds, value: phaseSeconds.value * slowdown },
    movementShare: { ...movementShare, value: movementShare.value / slowdown },
  }
}

/** Whether an ISO date lies before an ISO month; no date is today, and a bare year counts as its end. */
export function isBefore(date: string | undefined, month: string): boolean {
  if (date === undefined) return false
  return (date.length < month.length ? `${date}-12` : date.slice(0, month.length)) < month
}

/** Links a message crosses between any two of `size` machines of a group. */
export function groupHops(machine: MachineConstants, size: number): number {
  if (size <= 1) return 0
  const step = machine.diameter.find(({ machines: most }) => size <= most) ?? machine.diameter.at(-1)
  return step?.hops ?? 1
}

/** Seconds for `hops` links; 0 where the hop is part of the phase latency. */
export function hopTime(machine: MachineConstants, hops: number): Seconds {
  return machine.hopSeconds === undefined ? 0 : hops * machine.hopSeconds.value
}
