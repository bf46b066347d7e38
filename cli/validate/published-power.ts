import { type Chip, energyUse } from '../../src/index.ts'
import type { Predictions } from './row-kind.ts'

/** Power of `chips` at full load at the wall of the server, where the chip's is known. */
export function serverPower(chip: Chip, chips: number): Predictions {
  const use = energyUse({ chip, chips, busy: 1 })
  return 'unknown' in use ? {} : { power_w: { value: use.server.central, lo: use.server.low, hi: use.server.high } }
}
