import type { ComponentChildren } from 'preact'
import { useId, useRef, useState } from 'preact/hooks'
import { text } from '../i18n/index.ts'
import { csvText } from './csv.ts'
import { saveFile } from './save.ts'
import { Table, type TableData } from './table.tsx'
import { useWidth } from './width.ts'

interface ChartProps {
  readonly title: string
  /** What can be seen in the picture, for everybody. */
  readonly description: ComponentChildren
  /** The numbers of the picture. */
  readonly table: TableData
  /** Level of the title's heading. */
  readonly level?: 2 | 3
  /** The picture in a width of so many pixels: one SVG element whose `viewBox` is as wide, so that its text keeps its size. */
  readonly children: (width: number) => ComponentChildren
}

/** The frame of every picture: what it shows, the numbers behind it, and files of both. */
export function Chart({ title, description, table, level = 3, children }: ChartProps) {
  const Heading = `h${level}` as const
  const id = useId()
  const picture = useRef<HTMLDivElement>(null)
  const width = useWidth(picture, 720)
  const [isTable, setTable] = useState(false)
  const t = text.value.chart
  return (
    <figure class="chart" aria-labelledby={`${id}-title`}>
      <figcaption>
        <Heading id={`${id}-title`}>{title}</Heading>
        <p>{description}</p>
      </figcaption>
      <div ref={picture} class="picture">
        {children(width)}
      </div>
      <div class="tools">
        <button
          type="button"
          class="quiet"
          aria-expanded={isTable}
          aria-controls={`${id}-table`}
          onClick={() => setTable(!isTable)}
        >
          {isTable ? t.hideTable : t.showTable}
        </button>
        <span class="saves">
          {t.save}
          {(['SVG', 'PNG', 'CSV'] as const).map((kind) => (
            <button
              key={kind}
              type="button"
              class="quiet"
              onClick={() => void save(kind, title, table, picture.current)}
            >
              {kind}
            </button>
          ))}
        </span>
      </div>
      <div id={`${id}-table`} hidden={!isTable}>
        {isTable && <Table {...table} />}
      </div>
    </figure>
  )
}

async function save(
  kind: 'SVG' | 'PNG' | 'CSV',
  title: string,
  table: TableData,
  picture: HTMLElement | null,
): Promise<void> {
  if (kind === 'CSV') return saveFile(`${title}.csv`, 'text/csv', csvText(table.head, table.rows))
  const svg = picture?.querySelector('svg')
  if (svg === null || svg === undefined) return
  // Loaded when somebody wants a file.
  const { svgFile, pngFile } = await import('./svg-file.ts')
  if (kind === 'SVG') saveFile(`${title}.svg`, 'image/svg+xml', svgFile(svg))
  else saveFile(`${title}.png`, 'image/png', await pngFile(svg))
}
