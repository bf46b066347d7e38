import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { BenchResult } from './result.ts'

/** Fits that a page loads as files of their own, after its code. */
const APART = ['kernel-surfaces.json']

/** Bytes of engine and catalog as one minified bundle for the browser, gzipped, and of the large fits beside it. */
export async function bundleGzipBytes(): Promise<BenchResult[]> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('../src/index.ts', import.meta.url))],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    write: false,
    logLevel: 'silent',
    external: APART.map((file) => `*/${file}`),
  })
  const code = outputFiles.reduce((sum, { contents }) => sum + gzipped(contents), 0)
  const fits = APART.map((file) => readFileSync(new URL(`../catalog/fits/${file}`, import.meta.url)))
  return [
    { name: 'bundle.gzip_bytes', value: code, unit: 'B' },
    { name: 'bundle.fits_gzip_bytes', value: fits.reduce((sum, fit) => sum + gzipped(fit), 0), unit: 'B' },
  ]
}

function gzipped(bytes: Uint8Array): number {
  return gzipSync(bytes, { level: 9 }).length
}
