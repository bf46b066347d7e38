import { Command } from 'commander'
import type { ScenarioOptions } from '../input/scenario.ts'
import type { Io } from '../io.ts'
import { addScenarioOptions } from './scenario-option.ts'

export interface ExplainOptions extends ScenarioOptions {
  readonly svg?: string
  readonly json?: boolean
  readonly explain?: boolean
}

export function explainCommand(io: Io): Command {
  const command = new Command('explain').description(
    'why one deployment is as fast as it is: roofline, waterfall of a step, distance from the speed of light, levers',
  )
  return addScenarioOptions(command)
    .option('--svg <file.svg>', 'picture: the roofline with operators as points, and the step as a waterfall')
    .option('--json', 'print all of it as JSON (pincer.explain.v1)')
    .option('--explain', 'formula, inputs and sources of each headline number')
    .addHelpText('after', EXAMPLES)
    .action(async (options: ExplainOptions) => {
      const { explainAction } = await import('./explain.ts')
      await explainAction(options, io)
    })
}

const EXAMPLES = `
Examples:
  pincer explain --model deepseek-v2 --chip h100-sxm --chips 8 --precision fp8
  pincer explain --model deepseek-v2 --chip groq --precision fp8 --concurrency 1
  pincer explain --scenario examples/r1-with-drafts.json --svg r1.svg
`
