import { PincerError } from './error.ts'

/** What `build` gives, in a list; an empty one where the input asks for what cannot be. Anything but a `PincerError` is a bug and thrown on. */
export function possible<T>(build: () => T): T[] {
  try {
    return [build()]
  } catch (error) {
    if (error instanceof PincerError) return []
    throw error
  }
}
