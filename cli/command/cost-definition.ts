import { Command } from 'commander'
import type { ScenarioOptions } from '../input/scenario.ts'
import type { Io } from '../io.ts'
import { addScenarioOptions } from './scenario-option.ts'

export interface CostOptions extends ScenarioOptions {
  readonly printInputs?: boolean
  readonly json?: boolean
  readonly explain?: boolean
}

export function costCommand(io: Io): Command {
  const command = new Command('cost').description(
    'build up $ per chip-hour from price, power, building and interest; with a model, $ per Mtok, request and task',
  )
  return addScenarioOptions(command)
    .option('--print-inputs', 'print every input as JSON, ready to edit for --tco (pincer.tco.v1)')
    .option('--json', 'print the costs as JSON (pincer.cost.v1)')
    .option('--explain', 'formula, inputs and sources of each headline number')
    .addHelpText('after', EXAMPLES)
    .action(async (options: CostOptions) => {
      const { costAction } = await import('./cost.ts')
      await costAction(options, io)
    })
}

const EXAMPLES = `
Examples:
  pincer cost --chip h100-sxm
  pincer cost --chip b200-sxm --owner neocloud --chips 1024 --explain
  pincer cost --chip h100-sxm --set life=5,interest=10%,utilisation=0.6,pue=1.3,power-price=0.12,grid=sweden
  pincer cost --chip mi300x --print-inputs
  pincer cost --chip h100-sxm --tco examples/own-costs.json
  pincer cost --model deepseek-r1 --chip h200-sxm --chips 8 --precision fp8
`
