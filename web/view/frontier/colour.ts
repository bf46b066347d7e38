import { computed, signal } from '@preact/signals'
import { theme } from '../../state/theme.ts'

const query = matchMedia('(prefers-color-scheme: dark)')
const isSystemDark = signal(query.matches)
query.addEventListener('change', () => {
  isSystemDark.value = query.matches
})

/** Which colours the page has now: what is painted on a canvas must be painted anew when this changes. */
export const paintedTheme = computed(() =>
  theme.value === 'system' ? (isSystemDark.value ? 'dark' : 'light') : theme.value,
)

/** The class that gives an element the colour of a machine, by its place in the question. */
export function colourClass(chip: number): string {
  return `machine-${(chip % 12) + 1}`
}

/** The colour of a machine, as a canvas takes it: an element with the class tells it. */
export function paintOf(canvas: HTMLCanvasElement, chip: number): string {
  canvas.className = colourClass(chip)
  return getComputedStyle(canvas).color
}
