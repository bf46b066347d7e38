import { type ReadonlySignal, computed, signal } from '@preact/signals'
import { theme } from './theme.ts'

const query = matchMedia('(prefers-color-scheme: dark)')
const isSystemDark = signal(query.matches)
query.addEventListener('change', () => {
  isSystemDark.value = query.matches
})

/** Which colours the page has now: what is painted on a canvas must be painted anew when this changes. */
export const paintedTheme: ReadonlySignal<string> = computed(() =>
  theme.value === 'system' ? (isSystemDark.value ? 'dark' : 'light') : theme.value,
)
