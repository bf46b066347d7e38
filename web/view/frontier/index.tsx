import { useSignalEffect } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { formatCount } from '../../../src/index.ts'
import { Copy } from '../../part/copy.tsx'
import { LinkAlert } from '../../part/link-alert.tsx'
import { Progress } from '../../part/progress.tsx'
import { Segments } from '../../part/segments.tsx'
import { useField } from '../../state/use-field.ts'
import '../../style/sheet.css'
import './frontier.css'
import { text } from './text.ts'
import { type FrontierAnswer, asked } from './answer.ts'
import { Best } from './best.tsx'
import { FrontierChart } from './chart.tsx'
import {
  askMeasured,
  askSearch,
  askShown,
  bestId,
  command,
  current,
  inRegion,
  pinned,
  runs,
  shown,
  shownOf,
  state,
  togglePin,
  unpin,
} from './course.ts'
import { documentOf } from './document.ts'
import { Inputs } from './inputs.tsx'
import { MeasuredTable } from './measured-table.tsx'
import { Pins } from './pins.tsx'
import { byOf } from './plot.ts'
import { RegionTable } from './region.tsx'
import { Story } from './story.tsx'

/** All deployments of a model, and those worth having. */
export default function FrontierView() {
  useSignalEffect(askSearch)
  useSignalEffect(askShown)
  useSignalEffect(askMeasured)
  const t = text.value
  const { phase } = asked.standing.value
  const answer = current.value
  // Drawn anew when there is another answer; what else changes, each part follows by itself.
  const inputs = useMemo(() => <Inputs state={state} answer={answer} />, [answer])
  const parts = useMemo(() => (answer === undefined ? null : <Answer answer={answer} />), [answer])
  return (
    <div class="sheet frontier" data-phase={phase} aria-busy={phase === 'working'}>
      {inputs}
      <div class="content">
        <LinkAlert faults={state.faults.value} names={t.field} />
        <Progress question={asked} />
        {parts ?? <h1>{t.title}</h1>}
        {parts === null && phase === 'working' && <p class="loading">{t.first}</p>}
      </div>
    </div>
  )
}

interface PartProps {
  readonly answer: FrontierAnswer
}

function Answer({ answer }: PartProps) {
  return (
    <div class="answer">
      <Head answer={answer} />
      <Controls />
      <Picture answer={answer} />
      <Goal answer={answer} />
      <PinnedPoints />
      <InRegion answer={answer} />
      <Measured />
      <Refused answer={answer} />
      <Copy question={asked} link={state.link} command={command} json={() => documentOf(answer)} />
    </div>
  )
}

function Head({ answer }: PartProps) {
  return <Story answer={answer} shown={shown.value} command={command} />
}

function Picture({ answer }: PartProps) {
  const pins = pinned.value.pins.map(({ point }) => point)
  return (
    <FrontierChart answer={answer} state={state} runs={runs.value} shown={shown.value} pins={pins} onPin={togglePin} />
  )
}

function Goal({ answer }: PartProps) {
  return bestId.value === undefined ? null : <Best answer={answer} shown={shownOf([bestId.value])[0]} />
}

function PinnedPoints() {
  const { pins, missing } = pinned.value
  return <Pins pins={pins} missing={missing} onUnpin={unpin} />
}

function InRegion({ answer }: PartProps) {
  const [region, pins] = [useField(state, 'region'), useField(state, 'pins')]
  const { places, count } = inRegion.value ?? { places: [], count: 0 }
  const byPlace = new Map(shown.value.map((each) => [each.point.place, each]))
  return (
    <RegionTable
      by={byOf(answer)}
      region={region}
      count={count}
      rows={places.flatMap((place) => byPlace.get(place) ?? [])}
      pins={pins}
      onPin={togglePin}
      onRegion={(next) => state.set({ region: next })}
    />
  )
}

function Measured() {
  return runs.value.length === 0 ? null : <MeasuredTable runs={runs.value} />
}

function Controls() {
  const t = text.value.chart
  const [by, scale, measured] = [useField(state, 'by'), useField(state, 'scale'), useField(state, 'measured')]
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
        {t.measured(formatCount(runs.value.length))}
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
