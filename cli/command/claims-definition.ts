import { Command } from 'commander'
import type { Io } from '../io.ts'

export interface ClaimsOptions {
  readonly file?: string
  readonly json?: boolean
  readonly explain?: boolean
}

export function claimsCommand(io: Io): Command {
  return new Command('claims')
    .description('published claims against predictions: holds, holds only if …, does not hold')
    .argument('[id]', 'one claim in detail')
    .option('--file <claims>', 'claims of your own as JSON or YAML, instead of the catalog’s')
    .option('--json', 'print the verdicts as JSON (pincer.claims.v1)')
    .option('--explain', 'formula, inputs and sources of each verdict')
    .addHelpText('after', EXAMPLES)
    .action(async (id: string | undefined, options: ClaimsOptions) => {
      const { claimsAction } = await import('./claims.ts')
      await claimsAction(id, options, io)
    })
}

const EXAMPLES = `
Examples:
  pincer claims
  pincer claims --explain
  pincer claims --file examples/claims.yaml
  pincer claims --json
`
