import { findModel, type ModelArch } from '../../src/model/index.ts'
import { PincerError } from '../../src/issue/index.ts'
import { runModelNames } from '../../src/training/index.ts'

/** The catalog's architecture for a run's model name; undefined when the catalog does not hold it. */
export function catalogArch(name: string): ModelArch | undefined {
  for (const each of runModelNames(name)) {
    try {
      return findModel(each)
    } catch (error) {
      if (!(error instanceof PincerError)) throw error
    }
  }
  return undefined
}
