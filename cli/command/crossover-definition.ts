import { Command } from 'commander'
import type { Io } from '../io.ts'
import { type ContestOptions, addSideOptions, collected } from './side-option.ts'

export interface CrossoverOptions extends ContestOptions {
  readonly metric?: string
  readonly grid?: string
  readonly points?: string
  readonly ways?: string
  readonly rentPrice?: string
  readonly svg?: string
}

/** Options that are no plain text. */
export interface CrossoverFlags {
  readonly over?: readonly string[]
  readonly at?: readonly string[]
  readonly json?: boolean
  readonly explain?: boolean
}

export function crossoverCommand(io: Io): Command {
  const command = new Command('crossover').description(
    'from where on B is cheaper (or faster) than A: over one parameter, over two as a map, or to buy, rent or take an API',
  )
  command
    .option(
      '--over <parameter>',
      'what is varied, with or without a range: utilisation, b.chip-hour=1..10; twice for a map of two',
      collected,
    )
    .option('--metric <name>', 'cost, tpot, ttft or throughput per chip (default: cost)')
    .option('--at <input=number>', 'another input at another value, again and again: b.utilisation=0.5', collected)
    .option('--points <n>', 'places of the scan (default: 65)')
    .option('--grid <columns×rows>', 'places of a map (default: 33x25)')
    .option(
      '--ways <api price>',
      'own, rent or API for the deployment below: break-even utilisation and year; $ per million tokens, input/output',
    )
    .option('--rent-price <usd>', 'of --ways: $ per rented chip-hour (default: the catalog’s)')
    .option('--svg <file.svg>', 'picture of the two sides, or of the map')
    .option('--json', 'print the answer as JSON (pincer.crossover.v1, pincer.crossover-map.v1, pincer.ways.v1)')
    .option('--explain', 'both sides at each crossing, and how they come about')
  return addSideOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (options: CrossoverOptions & CrossoverFlags) => {
      const { crossoverAction } = await import('./crossover.ts')
      await crossoverAction(options, io)
    })
}

const EXAMPLES = `
Parameters: chip-hour, api-price, utilisation, year (quoted prices fall by decline, 24.6 % a year unless set), decline, speed; of owned
chip-hours chip-price, server, network, life, interest, power, power-price, pue, hosting … (as cost --set); of the load context, output,
concurrency, acceptance. “a.” or “b.” in front means one side.

Examples:
  pincer crossover --model deepseek-v2 --a "--chip h100 --chips 8" --b "--chip b200 --chips 8" --over b.chip-hour
  pincer crossover --model deepseek-v2 --a "--chip h100 --chips 8" --b "--chip wse3" --over concurrency=1..4096 --metric tpot
  pincer crossover --model llama3-70b --chip h100 --chips 4 --a --own --b "--api 0.6/0.8" --over utilisation --over context=512..32768 --grid 9x7
  pincer crossover --model llama3-70b --chip h100 --chips 4 --ways 0.6/0.8 --concurrency 128
`
