import { gzipSync } from 'node:zlib'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { BenchResult } from './result.ts'

/** Bytes of engine and catalog as one minified bundle for the browser, gzipped. */
export async function bundleGzipBytes(): Promise<BenchResult> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('../src/index.ts', import.meta.url))],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    write: false,
    logLevel: 'silent',
  })
  const bytes = outputFiles.reduce((sum, file) => sum + gzipSync(file.contents, { level: 9 }).length, 0)
  return { name: 'bundle.gzip_bytes', value: bytes, unit: 'B' }
}
