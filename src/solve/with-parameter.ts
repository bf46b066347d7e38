import type { Scenario } from '../predict/index.ts'
import { findParameter } from './parameter.ts'

/**
 * The scenario with a parameter at a value, as a solution found it.
 * @throws PincerError `unknown_field`
 */
export function withParameter(scenario: Scenario, path: string, value: number): Scenario {
  return findParameter(scenario, path).apply(scenario, value)
}
