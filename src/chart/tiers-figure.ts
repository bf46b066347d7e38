import type { Bytes } from '../units/index.ts'
import { valueAxis } from './axis.ts'
import type { Figure, Panel } from './figure.ts'

/** One capacity of the fast tier. */
interface DrawnPoint {
  readonly capacity: Bytes
  readonly tokensPerSecondPerUser: number
  readonly tokenHit: number
  readonly byteHit: number
}

/** Speeds over fast memory, as far as they are drawn. */
export interface DrawnTiers {
  readonly title: string
  readonly subtitle: string
  readonly points: readonly DrawnPoint[]
  /** Tokens per second and user that count as all-fast. */
  readonly enough: { readonly perUser: number; readonly label: string }
}

const HEIGHT = 240

/** Speed per user, and what the fast tier serves, over its capacity. */
export function tiersFigure({ title, subtitle, points, enough }: DrawnTiers): Figure {
  const x = valueAxis('fast memory (GB)', Math.max(...points.map(({ capacity }) => capacity)) / 1e9, { count: 6 })
  const y = valueAxis('', Math.max(...points.map((point) => point.tokensPerSecondPerUser)))
  const gigabytes = points.map(({ capacity }) => capacity / 1e9)
  const line = (name: string, value: (point: DrawnPoint) => number): Panel['lines'][number] => ({
    name,
    shape: 'line',
    x: gigabytes,
    y: points.map(value),
  })
  const hits = [line('tokens', ({ tokenHit }) => 100 * tokenHit), line('expert bytes', ({ byteHit }) => 100 * byteHit)]
  return {
    title,
    subtitle,
    rows: [
      {
        height: HEIGHT,
        panels: [
          {
            title: 'Tokens/s per user',
            x,
            y,
            lines: [line('', (point) => point.tokensPerSecondPerUser)],
            bounds: [{ at: enough.perUser, label: enough.label }],
          },
          { title: 'Found in fast memory, %', x, y: valueAxis('', 100, { most: 100 }), lines: hits },
        ],
      },
    ],
  }
}
