import { Command } from 'commander'
import type { Io } from '../io.ts'

export interface ServeOptions {
  readonly port?: string
  readonly host?: string
}

export function serveCommand(io: Io): Command {
  return new Command('serve')
    .description('serve the web app, which computes in the browser with the same engine')
    .option('--port <n>', 'port to listen at; 0: any that is free (default: 4173)')
    .option('--host <name>', 'address to listen at (default: 127.0.0.1, this machine only)')
    .addHelpText('after', EXAMPLES)
    .action(async (options: ServeOptions) => {
      const { serveAction } = await import('./serve.ts')
      await serveAction(options, io)
    })
}

const EXAMPLES = `
Examples:
  pincer serve
  pincer serve --port 8080 --host 0.0.0.0

Ctrl-C ends it. dist/web holds static files, which any other web server can serve too.
`
