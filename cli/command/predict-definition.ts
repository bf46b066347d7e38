import { Command } from 'commander'
import type { ScenarioOptions } from '../input/scenario.ts'
import type { Io } from '../io.ts'
import { addScenarioOptions } from './scenario-option.ts'

export interface PredictOptions extends ScenarioOptions {
  readonly json?: boolean
  readonly explain?: boolean
}

export function predictCommand(io: Io): Command {
  const command = new Command('predict').description(
    'predict one deployment: TTFT, TPOT, throughput, memory, the step by operator, energy, cost',
  )
  return addScenarioOptions(command)
    .option('--json', 'print the prediction as JSON (pincer.prediction.v1)')
    .option('--explain', 'formula, inputs and sources of each headline number')
    .addHelpText('after', EXAMPLES)
    .action(async (options: PredictOptions) => {
      const { predictAction } = await import('./predict.ts')
      await predictAction(options, io)
    })
}

const EXAMPLES = `
Examples:
  pincer predict --model deepseek-v2 --chip h100-sxm --chips 8
  pincer predict --model ./config.json --chip ./chip.json --tp 4 --isl 8192 --osl 1024 --concurrency 32
  pincer predict --model deepseek-ai/DeepSeek-R1 --chip b200-sxm --dp 8 --moe-ep 8 --spec-draft 3 --spec-acceptance 0.7
  pincer predict --model qwen3-32b --chip h200-sxm --prefill-workers 2 --prefill-tp 2 --decode-workers 1 --decode-tp 4
  pincer predict --scenario examples/deepseek-v2-on-h100.json --concurrency 16 --explain
`
