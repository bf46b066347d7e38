import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'

/** Tells the service worker which files there are, and a version that changes when any of them does. */
export function precacheList(publicDir: string): Plugin {
  return {
    name: 'precache-list',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const worker = bundle['sw.js']
        if (worker?.type !== 'chunk') return
        const version = createHash('sha256')
        const files = ['./']
        for (const [name, file] of Object.entries(bundle).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
          if (name === 'sw.js' || name.endsWith('.map')) continue
          version.update(name).update(file.type === 'chunk' ? file.code : file.source)
          if (name !== 'index.html') files.push(`./${name}`)
        }
        for (const name of readdirSync(publicDir).toSorted()) {
          version.update(name).update(readFileSync(join(publicDir, name)))
          files.push(`./${name}`)
        }
        worker.code = worker.code
          .replace('PRECACHE_VERSION', JSON.stringify(version.digest('hex').slice(0, 12)))
          .replace('PRECACHE_FILES', JSON.stringify(files))
      },
    },
  }
}
