import type { ReadonlySignal } from '@preact/signals'
import { texts } from '../../i18n/text.ts'
import { type DeploymentText, en } from './en.ts'

export const text: ReadonlySignal<DeploymentText> = texts(en, async () => (await import('./zh.ts')).zh)
