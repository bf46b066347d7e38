import type { ComponentChildren } from 'preact'

/** A message that screen readers say at once. */
export function Alert({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="alert" role="alert">
      <strong>{title}</strong>
      {children}
    </div>
  )
}
