import type { ComponentChildren } from 'preact'
import { useId, useMemo, useRef, useState } from 'preact/hooks'
import { text } from '../i18n/index.ts'
import { csvText } from './csv.ts'
import { saveFile } from './save.ts'
import { Table, type TableData } from './table.tsx'
import { useWidth } from './width.ts'

interface ChartProps {
  readonly title: string
  /** What can be seen in the picture, for everybody. */
  readonly description: ComponentChildren
  /** The numbers of the picture; a function is called when somebody wants to see or to keep them. */
  readonly table: TableData | (() => TableData)
  /** Of the title's heading: 2 where the chart is a section of its own, 3 (default) within one. */
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
  const latest = useRef({ title, table })
  latest.current = { title, table }
  // The same elements while a slider moves the picture.
  const tools = useMemo(() => {
    const keep = (kind: FileKind): void => void save(kind, latest.current, picture.current)
    return <Tools id={id} isTable={isTable} toggle={() => setTable(!isTable)} save={keep} />
  }, [id, isTable, t])
  return (
    <figure class="chart" aria-labelledby={`${id}-title`}>
      <figcaption>
        <Heading id={`${id}-title`}>{title}</Heading>
        <p>{description}</p>
      </figcaption>
      <div ref={picture} class="picture">
        {children(width)}
      </div>
      {tools}
      <div id={`${id}-table`} hidden={!isTable}>
        {isTable && <Table {...dataOf(table)} />}
      </div>
    </figure>
  )
}

const KINDS = ['SVG', 'PNG', 'CSV'] as const
type FileKind = (typeof KINDS)[number]

interface ToolsProps {
  readonly id: string
  readonly isTable: boolean
  readonly toggle: () => void
  readonly save: (kind: FileKind) => void
}

function Tools({ id, isTable, toggle, save: keep }: ToolsProps) {
  const t = text.value.chart
  return (
    <div class="tools">
      <button type="button" class="quiet" aria-expanded={isTable} aria-controls={`${id}-table`} onClick={toggle}>
        {isTable ? t.hideTable : t.showTable}
      </button>
      <span class="saves">
        {t.save}
        {KINDS.map((kind) => (
          <button key={kind} type="button" class="quiet" onClick={() => keep(kind)}>
            {kind}
          </button>
        ))}
      </span>
    </div>
  )
}

function dataOf(table: ChartProps['table']): TableData {
  return typeof table === 'function' ? table() : table
}

async function save(
  kind: FileKind,
  { title, table }: Pick<ChartProps, 'title' | 'table'>,
  picture: HTMLElement | null,
): Promise<void> {
  if (kind === 'CSV') {
    const { head, rows } = dataOf(table)
    return saveFile(`${title}.csv`, 'text/csv', csvText(head, rows))
  }
  // The picture, not a sign of its legend.
  const svg = picture?.querySelector<SVGSVGElement>('svg[role]')
  if (svg === null || svg === undefined) return
  // Loaded when somebody wants a file.
  const { svgFile, pngFile } = await import('./svg-file.ts')
  if (kind === 'SVG') saveFile(`${title}.svg`, 'image/svg+xml', svgFile(svg))
  else saveFile(`${title}.png`, 'image/png', await pngFile(svg))
}
