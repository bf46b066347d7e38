import type { InputRule } from './input.ts'
import type { Side } from './side.ts'

/** Why an input has no meaning for a side; undefined where it has one. */
export function whyWithout(side: Side, { name, owned }: InputRule): string | undefined {
  if (side.kind === 'api') {
    return ['api-price', 'year', 'decline', 'context', 'output'].includes(name) ? undefined : 'is an API'
  }
  if (name === 'api-price') return 'is no API'
  const isOwned = side.hour.kind === 'owned'
  if (owned !== undefined) return isOwned ? undefined : 'has a quoted chip-hour, not one built up (own)'
  if (['chip-hour', 'year', 'decline'].includes(name))
    return isOwned ? 'is bought once, and its chip-hour built up' : undefined
  if (name === 'utilisation') return side.isOnDemand ? 'pays only for the hours used' : undefined
  if (name === 'acceptance') return side.scenario.speculation === undefined ? 'drafts nothing' : undefined
  return undefined
}
