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
  readonly recipe?: string
  readonly plan?: string
  readonly schedule?: string
  readonly tune?: string
  readonly loraRank?: string
  readonly checkpoint?: string
  readonly checkpointEvery?: string
  readonly interruption?: string
  readonly restart?: string
  readonly equalLoss?: string
  readonly rl?: string
  readonly rollout?: string
  readonly owner?: string
  readonly tco?: string
  readonly set?: string
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
    .option('--plan <degrees>', 'fixed degrees of the mapping: tp=8,pp=16,ep=8,zero=1 (the others are searched)')
    .option('--schedule <order>', 'pipeline: interleaved (default), 1f1b, zero-bubble or dualpipe')
    .option('--recipe <id>', 'a published setup: batch, sequence, mapping, schedule, precision (options refine it)')
    .option('--tune <what>', 'full (default) or lora: adapters beside frozen weights')
    .option('--lora-rank <n>', 'rank of the adapters (default: 16)')
    .option('--checkpoint <seconds>', 'time a checkpoint stops the run; counts interruptions one by one')
    .option('--checkpoint-every <seconds>', 'time between checkpoints (default: what loses least)')
    .option('--interruption <chip-hours>', 'chip-hours between interruptions (default: 50,700)')
    .option('--restart <seconds>', 'time from an interruption until the run computes again (default: 180)')
    .option(
      '--equal-loss <law>',
      'beside it the dense models of equal FLOPs and of equal loss: krajewski or geometric-mean',
    )
    .option(
      '--rl <run>',
      'reinforcement learning instead of tokens: steps=10400,answers=512,prompt=300,answer=8000,passes=2',
    )
    .option('--rollout <scenario.json>', 'deployment that writes the answers (default: the same chip, 256 at once)')
    .option('--owner <kind>', 'build the chip-hour up as this owner: typical, hyperscaler or neocloud')
    .option('--tco <file>', 'inputs of the chip-hour from a file (pincer.tco.v1)')
    .option('--set <name=value,…>', 'inputs of the chip-hour: life=5,interest=8%')
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
  pincer train --recipe deepseek-v3 --model deepseek-v3 --chip h800-sxm --chips 2048 --tokens 14.8e12
  pincer train --model llama3-70b --chip h100-sxm --chips 16 --tokens 1e9 --tune lora --lora-rank 32
  pincer train --model llama3.1-405b --chip h100-sxm --chips 16384 --tokens 15.6e12 --checkpoint 60 --interruption 50000
  pincer train --model deepseek-v2 --chip h800-sxm --tokens 8.1e12 --equal-loss krajewski
  pincer train --model deepseek-v3 --chip h800-sxm --chips 512 --rl steps=10400,answers=512,prompt=300,answer=8000
  pincer train --model llama3-70b --chip h100-sxm --tokens 15e12 --owner neocloud --set power-price=0.05
  pincer train --model ./config.json --chip b200-sxm --tokens 1e12 --precision fp8 --price 2.34
`
