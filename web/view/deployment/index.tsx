import { effect, useComputed } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { formatPercent, formatSeconds } from '../../../src/index.ts'
import type { DeploymentAnswer } from '../../engine/method/deployment.ts'
import { Copy } from '../../part/copy.tsx'
import { LinkAlert } from '../../part/link-alert.tsx'
import { Progress } from '../../part/progress.tsx'
import { Seen } from '../../part/seen.tsx'
import { viewState } from '../../state/view-state.ts'
import { answer as answerNow, askFor, asked, restedAnswer } from './asked.ts'
import { barsOf } from './bars.ts'
import { Causes } from './causes.tsx'
import './deployment.css'
import { Headline } from './headline.tsx'
import { Inputs } from './inputs.tsx'
import { Layouts } from './layouts.tsx'
import { Levers } from './levers.tsx'
import { lighting } from './lit.ts'
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
  // At once: an effect of the hooks would wait for the next frame.
  useEffect(() => effect(() => askFor(questionOf(state.value.value))), [])
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
  if (useComputed(() => answerNow.value === undefined).value) return <h1>{text.value.inputs.title}</h1>
  return (
    <div class="answer">
      <Part>{(answer) => <Headline answer={answer} />}</Part>
      <Part>{(answer) => <Step answer={answer} />}</Part>
      <Part class="two-columns">
        {(answer) => (
          <>
            <Causes answer={answer} />
            <Levers />
          </>
        )}
      </Part>
      <Part class="two-columns">
        {(answer) => (
          <>
            <Memory answer={answer} />
            <div>
              <MappingPicture answer={answer} />
              <Layouts answer={answer} state={state} />
            </div>
          </>
        )}
      </Part>
      <Part>{(answer) => <Money answer={answer} />}</Part>
      <Part>{(answer) => <Notes answer={answer} />}</Part>
      <Copy
        question={asked}
        link={state.link}
        command={() => commandOf(state.value.peek(), answerNow.peek()!.scenario)}
        json={() => JSON.stringify(answerNow.peek()!.step.prediction, undefined, 2)}
      />
    </div>
  )
}

interface PartProps {
  readonly class?: string
  readonly children: (answer: DeploymentAnswer) => ComponentChildren
}

/** A part of the answer: drawn with every move while it is on the screen, else when the inputs rest. */
function Part({ class: className = '', children }: PartProps) {
  return <Seen class={className}>{(isSeen) => <Current isSeen={isSeen}>{children}</Current>}</Seen>
}

function Current({ isSeen, children }: { isSeen: boolean; children: PartProps['children'] }) {
  const drawn = useRef<DeploymentAnswer | undefined>(undefined)
  if (isSeen) drawn.current = answerNow.value
  // What has just left the screen keeps what it shows until the inputs rest, and never goes back to an answer before.
  else if (restedAnswer.value === answerNow.peek() || drawn.current === undefined) drawn.current = restedAnswer.value
  return drawn.current === undefined ? null : <>{children(drawn.current)}</>
}

function Step({ answer }: { answer: DeploymentAnswer }) {
  const t = text.value.step
  const { stepSeconds, light } = answer.step
  return (
    <section class="step" aria-labelledby="step-title">
      <h2 id="step-title">{t.title}</h2>
      <p class="lead">{t.lead(formatSeconds(stepSeconds), formatPercent(light.share))}</p>
      <Bounds answer={answer} />
      <div class="two-columns" {...lighting}>
        <Roofline answer={answer} />
        <Waterfall answer={answer} />
      </div>
    </section>
  )
}

/** What the colours of both pictures mean. */
function Bounds({ answer }: { answer: DeploymentAnswer }) {
  const t = text.value.step
  const bounds = [...new Set(barsOf(answer).map(({ bound }) => bound))]
  return (
    <ul class="bounds" aria-label={t.legend}>
      {bounds.map((bound) => (
        <li key={bound} data-bound={bound}>
          <span class="swatch" aria-hidden="true" />
          <span>{t.bound[bound] ?? bound}</span>
        </li>
      ))}
    </ul>
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
