import { env } from 'node:process'
import { fileURLToPath } from 'node:url'
import { type UserConfig, defineConfig } from 'vite'
import { defaultAnswer } from './build/default-answer.ts'
import { measuredList } from './build/measured-list.ts'
import { preloadHome } from './build/preload-home.ts'
import { precacheList } from './build/precache-list.ts'
import { residuals } from './build/residuals.ts'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

// The engine's modules do nothing when they are loaded: what a chunk does not use it need not hold.
const engine = [here('../src/'), here('../catalog/')]
const treeshake = {
  moduleSideEffects: (id: string): boolean => !engine.some((folder) => id.startsWith(folder)),
}

/** Static files in dist/web, which work from any path. */
const config: UserConfig = {
  root: here('.'),
  base: './',
  publicDir: here('public'),
  plugins: [
    defaultAnswer(),
    measuredList(),
    residuals(),
    preloadHome('/view/pincer/index.tsx'),
    precacheList(here('public')),
  ],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: {
    format: 'es',
    rolldownOptions: {
      treeshake,
      output: {
        // Half of the engine's bytes: a file of its own, so that it stays in caches when code changes.
        codeSplitting: { groups: [{ name: 'kernel-surfaces', test: /kernel-surfaces\.json/ }] },
      },
    },
  },
  build: {
    outDir: here('../dist/web'),
    emptyOutDir: true,
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      treeshake,
      input: { main: here('index.html'), sw: here('service/sw.ts') },
      output: { entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
    },
  },
}

export default defineConfig(({ command }) => {
  // Whoever starts the build, a test run too: what is built is what people get.
  if (command === 'build') env['NODE_ENV'] = 'production'
  return config
})
