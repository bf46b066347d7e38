import { Command } from 'commander'
import type { Io } from '../io.ts'

export interface FitOptions {
  readonly chips?: string
  readonly context?: string
  readonly users?: string
  readonly precision?: string
  readonly cacheFormat?: string
  readonly prices?: string
  readonly by?: string
  readonly svg?: string
  readonly json?: boolean
  readonly explain?: boolean
}

export function fitCommand(io: Io): Command {
  return new Command('fit')
    .description(
      'what it takes to hold and serve a model on each machine: chips, racks, kW, users, tokens/s, $/h, and what limits',
    )
    .argument('<model>', 'catalog id, ./config.json, a folder holding one, or hf:org/name')
    .option('--chips <a,b>', 'machines: ids or paths (default: the whole catalog)')
    .option('--context <tokens>', 'prompt and answer that each user may hold (default: 4096)')
    .option('--users <n>', 'users held at once (default: 1)')
    .option('--precision <format>', 'format of the weights (default: the checkpoint’s, or what the machine serves)')
    .option('--cache-format <format>', 'format of the KV cache (default: bf16)')
    .option('--prices <prices>', '$ per chip-hour: chip=usd,chip=usd or ./prices.json')
    .option('--by <what>', 'order of the rows: chips, power, cost or speed (default: as listed)')
    .option('--svg <file.svg>', 'picture: chips and power, with weights, KV cache and what is free')
    .option('--json', 'print the rows as JSON (pincer.fit.v1)')
    .option('--explain', 'formula, inputs and sources of each headline number')
    .addHelpText('after', EXAMPLES)
    .action(async (model: string, options: FitOptions) => {
      const { fitAction } = await import('./fit.ts')
      await fitAction(model, options, io)
    })
}

const EXAMPLES = `
Examples:
  pincer fit deepseek-v2 --precision fp8
  pincer fit llama3-70b --chips h100-sxm,groq,wse3 --users 64 --context 8192 --by power
  pincer fit ./config.json --chips ./chip.json,h200-sxm --prices h200-sxm=2.5 --svg fit.svg
`
