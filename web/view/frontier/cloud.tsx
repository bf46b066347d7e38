import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Cloud } from '../../engine/method/search.ts'
import { paintedTheme } from '../../state/painted-theme.ts'
import { paintOf } from './colour.ts'
import { type Measure, type Plot, worthColumn } from './plot.ts'

interface CloudProps {
  readonly plot: Plot
  readonly clouds: readonly (Cloud | undefined)[]
  readonly by: Measure
  /** The machine that stands out. */
  readonly chosen: number | undefined
}

const SIZE = 2.2

/** Every configuration as a dot: ten thousand of them are painted, not drawn. */
export function CloudCanvas({ plot, clouds, by, chosen }: CloudProps) {
  const element = useRef<HTMLCanvasElement>(null)
  const painted = paintedTheme.value
  useLayoutEffect(() => {
    const canvas = element.current
    if (canvas === null) return
    const fine = Math.min(3, devicePixelRatio || 1)
    canvas.width = Math.round(plot.width * fine)
    canvas.height = Math.round(plot.height * fine)
    const context = canvas.getContext('2d')
    if (context === null) return
    context.scale(fine, fine)
    for (const [chip, cloud] of clouds.entries()) {
      if (cloud === undefined) continue
      context.fillStyle = paintOf(canvas, chip)
      context.globalAlpha = chosen === undefined ? 0.3 : chosen === chip ? 0.55 : 0.05
      paint(context, plot, cloud, by)
    }
    canvas.className = ''
  }, [plot, by, chosen, painted, ...clouds])
  return <canvas ref={element} aria-hidden="true" style={{ width: `${plot.width}px`, height: `${plot.height}px` }} />
}

function paint(context: CanvasRenderingContext2D, plot: Plot, cloud: Cloud, by: Measure): void {
  const worth = worthColumn(cloud, by)
  for (let row = 0; row < worth.length; row++) {
    // No price is known: there is no place for it.
    if (!(worth[row]! > 0)) continue
    context.fillRect(plot.x(cloud.speed[row]!) - SIZE / 2, plot.y(worth[row]!) - SIZE / 2, SIZE, SIZE)
  }
}
