import type { Command } from 'commander'
import type { ScenarioOptions } from '../input/scenario.ts'
import { addScenarioOptions } from './scenario-option.ts'

/** Options of a question about two sides. */
export interface ContestOptions extends ScenarioOptions {
  readonly a?: string
  readonly b?: string
  readonly per?: string
}

/** Adds the two sides, and the scenario options that hold for both. */
export function addSideOptions(command: Command): Command {
  command
    .option(
      '--a <side>',
      'scenario file, or words of “predict” such as "--chip h100-sxm --chips 8"; they override the options below. Also: --own builds the chip-hour ' +
        'up from a purchase price, --rent pays for used hours only, --api 0.14/0.28 buys tokens ($ per million, input/output), --name labels it',
    )
    .option('--b <side>', 'the other side, likewise')
    .option('--per <tokens>', 'tokens a bill is divided by: output or total (default: output)')
  return addScenarioOptions(command)
}

/** Option values that may be given several times, in order. */
export function collected(value: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), value]
}
