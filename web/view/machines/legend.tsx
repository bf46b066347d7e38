import { PARTS } from './squares.ts'
import { text } from './text.ts'

/** What the colours of memory mean. */
export function Legend({ width, beyond = false }: { width: number; beyond?: boolean }) {
  const t = text.value
  const items = [
    ...PARTS.map((part) => ({ name: part as string, label: t.part[part] })),
    ...(beyond ? [{ name: 'over', label: t.scale.over }] : []),
  ]
  return <Keys items={items} width={width} />
}

/** Squares of colour with their names, in one or two lines. */
export function Keys({
  items,
  width,
}: {
  items: readonly { readonly name: string; readonly label: string }[]
  width: number
}) {
  let [x, y] = [0, 0]
  return (
    <g class="keys">
      {items.map(({ name, label }) => {
        // Chinese characters are about twice as wide.
        const wide = [...label].reduce((sum, letter) => sum + (letter > '\u2E7F' ? 12 : 6.4), 0) + 32
        if (x > 0 && x + wide > width) [x, y] = [0, y + 17]
        const at = { x, y: y - (items.length > 3 && width < 480 ? 14 : 0) }
        x += wide
        return (
          <g key={name} transform={`translate(${at.x} ${at.y})`}>
            <rect class={name} width="11" height="11" y="-9" rx="2" />
            <text x="16" y="0">
              {label}
            </text>
          </g>
        )
      })}
    </g>
  )
}
