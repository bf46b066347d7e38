import type { ComponentChildren } from 'preact'
import { useMemo } from 'preact/hooks'

interface PanelProps {
  /** Its place in the style of its view. */
  readonly class: 'inputs' | 'panel'
  readonly summary: string
  /** What readers of the page hear it called. */
  readonly title: string
  readonly children: ComponentChildren
}

/** The inputs of a view: open beside its answer, closed above it where there is no room for both. */
export function Panel({ class: className, summary, title, children }: PanelProps) {
  const isSmall = useMemo(() => matchMedia('(max-width: 70rem)').matches, [])
  return (
    <details class={className} open={!isSmall}>
      <summary>{summary}</summary>
      <form onSubmit={(event) => event.preventDefault()} aria-label={title}>
        {children}
      </form>
    </details>
  )
}
