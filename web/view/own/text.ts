import type { ReadonlySignal } from '@preact/signals'
import { texts } from '../../i18n/text.ts'
import { type OwnText, en } from './en.ts'

export const text: ReadonlySignal<OwnText> = texts(en, async () => (await import('./zh.ts')).zh)
