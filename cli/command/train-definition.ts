import { Command } from 'commander'
import type { Io } from '../io.ts'

export interface TrainOptions {
  readonly model?: string
  readonly chip?: string
  readonly chips?: string
  readonly tokens?: string
  readonly precision?: string
  readonly sequence?: string
  readonly batch?: string
  readonly recompute?: string
  readonly price?: string
  readonly json?: boolean
  readonly explain?: boolean
}

export function trainCommand(io: Io): Command {
  return new Command('train')
    .description('predict a training run: chip-hours, time, MFU, where the time goes, energy, cost')
    .option('--model <model>', 'catalog id, ./config.json, a folder holding one, or hf:org/name')
    .option('--chip <chip>', 'catalog id or ./chip.json')
    .option('--chips <n>', 'chips of the run (default: what runs of its size use)')
    .option('--tokens <n>', 'training tokens, e.g. 8.1e12')
    .option('--precision <format>', 'bf16 or fp8 (default: bf16)')
    .option('--sequence <tokens>', 'sequence length')
    .option('--batch <tokens>', 'tokens per optimizer step')
    .option('--recompute <kind>', 'activations computed again: selective or full (default: the faster that fits)')
    .option('--price <usd>', '$ per chip-hour (default: the catalog’s)')
    .option('--json', 'print the prediction as JSON (pincer.training.v1)')
    .option('--explain', 'formula, inputs and sources of each headline number')
    .addHelpText('after', EXAMPLES)
    .action(async (options: TrainOptions) => {
      const { trainAction } = await import('./train.ts')
      await trainAction(options, io)
    })
}

const EXAMPLES = `
Examples:
  pincer train --model deepseek-v2 --chip h800-sxm --tokens 8.1e12
  pincer train --model llama3.1-405b --chip h100-sxm --chips 16384 --tokens 15.6e12 --explain
  pincer train --model ./config.json --chip b200-sxm --tokens 1e12 --precision fp8 --price 2.34
`
