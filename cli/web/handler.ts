import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { compress } from 'hono/compress'

/** A year: what a hashed name holds never changes. */
const FOREVER = 'public, max-age=31536000, immutable'
const ASK_AGAIN = 'no-cache'

/**
 * Answers requests for the web app with the files of `folder`. Policies that a page cannot state of itself are added to its own,
 * which stays in one place: web/index.html.
 */
export function webHandler(folder: string): Hono {
  const policy = `${pagePolicy(folder)}; frame-ancestors 'none'`
  const app = new Hono()
  app.use(compress())
  app.use(async (context, next) => {
    await next()
    const isAsset = context.req.path.startsWith('/assets/') && context.res.ok
    context.header('Cache-Control', isAsset ? FOREVER : ASK_AGAIN)
    context.header('Content-Security-Policy', policy)
    context.header('X-Content-Type-Options', 'nosniff')
    context.header('Referrer-Policy', 'no-referrer')
  })
  app.use(serveStatic({ root: folder }))
  return app
}

function pagePolicy(folder: string): string {
  const page = readFileSync(join(folder, 'index.html'), 'utf8')
  const [, policy] = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(page) ?? []
  if (policy === undefined) throw new Error('index.html states no Content-Security-Policy')
  return policy
}
