import { labelWidth } from '../../part/fitted.ts'
import { PARTS } from './squares.ts'
import { text } from './text.ts'

interface Key {
  /** Class that colours it. */
  readonly name: string
  readonly label: string
}

/** Height of one line of keys, px. */
export const KEY_ROW = 17

/** What the colours of memory mean; the last line stands at 0, others above. */
export function Legend({ width, beyond = false }: { width: number; beyond?: boolean }) {
  const t = text.value
  const items: readonly Key[] = [
    ...PARTS.map((part) => ({ name: part, label: t.part[part] })),
    ...(beyond ? [{ name: 'over', label: t.scale.over }] : []),
  ]
  return (
    <g transform={`translate(0 ${-KEY_ROW * (keyRows(items, width) - 1)})`}>
      <Keys items={items} width={width} />
    </g>
  )
}

/** In how many lines keys stand. */
export function keyRows(items: readonly Key[], width: number): number {
  return 1 + (placed(items, width).at(-1)?.y ?? 0) / KEY_ROW
}

function placed(items: readonly Key[], width: number): { x: number; y: number }[] {
  let [x, y] = [0, 0]
  return items.map(({ label }) => {
    const wide = labelWidth(label) + 32
    // The space behind the last one may be left out.
    if (x > 0 && x + wide - 16 > width) [x, y] = [0, y + KEY_ROW]
    const at = { x, y }
    x += wide
    return at
  })
}

/** Squares of colour with their names, in as many lines as they take; the first stands at 0. */
export function Keys({ items, width }: { items: readonly Key[]; width: number }) {
  const places = placed(items, width)
  return (
    <g class="keys">
      {items.map(({ name, label }, i) => (
        <g key={name} transform={`translate(${places[i]!.x} ${places[i]!.y})`}>
          <rect class={name} width="11" height="11" y="-9" rx="2" />
          <text x="16" y="0">
            {label}
          </text>
        </g>
      ))}
    </g>
  )
}
