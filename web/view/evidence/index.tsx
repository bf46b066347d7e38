import { useSignalEffect } from '@preact/signals'
import { Copy } from '../../part/copy.tsx'
import { LinkAlert } from '../../part/link-alert.tsx'
import { Progress } from '../../part/progress.tsx'
import { hashOf } from '../../state/url.ts'
import { Accuracy } from './accuracy.tsx'
import { catalog, found, needCatalog, needResiduals } from './catalog.ts'
import { Dates } from './dates.tsx'
import './evidence.css'
import { Figures } from './figures.tsx'
import { PARTS, type PartName, commandOf } from './schema.ts'
import { Sources } from './sources.tsx'
import { state } from './state.ts'
import { text } from './text.ts'

/** What everything rests on: figures with their sources, and predictions beside measurements. */
export default function EvidenceView() {
  useSignalEffect(() => {
    if (state.value.value.part === 'accuracy') void needResiduals()
    else needCatalog()
  })
  const t = text.value
  const { part } = state.value.value
  return (
    <div class="evidence-view">
      <h1>{t.title}</h1>
      <p class="lead">{t.lead}</p>
      <LinkAlert faults={state.faults.value} names={t.field} />
      <nav class="tabs" aria-label={t.parts}>
        {PARTS.map((name) => (
          <a
            key={name}
            href={hashOf('evidence', name === 'figures' ? '' : `v=1&part=${name}`)}
            aria-current={name === part ? 'true' : undefined}
          >
            {t.part[name]}
          </a>
        ))}
      </nav>
      <Progress question={catalog} />
      <Part name={part as PartName} />
      <Copy link={state.link} command={() => commandOf(state.value.peek())} json={json} />
    </div>
  )
}

function Part({ name }: { name: PartName }) {
  const { answer } = catalog.standing.value
  if (name === 'accuracy') return <Accuracy state={state} />
  if (answer === undefined) return null
  const View = { figures: Figures, sources: Sources, dates: Dates }[name]
  return <View answer={answer} state={state} />
}

// What the page shows, as data.
function json(): string {
  const { answer } = catalog.standing.peek()
  const { part } = state.value.peek()
  const shown = part === 'figures' ? found(answer?.figures ?? [], state.value.peek()) : answer?.sources
  return JSON.stringify(shown ?? [], undefined, 2)
}
