import { PincerError } from '../issue/index.ts'
import type { Machine } from '../kernel/index.ts'
import { type Mapping, chipsOf } from '../parallel/index.ts'
import { formatBytes } from '../units/index.ts'
import { fits, mappingForChips } from './default-mapping.ts'
import type { MemoryRoom } from './memory.ts'
import type { Scenario } from './types.ts'

/** Numbers of chips tried, upwards from those that were too few. */
const TRIES = 512

/** The error for a replica whose chips are too small: says what is missing and how many chips would do. */
export function missingMemory(scenario: Scenario, machine: Machine, mapping: Mapping, room: MemoryRoom): PincerError {
  const chips = chipsOf(mapping)
  const message =
    `${scenario.model.id} in ${scenario.precision} needs ${formatBytes(room.map(1).weights)} of weights per chip on ${chips} × ` +
    `${machine.id}, which leaves no room for one sequence (${formatBytes(room.missing)} short)`
  const enough = fewestChips(scenario, chips + 1)
  const suggestion = enough === undefined ? 'use a larger chip' : `use at least ${enough} chips or a narrower precision`
  return new PincerError({ code: 'does_not_fit', path: ['chips'], message, suggestion })
}

/** The smallest number of chips from `first` on that a replica can be laid over and that holds one sequence. */
function fewestChips(scenario: Scenario, first: number): number | undefined {
  for (let chips = first; chips < first + TRIES; chips++) {
    try {
      if (fits(mappingForChips(chips, scenario), scenario, scenario.engine)) return chips
    } catch (error) {
      // A number that no mapping divides is no candidate.
      if (!(error instanceof PincerError)) throw error
    }
  }
  return undefined
}
