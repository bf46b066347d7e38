import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'

interface DisclosureProps {
  readonly summary: string
  readonly class?: string
  /** Made when it is opened for the first time. */
  readonly children: () => ComponentChildren
}

/** Something that is there for those who want it: the browser's own `details`, filled when it is opened. */
export function Disclosure({ summary, class: className, children }: DisclosureProps) {
  const [wasOpen, setOpen] = useState(false)
  return (
    <details class={className} onToggle={({ currentTarget }) => currentTarget.open && setOpen(true)}>
      <summary>{summary}</summary>
      {wasOpen && children()}
    </details>
  )
}
