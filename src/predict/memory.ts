import type { Machine } from '../kernel/index.ts'
import type { ModelArch, ServingFormats } from '../model/index.ts'
import { type Mapping, residentBytes } from '../parallel/index.ts'
import type { EngineProfile } from '../step/index.ts'
import type { Bytes } from '../units/index.ts'
import type { MemoryMap, Workload } from './types.ts'
import { meanLength } from './workload.ts'

/**
 * Memory that CUDA context, NCCL buffers and graphs take on every GPU: engines' logs show 2–5 GB
 * (kaito-project/kaito#2139 measures 2.3 GB plus 5 % of the weights).
 */
const RUNTIME_BYTES: Bytes = 2.3e9

/** A replica's memory before it is said how many clients there are. */
export interface MemoryRoom {
  /** Sequences of the workload's mean final length that fit on one replica at once. Below 1: it does not fit. */
  readonly capacity: number
  /** Bytes missing on each chip for one sequence; 0 when it fits. */
  readonly missing: Bytes
  /** What one chip holds while so many clients are served. */
  readonly map: (concurrency: number) => MemoryMap
}

/**
 * What one chip of a replica has room for. Activations: the widest two tensors of one step's tokens in 16 bits. What the
 * engine may not use (1 − memory fraction) is `reserve`. Of the workload only the lengths count.
 */
export function memoryRoom(
  arch: ModelArch,
  machine: Machine,
  mapping: Mapping,
  formats: ServingFormats,
  engine: EngineProfile,
  workload: Workload,
): MemoryRoom {
  const usual = roomAt(engine.memoryFraction, arch, machine, mapping, formats, workload)
  // Operators raise the fraction when a model just fits; engines accept about 0.97.
  return usual.capacity >= 1 ? usual : roomAt(HIGHEST_FRACTION, arch, machine, mapping, formats, workload)
}

const HIGHEST_FRACTION = 0.97

function roomAt(
  fraction: number,
  arch: ModelArch,
  machine: Machine,
  mapping: Mapping,
  formats: ServingFormats,
  workload: Workload,
): MemoryRoom {
  const prompt = meanLength(workload.isl, workload.spread)
  const output = meanLength(workload.osl, workload.spread)
  const resident = residentBytes(arch, mapping, formats, prompt + output / 2)
  const capacity = machine.memoryBytes
  const reserve = capacity * (1 - fraction)
  const activations = RUNTIME_BYTES + activationBytes(arch, mapping, Math.min(workload.isl, 8192))
  const forCache = capacity - reserve - activations - resident.weightBytes
  const perChip = forCache / Math.max(resident.cacheBytesPerSequence, 1)
  const sequences = perChip * mapping.dp
  const missing = Math.max(0, resident.cacheBytesPerSequence - forCache)
  const map = (concurrency: number): MemoryMap => {
    const cache = Math.max(0, Math.min(forCache, (concurrency / mapping.dp) * resident.cacheBytesPerSequence))
    const free = capacity - reserve - activations - resident.weightBytes - cache
    return { capacity, weights: resident.weightBytes, cache, activations, reserve, free }
  }
  return { map, capacity: sequences, missing }
}

function activationBytes(arch: ModelArch, mapping: Mapping, tokens: number): Bytes {
  const widest = arch.layers.reduce((max, { ffn }) => {
    const width =
      ffn.kind === 'dense' ? 2 * ffn.inter : ffn.kind === 'moe' ? 2 * (ffn.topk * ffn.inter + ffn.sharedInter) : 0
    return Math.max(max, width)
  }, 0)
  return tokens * (4 * arch.hidden + widest / mapping.tp) * 2
}
