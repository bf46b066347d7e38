import type { ReadonlySignal } from '@preact/signals'
import { texts } from '../../i18n/text.ts'
import { type FrontierText, en } from './en.ts'

export const text: ReadonlySignal<FrontierText> = texts(en, async () => (await import('./zh.ts')).zh)
