import type { ReadonlySignal } from '@preact/signals'
import { texts } from '../../i18n/text.ts'
import { type PincerText, en } from './en.ts'

export const text: ReadonlySignal<PincerText> = texts(en, async () => (await import('./zh.ts')).zh)
