import { Command } from 'commander'
import type { Io } from '../io.ts'

export interface CatalogOptions {
  readonly json?: boolean
  readonly explain?: boolean
}

export function catalogCommand(io: Io): Command {
  return new Command('catalog')
    .description('what is known and from where: chips, models, prices, sources')
    .argument('[kind]', 'chips, models, prices or sources')
    .argument('[id]', 'one item in detail: an id or alias')
    .option('--json', 'print as JSON (pincer.catalog.v1)')
    .option('--explain', 'the publications behind the figures')
    .addHelpText('after', EXAMPLES)
    .action(async (kind: string | undefined, id: string | undefined, options: CatalogOptions) => {
      const { catalogAction } = await import('./catalog.ts')
      catalogAction(kind, id, options, io)
    })
}

const EXAMPLES = `
Examples:
  pincer catalog
  pincer catalog chips
  pincer catalog chips h100-sxm --explain
  pincer catalog models deepseek-v2
  pincer catalog prices h100-sxm
  pincer catalog sources --json
`
