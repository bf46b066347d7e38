import type { Reporter, TestModule } from 'vitest/node'

/** Closes a run with the plain line `N passed, N failed, N skipped`, which CI reads. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 }
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state]++
      // A file that breaks before its first test has no test to count.
      if (module.errors().length > 0) count.failed++
    }
    const failed = count.failed + errors.length
    process.stdout.write(`${count.passed} passed, ${failed} failed, ${count.skipped + count.pending} skipped\n`)
  }
}
