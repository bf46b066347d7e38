import { PincerError } from '../../src/index.ts'
import { readJson } from '../file/json.ts'

const SCHEMA = 'pincer.calibration.v1'

/**
 * The adjustment in a file that `pincer calibrate` wrote, unchecked: a scenario checks its `calibration`.
 * @throws PincerError for files that cannot be read or are none of these
 */
export function calibrationInput(path: string, cwd: string): object {
  const file = readJson(path, cwd)
  const { schema, adjustment } = typeof file === 'object' && file !== null ? (file as Record<string, unknown>) : {}
  if (schema === SCHEMA && typeof adjustment === 'object' && adjustment !== null) return adjustment
  throw new PincerError({
    code: 'invalid_value',
    path: [path],
    message: `is no calibration: its schema must be ${SCHEMA}, with an adjustment`,
    suggestion: 'make one with pincer calibrate',
  })
}
