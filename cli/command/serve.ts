import { existsSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { once } from 'node:events'
import { type ServerType, createAdaptorServer } from '@hono/node-server'
import { PincerError } from '../../src/index.ts'
import { parseNumberIn } from '../input/number.ts'
import type { Io } from '../io.ts'
import { webHandler } from '../web/handler.ts'
import type { ServeOptions } from './serve-definition.ts'

const DEFAULT_PORT = 4173
const DEFAULT_HOST = '127.0.0.1'

/** `pincer serve`: the web app, until the process is told to end. */
export async function serveAction(options: ServeOptions, io: Io): Promise<void> {
  const port = options.port === undefined ? DEFAULT_PORT : portOf(options.port)
  const host = options.host ?? DEFAULT_HOST
  const server = createAdaptorServer({ fetch: webHandler(appFolder()).fetch })
  await listen(server, port, host)
  const { port: taken } = server.address() as AddressInfo
  io.stdout.write(`Pincer is at http://${host.includes(':') ? `[${host}]` : host}:${taken}/\n`)
  await told()
  if ('closeAllConnections' in server) server.closeAllConnections()
  server.close()
}

function portOf(text: string): number {
  const port = parseNumberIn(text, ['port'], { from: 0, to: 65_535 })
  if (Number.isInteger(port)) return port
  throw new PincerError({ code: 'invalid_value', path: ['port'], message: 'must be a whole number' })
}

/**
 * The built app of the checkout or package that holds `from`: beside the sources and beside the compiled command line alike.
 * @throws PincerError `unreadable` when it is not built
 */
export function appFolder(from: string = import.meta.dirname): string {
  for (let root = from; ; root = dirname(root)) {
    const folder = join(root, 'dist/web')
    if (existsSync(join(folder, 'index.html'))) return folder
    if (dirname(root) === root) break
  }
  throw new PincerError({
    code: 'unreadable',
    path: [],
    message: 'the web app is not built',
    suggestion: 'run "npm run build:web" in the folder of pincer',
  })
}

async function listen(server: ServerType, port: number, host: string): Promise<void> {
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (fault) {
    const { code = 'unknown fault' } = fault as NodeJS.ErrnoException
    const isTaken = code === 'EADDRINUSE'
    throw new PincerError({
      code: 'invalid_value',
      path: [isTaken || code === 'EACCES' ? 'port' : 'host'],
      message: isTaken ? `port ${port} is taken` : `cannot listen at ${host.slice(0, 80)}:${port} (${code})`,
      suggestion: 'choose another with --port, or 0 for any that is free',
    })
  }
}

/** Resolves when the process is told to end. */
async function told(): Promise<void> {
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
}
