import { useSignalEffect } from '@preact/signals'
import { formatPercent, formatSeconds } from '../../../src/index.ts'
import type { DeploymentAnswer } from '../../engine/method/deployment.ts'
import { Copy } from '../../part/copy.tsx'
import { LinkAlert } from '../../part/link-alert.tsx'
import { Progress } from '../../part/progress.tsx'
import { viewState } from '../../state/view-state.ts'
import { answer as answerNow, askFor, asked } from './asked.ts'
import { Causes } from './causes.tsx'
import './deployment.css'
import { Headline } from './headline.tsx'
import { Inputs } from './inputs.tsx'
import { Layouts } from './layouts.tsx'
import { Levers } from './levers.tsx'
import { MappingPicture } from './mapping.tsx'
import { Memory } from './memory.tsx'
import { Money } from './money.tsx'
import { Roofline } from './roofline.tsx'
import { commandOf, questionOf, schema } from './schema.ts'
import { text } from './text.ts'
import { Waterfall } from './waterfall.tsx'

const state = viewState('deployment', schema)

/** One model on one machine: how fast, why, what it takes and what it costs. */
export default function DeploymentView() {
  useSignalEffect(() => askFor(questionOf(state.value.value)))
  return (
    <div class="deployment">
      <Inputs state={state} />
      <div class="content">
        <LinkAlert faults={state.faults.value} names={text.value.field} />
        <Progress question={asked} />
        <Answer />
      </div>
    </div>
  )
}

function Answer() {
  const answer = answerNow.value
  if (answer === undefined) return null
  return (
    <div class="answer">
      <Headline answer={answer} />
      <Step answer={answer} />
      <section class="two-columns memory-section">
        <Memory answer={answer} />
        <div>
          <MappingPicture answer={answer} />
          <Layouts answer={answer} state={state} />
        </div>
      </section>
      <Money answer={answer} />
      <Levers />
      <Copy
        link={state.link}
        command={() => commandOf(state.value.peek(), answer.scenario)}
        json={() => JSON.stringify(answer.step.prediction, undefined, 2)}
      />
      <Notes answer={answer} />
    </div>
  )
}

function Step({ answer }: { answer: DeploymentAnswer }) {
  const t = text.value.step
  const { stepSeconds, light } = answer.step
  return (
    <section class="step" aria-labelledby="step-title">
      <h2 id="step-title">{t.title}</h2>
      <p class="lead">{t.lead(formatSeconds(stepSeconds), formatPercent(light.share))}</p>
      <div class="two-columns">
        <Roofline answer={answer} />
        <Waterfall answer={answer} />
      </div>
      <Causes answer={answer} />
    </section>
  )
}

function Notes({ answer }: { answer: DeploymentAnswer }) {
  const t = text.value.notes
  const { reason, notes } = answer.step.prediction.evidence
  return (
    <section class="assumptions" aria-labelledby="notes-title">
      <h2 id="notes-title">{t.title}</h2>
      <ul lang="en">
        {[reason, ...notes].map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </section>
  )
}
