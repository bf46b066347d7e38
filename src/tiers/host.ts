import file from '../../catalog/hosts.json' with { type: 'json' }
import type { Figure } from '../catalog/index.ts'
import { PincerError, nearest } from '../issue/index.ts'
import type { Bytes, BytesPerSecond, Seconds } from '../units/index.ts'

/** A memory beside an accelerator, per chip. */
export interface HostMemory {
  readonly id: string
  readonly name: string
  /** Catalog chips that have it where nothing else is said. */
  readonly chips: readonly string[]
  readonly capacity: Figure<Bytes>
  /** One direction. */
  readonly bandwidth: Figure<BytesPerSecond>
  readonly latency?: Figure<Seconds>
}

interface HostFile {
  readonly share: Figure
  readonly hosts: readonly HostMemory[]
}

// The file is ours and checked by its test; JSON widens literals to string, hence the cast.
const { share, hosts } = file as unknown as HostFile

/** Every memory of catalog/hosts.json. */
export function hostMemories(): readonly HostMemory[] {
  return hosts
}

/** Share of a host memory's bandwidth that long transfers reach. */
export function hostShare(): Figure {
  return share
}

/** The memory that a catalog chip has beside it where nothing else is said, or undefined. */
export function usualHost(chipId: string): HostMemory | undefined {
  return hosts.find(({ chips }) => chips.includes(chipId))
}

/** @throws PincerError `invalid_value` with the nearest known name */
export function findHost(id: string): HostMemory {
  const found = hosts.find((host) => host.id === id.trim().toLowerCase())
  if (found !== undefined) return found
  const names = hosts.map((host) => host.id)
  const near = nearest(id, names)
  throw new PincerError({
    code: 'invalid_value',
    path: ['host'],
    message: `unknown host memory "${id.slice(0, 60)}"`,
    suggestion: near === undefined ? `known: ${names.join(', ')}` : `did you mean "${near}"?`,
  })
}
