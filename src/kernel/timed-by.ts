import type { Operator } from '../model/index.ts'
import type { Transfer } from './collective-time.ts'
import type { Machine } from './machine.ts'
import { familyOf, variantOf } from './surface-family.ts'
import { type Library, type SurfaceOrigin, surfaceOrigin } from './surfaces.ts'

/** Whose timings stand behind the time of an operator; undefined: none, a roofline at shares of the datasheet. */
export function operatorTimedBy(operator: Operator, machine: Machine): SurfaceOrigin | undefined {
  const family = operator.rows > 0 ? familyOf(operator) : undefined
  return family && surfaceOrigin(machine, family, variantOf(operator, machine))
}

/** The same of a collective, with the engine whose own it is, or the fastest. */
export function transferTimedBy(
  { kind, ranks }: Transfer,
  machine: Machine,
  library?: Library,
): SurfaceOrigin | undefined {
  if (kind !== 'all-reduce' || ranks > machine.scaleUpDomain) return undefined
  return surfaceOrigin(machine, kind, 'bf16', library)
}
