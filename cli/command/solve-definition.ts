import { Command } from 'commander'
import type { ScenarioOptions } from '../input/scenario.ts'
import type { Io } from '../io.ts'
import { addScenarioOptions } from './scenario-option.ts'

export interface SolveOptions {
  readonly free?: readonly string[]
  readonly speed?: string
  readonly cost?: string
  readonly ttft?: string
  readonly energy?: string
  readonly ratio?: string
  readonly against?: string
  readonly againstModel?: string
  readonly againstChips?: string
  readonly userSpeed?: string
  readonly chipOut?: string
  readonly svg?: string
  readonly json?: boolean
  readonly explain?: boolean
}

/** Both sets together: the scenario's options are texts by name. */
export type SolveArguments = SolveOptions & ScenarioOptions

export function solveCommand(io: Io): Command {
  const command = new Command('solve').description(
    'what a chip or a load would need to make a target true: the value of one parameter, or the curve of two',
  )
  return addScenarioOptions(command)
    .option(
      '--free <parameter>',
      'what may move, once or twice: memory.0.bandwidth, memory.sram.capacity, peak.fp8, scaleUp.bandwidth, power.tdp, price, utilisation, concurrency, context, isl, osl, acceptance, chips; with =from..to a range',
      (text: string, before: readonly string[]) => [...before, text],
      [] as readonly string[],
    )
    .option('--speed <n>', 'target: at least so many tokens/s per user')
    .option('--cost <usd>', 'target: at most so many $ per million output tokens')
    .option('--ttft <ms>', 'target: at most so many milliseconds to the first token')
    .option('--energy <joules>', 'target: at most so many joules per output token')
    .option('--ratio <share>', 'target: at most this share of the cost per output token of --against')
    .option('--against <chip>', 'the other deployment of a ratio: catalog id, ./chip.json, or a scenario file')
    .option('--against-model <model>', 'its model (default: the same)')
    .option('--against-chips <n>', 'its chips (default: the fewest that hold the model)')
    .option(
      '--user-speed <n>',
      'cost, energy and ratio of the cheapest deployment that gives every user so many tokens/s',
    )
    .option('--chip-out <file.json>', 'the chip with the value found, as a chip file')
    .option('--svg <file.svg>', 'picture: the target over the parameter, or the curve of two')
    .option('--json', 'print the solution as JSON (pincer.solution.v1)')
    .option('--explain', 'formula, inputs and sources of each headline number')
    .addHelpText('after', EXAMPLES)
    .action(async (options: SolveArguments) => {
      const { solveAction } = await import('./solve.ts')
      await solveAction(options, io)
    })
}

const EXAMPLES = `
Examples:
  pincer solve --model llama3-70b --chip h100-sxm --chips 4 --free memory.hbm.bandwidth --speed 60
  pincer solve --model deepseek-v2 --chip groq --precision fp8 --free price --ratio 0.15 --against h100-sxm --against-model deepseek-67b --user-speed 100
  pincer solve --model llama3-8b --chip h100-sxm --free concurrency --cost 0.2
  pincer solve --model llama3-8b --chip h100-sxm --free price --free concurrency=8..256 --cost 0.2
`
