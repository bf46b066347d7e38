import type { ReadonlySignal } from '@preact/signals'
import { texts } from '../../i18n/text.ts'
import { type ServingText, en } from './en.ts'

export const text: ReadonlySignal<ServingText> = texts(en, async () => (await import('./zh.ts')).zh)
