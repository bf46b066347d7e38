import type { Bytes } from '../units/index.ts'
import { valueAxis } from './axis.ts'
import type { Figure, Panel } from './figure.ts'

/** One curve over the capacity of the fast tier. */
export interface TiersCurve {
  readonly name: string
  readonly points: readonly {
    readonly capacity: Bytes
    readonly tokensPerSecondPerUser: number
    readonly tokenHit: number
    readonly byteHit: number
  }[]
}

/** Speeds over fast memory, as far as they are drawn. */
export interface DrawnTiers {
  readonly title: string
  readonly subtitle: string
  readonly curves: readonly TiersCurve[]
  /** Tokens per second and user that count as all-fast. */
  readonly enough: { readonly perUser: number; readonly label: string }
}

const HEIGHT = 240

/** Speed per user, and what the fast tier serves, over its capacity. */
export function tiersFigure({ title, subtitle, curves, enough }: DrawnTiers): Figure {
  const points = curves.flatMap((curve) => curve.points)
  const x = valueAxis('fast memory (GB)', Math.max(...points.map(({ capacity }) => capacity)) / 1e9, { count: 6 })
  const y = valueAxis('', Math.max(...points.map((point) => point.tokensPerSecondPerUser)))
  const line = (
    { name, points: of }: TiersCurve,
    value: (point: TiersCurve['points'][number]) => number,
  ): Panel['lines'][number] => ({
    name,
    shape: 'line',
    x: of.map(({ capacity }) => capacity / 1e9),
    y: of.map(value),
  })
  const hits = curves.flatMap((curve) => [
    line({ ...curve, name: join(curve.name, 'tokens') }, ({ tokenHit }) => 100 * tokenHit),
    ...(curves.length > 1 ? [] : [line({ ...curve, name: 'expert bytes' }, ({ byteHit }) => 100 * byteHit)]),
  ])
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
            lines: curves.map((curve) => line(curve, (point) => point.tokensPerSecondPerUser)),
            bounds: [{ at: enough.perUser, label: enough.label }],
          },
          { title: 'Served by fast memory, %', x, y: valueAxis('%', 100, { most: 100 }), lines: hits },
        ],
      },
    ],
  }
}

function join(name: string, what: string): string {
  return name === '' ? `routed ${what}` : name
}
