import { type HostTier, PincerError } from '../../src/index.ts'
import { sizeAtRate } from './memory.ts'

/**
 * `256GB@25GB/s`: memory of the host for a replica's prefix cache, and what each chip reads from it.
 * @throws PincerError `invalid_value`
 */
export function parseHostCache(text: string): Pick<HostTier, 'capacity' | 'bandwidth'> {
  const memory = sizeAtRate(text)
  if (memory !== undefined) return memory
  throw new PincerError({
    code: 'invalid_value',
    path: ['host-cache'],
    message: `"${text.slice(0, 40)}" is no size and bandwidth`,
    suggestion: 'write it as 256GB@25GB/s',
  })
}
