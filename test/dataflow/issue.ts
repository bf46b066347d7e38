import { type Issue, PincerError } from '../../src/issue/index.ts'

/** The issues of the PincerError that `run` throws. */
export function issuesOf(run: () => unknown): readonly Issue[] {
  try {
    run()
  } catch (error) {
    if (error instanceof PincerError) return error.issues
    throw error
  }
  throw new Error('nothing was thrown')
}
