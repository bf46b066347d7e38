import { computed, useComputed, useSignalEffect } from '@preact/signals'
import { formatCount } from '../../../src/index.ts'
import { Copy } from '../../part/copy.tsx'
import { LinkAlert } from '../../part/link-alert.tsx'
import { Progress } from '../../part/progress.tsx'
import { Segments } from '../../part/segments.tsx'
import { viewState } from '../../state/view-state.ts'
import { type FrontierAnswer, askDetails, askFor, asked, coming, detailed } from './answer.ts'
import { Best } from './best.tsx'
import { FrontierChart, byOf } from './chart.tsx'
import { documentOf } from './document.ts'
import type { Shown } from './evidence.ts'
import { Inputs } from './inputs.tsx'
import { idOf } from './line.tsx'
import { MeasuredTable } from './measured-table.tsx'
import { loadMeasured, measuredRuns } from './measured.ts'
import { Pins } from './pins.tsx'
import { RegionTable, placesIn } from './region.tsx'
import { MOST_PINS, commandOf, questionOf, schema } from './schema.ts'
import { Story } from './story.tsx'
import '../../style/sheet.css'
import './frontier.css'
import { text } from './text.ts'

const state = viewState('frontier', schema)

/** What is shown: the answer on its way as soon as a machine is in, else the last one. */
const current = computed(() => coming.value ?? asked.standing.value.answer)
const inRegion = computed(() => {
  const { region } = state.value.value
  return region === undefined || current.value === undefined
    ? undefined
    : placesIn(current.value, region, byOf(current.value))
})
/** The configurations wanted in full, as text: what is the same is not asked again. */
const wanted = computed(() => {
  const answer = current.value
  if (answer === undefined) return ''
  const best = bestOf(answer)
  const ids = [...state.value.value.pins, ...(best === undefined ? [] : [best])]
  const places = [...(answer.result?.frontier.map(({ place }) => place) ?? []), ...(inRegion.value?.places ?? [])]
  return JSON.stringify([answer.question, places, ids] satisfies DetailsQuestion)
})
type DetailsQuestion = Parameters<typeof askDetails>

/** All deployments of a model, and those worth having. */
export default function FrontierView() {
  // What is looked at changes no question: the text of it is what must not change.
  const asking = useComputed(() => JSON.stringify(questionOf(state.value.value)))
  useSignalEffect(() => askFor(JSON.parse(asking.value) as ReturnType<typeof questionOf>))
  useSignalEffect(() => {
    if (wanted.value !== '') askDetails(...(JSON.parse(wanted.value) as DetailsQuestion))
  })
  useSignalEffect(() => {
    if (state.value.value.measured === 'on') loadMeasured()
  })
  const t = text.value
  const { phase } = asked.standing.value
  const answer = current.value
  return (
    <div class="sheet frontier" data-phase={phase} aria-busy={phase === 'working'}>
      <Inputs state={state} answer={answer} />
      <div class="content">
        <LinkAlert faults={state.faults.value} names={t.field} />
        <Progress question={asked} />
        {answer === undefined ? <p class="loading">{t.first}</p> : <Answer answer={answer} />}
      </div>
    </div>
  )
}

function Answer({ answer }: { answer: FrontierAnswer }) {
  const now = state.value.value
  const by = byOf(answer)
  const region = inRegion.value
  const bestId = bestOf(answer)
  const { answer: details = { points: [], missing: [], sources: {} } } = detailed.standing.value
  const shown = details.points.map((point): Shown => ({ point, question: answer.question, sources: details.sources }))
  const named = (ids: readonly string[]): Shown[] => ids.flatMap((id) => shown.filter(({ point }) => point.id === id))
  const runs = now.measured === 'on' ? measuredRuns(now, answer) : []
  const onPin = (id: string): void => {
    if (now.pins.includes(id)) state.set({ pins: now.pins.filter((pin) => pin !== id) })
    else state.set({ pins: [...now.pins, id].slice(-MOST_PINS) })
  }
  const pins = named(now.pins)
  return (
    <div class="answer">
      <Story answer={answer} model={now.model} shown={shown} command={commandOf(now)} />
      <Controls runs={runs.length} />
      <FrontierChart
        answer={answer}
        state={state}
        runs={runs}
        shown={shown}
        pins={pins.map(({ point }) => point)}
        onPin={onPin}
      />
      {bestId !== undefined && <Best answer={answer} shown={named([bestId])[0]} />}
      <Pins
        pins={pins}
        missing={answer.result === undefined ? [] : details.missing.filter((id) => now.pins.includes(id))}
        onUnpin={(ids) => state.set({ pins: now.pins.filter((pin) => !ids.includes(pin)) })}
      />
      <RegionTable
        by={by}
        region={now.region}
        count={region?.count ?? 0}
        rows={region?.places.flatMap((place) => shown.filter(({ point }) => point.place === place)) ?? []}
        pins={now.pins}
        onPin={onPin}
        onRegion={(next) => state.set({ region: next })}
      />
      {runs.length > 0 && <MeasuredTable runs={runs} />}
      <Refused answer={answer} />
      <Copy link={state.link} command={() => commandOf(now)} json={() => documentOf(answer)} />
    </div>
  )
}

function bestOf({ result }: FrontierAnswer): string | undefined {
  if (result === undefined || Object.keys(result.goal).length === 0) return undefined
  const point = result.best ?? result.nearest
  return point === undefined ? undefined : idOf(point)
}

function Controls({ runs }: { runs: number }) {
  const t = text.value.chart
  const { by, scale, measured } = state.value.value
  return (
    <div class="controls">
      <Segments
        label={t.by}
        value={by}
        choices={[
          { id: 'chip', label: t.chip },
          { id: 'cost', label: t.cost },
        ]}
        onChange={(id) => state.set({ by: id, region: undefined })}
      />
      <Segments
        label={t.scale}
        value={scale}
        choices={[
          { id: 'log', label: t.log },
          { id: 'linear', label: t.linear },
        ]}
        onChange={(id) => state.set({ scale: id })}
      />
      <label class="check">
        <input
          type="checkbox"
          checked={measured === 'on'}
          onChange={({ currentTarget }) => state.set({ measured: currentTarget.checked ? 'on' : 'off' })}
        />
        {t.measured(formatCount(runs))}
      </label>
    </div>
  )
}

/** How many configurations have no numbers, by reason. */
function Refused({ answer: { result } }: { answer: FrontierAnswer }) {
  const t = text.value.refused
  if (result === undefined || result.refused.length === 0) return null
  return (
    <section class="refused" aria-labelledby="refused-title">
      <h2 id="refused-title">{t.title}</h2>
      <ul>
        {result.refused.map(({ reason, count }) => (
          <li key={reason}>{t.row(formatCount(count), reason)}</li>
        ))}
      </ul>
    </section>
  )
}
