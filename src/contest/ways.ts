import type { Workload } from '../predict/index.ts'
import { type Crossover, crossover } from './crossover.ts'
import type { Setting } from './duel.ts'
import type { Per } from './evaluate.ts'
import { INPUTS } from './input.ts'
import type { SideInput } from './side.ts'

/** To own the machines of a deployment, to rent them by the hour, or to buy the tokens. */
export type Way = 'own' | 'rent' | 'api'

export interface WaysQuestion {
  readonly scenario: unknown
  /** USD per chip-hour; undefined = the catalog's rent. */
  readonly rent?: number
  readonly api: number | { readonly input: number; readonly output: number }
  readonly workload: Workload
  readonly per?: Per
  readonly set?: Setting
  readonly years?: number
}

/** Two ways against each other: over the utilisation, and over years in which rents and API prices fall. */
export interface WaysPair {
  readonly ways: readonly [Way, Way]
  /** Absent for rent against API, both of which are paid by use. */
  readonly utilisation?: Crossover
  readonly year: Crossover
}

export interface Ways {
  readonly schema: 'pincer.ways.v1'
  readonly pairs: readonly WaysPair[]
}

const DEFAULT_YEARS = 10

/**
 * Buy, rent or API for one deployment. What is owned was bought in year 0 and is paid for used or not; a rent is paid for the hours used; rents and
 * API prices fall by `decline` a year.
 * @throws PincerError as `crossover` does, and where no purchase price or rent is known
 */
export function ways(question: WaysQuestion): Ways {
  const { scenario, rent, api, workload, per = 'output', set = {}, years = DEFAULT_YEARS } = question
  const rented = rent === undefined ? scenario : { ...(scenario as object), chipHour: rent }
  const sides: Readonly<Record<Way, SideInput>> = {
    own: { scenario, hour: 'own', label: 'owned' },
    rent: { scenario: rented, hour: 'rent', label: 'rented' },
    api: { api, workload, label: 'API' },
  }
  const pair = (first: Way, second: Way): WaysPair => {
    const over = (name: string, to?: number): Crossover => {
      // The scanned input cannot be set as well, and one that neither way has must not stop the other pairs.
      const others = Object.fromEntries(Object.entries(set).filter(([key]) => key !== name && isOf(key, first, second)))
      const range = to === undefined ? { name } : { name, from: 0, to }
      return crossover({ a: sides[first], b: sides[second], over: range, per, set: others })
    }
    const isOwned = first === 'own'
    return {
      ways: [first, second],
      ...(isOwned ? { utilisation: over('utilisation') } : {}),
      year: over('year', years),
    }
  }
  return { schema: 'pincer.ways.v1', pairs: [pair('own', 'rent'), pair('own', 'api'), pair('rent', 'api')] }
}

function isOf(input: string, ...two: readonly Way[]): boolean {
  if (input === 'utilisation' || INPUTS.get(input)?.owned !== undefined) return two.includes('own')
  if (input === 'chip-hour') return two.includes('rent')
  return input !== 'api-price' || two.includes('api')
}
