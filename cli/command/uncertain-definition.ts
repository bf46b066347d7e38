import { Command } from 'commander'
import type { Io } from '../io.ts'
import { type ContestOptions, addSideOptions, collected } from './side-option.ts'

export interface UncertainOptions extends ContestOptions {
  readonly samples?: string
  readonly seed?: string
  readonly speedCorrelation?: string
  readonly svg?: string
}

/** Options that are no plain text. */
export interface UncertainFlags {
  readonly vary?: readonly string[]
  readonly json?: boolean
  readonly explain?: boolean
}

export function uncertainCommand(io: Io): Command {
  const command = new Command('uncertain').description(
    'two deployments with all that is not known of them: intervals of cost, the probability that A is cheaper, and what it depends on',
  )
  command
    .option(
      '--vary <input=distribution>',
      'an uncertain input, again and again: "utilisation=uniform(0.3,0.8)", "b.chip-hour=lognormal(2,1.5)" (median, factor), normal(mean,sd), ' +
        'triangular(lo,mode,hi), quantiles(0.1:x,0.9:y), a number, JSON, or a file.json of them; other figures vary over their published ranges',
      collected,
    )
    .option('--samples <n>', 'samples of the inputs (default: 16384)')
    .option('--seed <n>', 'random seed (default: 1); same seed, same bytes')
    .option(
      '--speed-correlation <r>',
      'of the two predictions’ errors, 0 to 1 (default: 1 for one deployment on both sides, else 0)',
    )
    .option('--svg <file.svg>', 'picture: intervals, tornado, shares of the variance')
    .option('--json', 'print the answer as JSON (pincer.uncertainty.v1)')
    .option('--explain', 'formula, inputs and sources of each headline number')
  return addSideOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (options: UncertainOptions & UncertainFlags) => {
      const { uncertainAction } = await import('./uncertain.ts')
      await uncertainAction(options, io)
    })
}

const EXAMPLES = `
Inputs: chip-hour, api-price, utilisation, year, decline, speed; with --own also chip-price, server, network, life,
interest, power, power-price, pue, hosting … (as cost --set); and what changes the prediction: context, output, concurrency, acceptance. “a.” or “b.” in
front means one side.

Examples:
  pincer uncertain --model deepseek-v2 --a "--chip h100 --chips 8" --b "--chip b200 --chips 8" --samples 2048
  pincer uncertain --model llama3-70b --chip h100 --chips 4 --a --own --b "--api 0.6/0.8" --vary "utilisation=uniform(0.2,0.7)" --samples 2048
`
