import type { Engine } from './engine.ts'

/** Called with the engine after each of its turns; must not change it. */
export type Observer = (engine: Readonly<Engine>) => void
