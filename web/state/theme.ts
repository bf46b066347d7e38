import { signal } from '@preact/signals'
import { store, stored } from './storage.ts'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const known = stored('theme')

/** The chosen theme; public/first.js puts it on the page before the first paint. */
export const theme = signal<Theme>(known === 'light' || known === 'dark' ? known : 'system')

export function setTheme(next: Theme): void {
  theme.value = next
  const { dataset } = document.documentElement
  if (next === 'system') delete dataset['theme']
  else dataset['theme'] = next
  store('theme', next === 'system' ? undefined : next)
}
