import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'

interface SeenProps {
  readonly class?: string
  /** Told whether the place is on the screen, or nearly. */
  readonly children: (isSeen: boolean) => ComponentChildren
}

/** How far from the screen counts as on it. */
const NEAR = '160px'

/** A stretch of the page that need not be drawn while nobody sees it. */
export function Seen({ class: className, children }: SeenProps) {
  const place = useRef<HTMLDivElement>(null)
  const [isSeen, setSeen] = useState(false)
  useEffect(() => {
    const { current } = place
    if (current === null) return undefined
    const observer = new IntersectionObserver(([entry]) => setSeen(entry?.isIntersecting === true), {
      rootMargin: NEAR,
    })
    observer.observe(current)
    return () => observer.disconnect()
  }, [])
  return (
    <div ref={place} class={`seen ${className ?? ''}`}>
      {children(isSeen)}
    </div>
  )
}
