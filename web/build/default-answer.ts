import { fileURLToPath } from 'node:url'
import { type Plugin, runnerImport } from 'vite'
import type * as Catalog from '../engine/catalog-list.ts'
import type * as Pincer from '../engine/method/pincer.ts'

const NAME = 'virtual:default-answer'
const RESOLVED = `\0${NAME}.js`

/**
 * The answer to the home view's default question, and the names to choose from, worked out by the engine while the app is built:
 * the first paint shows them before any engine is loaded.
 */
export function defaultAnswer(): Plugin {
  return {
    name: 'default-answer',
    resolveId: (id) => (id === NAME ? RESOLVED : undefined),
    async load(id) {
      if (id !== RESOLVED) return undefined
      const [pincer, catalog] = await Promise.all([
        imported<typeof Pincer>('../engine/method/pincer.ts'),
        imported<typeof Catalog>('../engine/catalog-list.ts'),
      ])
      return [
        `export const answer = ${parsed(pincer.pincerAnswer({}))}`,
        `export const catalog = ${parsed(catalog.catalogList())}`,
      ].join('\n')
    },
  }
}

async function imported<T>(path: string): Promise<T> {
  const file = fileURLToPath(new URL(path, import.meta.url))
  const { module } = await runnerImport<T>(file, { configFile: false, logLevel: 'error' })
  return module
}

// Browsers read a long JSON text twice as fast as the same literal.
function parsed(value: unknown): string {
  return `/* @__PURE__ */ JSON.parse(${JSON.stringify(JSON.stringify(value))})`
}
