import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/setup/property.ts'],
    globalSetup: ['test/setup/build.ts'],
    reporters: ['default', './test/setup/closing-line.ts'],
    pool: 'threads',
    // Left alone, half of a small machine idles.
    maxWorkers: '100%',
    testTimeout: 30_000,
  },
})
