import type { ReadonlySignal } from '@preact/signals'
import { texts } from '../../i18n/text.ts'
import { type EvidenceText, en } from './en.ts'

export const text: ReadonlySignal<EvidenceText> = texts(en, async () => (await import('./zh.ts')).zh)
