import type { ReadonlySignal } from '@preact/signals'
import { type Text, en } from './en.ts'
import { texts } from './text.ts'

/** Strings of the frame and of the parts that all views share. */
export const text: ReadonlySignal<Text> = texts(en, async () => (await import('./zh.ts')).zh)
