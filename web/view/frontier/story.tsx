import type { ComponentChildren } from 'preact'
import { type SearchPoint, formatCount, formatRate, formatSeconds } from '../../../src/index.ts'
import { text as shared } from '../../i18n/index.ts'
import type { Evidence } from '../../part/evidence.tsx'
import { Num } from '../../part/num.tsx'
import type { FrontierAnswer } from './answer.ts'
import { type Shown, costEvidence, perChipEvidence, speedEvidence } from './evidence.ts'
import { worthLabel } from './line.tsx'
import { byOf, worthOf } from './plot.ts'
import { text } from './text.ts'

interface StoryProps {
  readonly answer: FrontierAnswer
  readonly shown: readonly Shown[]
  readonly command: () => string
}

/** What the picture is about, and what it comes to. */
export function Story({ answer, shown, command }: StoryProps) {
  const t = text.value
  const { result, machines, milliseconds } = answer
  const counted = (title: string, value: string, formula: string): Evidence => ({
    title,
    value,
    formula,
    tier: 'counted',
    command: command(),
  })
  return (
    <header class="story">
      <h1>{t.title}</h1>
      <p class="lead">{t.lead(answer.outline.model.name)}</p>
      {result === undefined ? (
        <p class="sum" role="status">
          {t.still(
            formatCount(machines.filter((machine) => machine !== undefined).length),
            formatCount(machines.length),
          )}
        </p>
      ) : (
        <p class="sum">
          <Num evidence={() => counted(t.evidence.tried, formatCount(result.tried), t.evidence.triedFormula)}>
            {formatCount(result.tried)}
          </Num>
          {t.foundOf(formatCount(result.deployments))}
          <Num
            evidence={() => counted(t.evidence.onLine, formatCount(result.frontier.length), t.evidence.onLineFormula)}
          >
            {formatCount(result.frontier.length)}
          </Num>
          {t.foundWorth} <Span answer={answer} points={result.frontier} shown={shown} />{' '}
          {milliseconds !== undefined && <span class="took">{t.took(formatSeconds(milliseconds / 1000))}</span>}
        </p>
      )}
    </header>
  )
}

interface SpanProps {
  readonly answer: FrontierAnswer
  readonly points: readonly SearchPoint[]
  readonly shown: readonly Shown[]
}

/** Both ends of the line. */
function Span({ answer, points, shown }: SpanProps) {
  const t = text.value
  const { mark } = shared.value
  const [fastest, slowest] = [points[0], points.at(-1)]
  if (fastest === undefined || slowest === undefined) return <>{t.nothing}</>
  const by = byOf(answer)
  const end = (point: SearchPoint): ComponentChildren => {
    const known = shown.find((each) => each.point.place === point.place)
    const speed = t.perSecond(formatRate(point.load.throughput.perUser.value))
    const worth = worthLabel(worthOf(point, by), by)
    if (known === undefined) return `${speed}${mark.open}${worth}${mark.close}`
    return (
      <>
        <Num evidence={() => speedEvidence(known)}>{speed}</Num>
        {mark.open}
        <Num evidence={() => (by === 'cost' ? costEvidence(known) : perChipEvidence(known))}>{worth}</Num>
        {mark.close}
      </>
    )
  }
  return (
    <>
      {t.spanFrom} {end(fastest)} {t.spanTo} {end(slowest)}
      {t.spanEnd}
    </>
  )
}
