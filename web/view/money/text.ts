import type { ReadonlySignal } from '@preact/signals'
import { texts } from '../../i18n/text.ts'
import { type MoneyText, en } from './en.ts'

export const text: ReadonlySignal<MoneyText> = texts(en, async () => (await import('./zh.ts')).zh)
