import { useSignalEffect } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type { PincerAnswer } from '../../engine/method/pincer.ts'
import { Copy } from '../../part/copy.tsx'
import { LinkAlert } from '../../part/link-alert.tsx'
import { Progress } from '../../part/progress.tsx'
import { viewState } from '../../state/view-state.ts'
import { askFor, asked } from './answer.ts'
import { ArmsChart } from './arms.tsx'
import { Detail } from './detail.tsx'
import { Inputs } from './inputs.tsx'
import { commandOf, schema } from './schema.ts'
import { Square } from './square.tsx'
import { Story } from './story.tsx'
import './pincer.css'
import { text } from './text.ts'
import { Verdicts } from './verdicts.tsx'

const state = viewState('pincer', schema)

/** The home view: the 2 × 2, what each arm of the pincer gives, and the verdicts on the claims. */
export default function PincerView() {
  useSignalEffect(() => askFor(state.value.value))
  const { phase, answer } = asked.standing.value
  // The same elements while the answer is the same: a moving slider draws nothing but itself.
  const inputs = useMemo(() => answer && <Inputs state={state} answer={answer} />, [answer])
  const body = useMemo(() => answer && <Answer answer={answer} />, [answer])
  return (
    <div class="pincer" data-phase={phase} aria-busy={phase === 'working'}>
      {inputs}
      <div class="content">
        <LinkAlert faults={state.faults.value} names={text.value.field} />
        <Progress question={asked} />
        {body}
      </div>
    </div>
  )
}

function Answer({ answer }: { answer: PincerAnswer }) {
  return (
    <div class="answer">
      <Story answer={answer} />
      <div class="columns">
        <div class="figures">
          <ArmsChart answer={answer} />
          <Square answer={answer} />
          <Detail answer={answer} />
          <Copy
            question={asked}
            link={state.link}
            command={() => commandOf(state.value.value)}
            json={() => JSON.stringify({ ...answer.comparison, verdicts: answer.verdicts }, undefined, 2)}
          />
          <Notes />
        </div>
        <Verdicts answer={answer} />
      </div>
    </div>
  )
}

function Notes() {
  const { title, items } = text.value.note
  return (
    <section class="notes" aria-labelledby="notes-title">
      <h2 id="notes-title">{title}</h2>
      <ul>
        {items.map((item) => (
          <li key={item}>{item}</li>
        ))}
      </ul>
    </section>
  )
}
