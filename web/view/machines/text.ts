import type { ReadonlySignal } from '@preact/signals'
import { texts } from '../../i18n/text.ts'
import { type MachinesText, en } from './en.ts'

export const text: ReadonlySignal<MachinesText> = texts(en, async () => (await import('./zh.ts')).zh)
