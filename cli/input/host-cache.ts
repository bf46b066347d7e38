import { type HostTier, PincerError } from '../../src/index.ts'

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
  ti: 2 ** 40,
}
const AMOUNT = String.raw`(\d+(?:\.\d+)?)\s*([kmgt]i?)?B`
const FORM = new RegExp(`^${AMOUNT}@${AMOUNT}/s$`, 'i')

/**
 * `256GB@25GB/s`: memory of the host for a replica's prefix cache, and what each chip reads from it.
 * @throws PincerError `invalid_value`
 */
export function parseHostCache(text: string): Pick<HostTier, 'capacity' | 'bandwidth'> {
  const [, size, sizeUnit = '', rate, rateUnit = ''] = FORM.exec(text.trim()) ?? []
  const capacity = Number(size) * (UNITS[sizeUnit.toLowerCase()] ?? 1)
  const bandwidth = Number(rate) * (UNITS[rateUnit.toLowerCase()] ?? 1)
  if (capacity > 0 && bandwidth > 0 && Number.isFinite(capacity) && Number.isFinite(bandwidth))
    return { capacity, bandwidth }
  throw new PincerError({
    code: 'invalid_value',
    path: ['host-cache'],
    message: `"${text.slice(0, 40)}" is no size and bandwidth`,
    suggestion: 'write it as 256GB@25GB/s',
  })
}
