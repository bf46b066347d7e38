import { Command } from 'commander'
import type { Io } from '../io.ts'

export interface MarketOptions {
  readonly file?: string
  readonly point?: string
  readonly years?: string
  readonly samples?: string
  readonly seed?: string
  readonly svg?: string
  readonly json?: boolean
  readonly explain?: boolean
}

export interface MarketLists {
  readonly set: readonly string[]
}

export function marketCommand(io: Io): Command {
  return new Command('market')
    .description(
      'a scenario, no forecast and no advice: what cheaper tokens do to the sale of accelerators under stated assumptions',
    )
    .option('--file <scenario>', 'assumptions as JSON or YAML (pincer.market.v1); "extends" names the file it refines')
    .option(
      '--set <name=value>',
      'one assumption: a number or a distribution; may be repeated',
      (text: string, before: readonly string[]) => [...before, text],
      [] as readonly string[],
    )
    .option('--point <name>', 'operating point of the predicted cost ratios: cheapest (default) or fast')
    .option('--years <n>', 'years after the base year (default: 5)')
    .option('--samples <n>', 'samples (default: 8192)')
    .option('--seed <n>', 'seed of the samples (default: 1)')
    .option('--svg <file.svg>', 'picture: revenue over the years, tornado')
    .option('--json', 'print the result as JSON (pincer.market-result.v1)')
    .option('--explain', 'formula, inputs and sources of each headline number')
    .addHelpText('after', EXAMPLES)
    .action(async (options: MarketOptions & MarketLists) => {
      const { marketAction } = await import('./market.ts')
      await marketAction(options, io)
    })
}

const EXAMPLES = `
Examples:
  pincer market
  pincer market --set "elasticity=uniform(0,1)" --set sramCeiling=0
  pincer market --point fast --samples 2048
  pincer market --file examples/market-fast-adoption.json
`
