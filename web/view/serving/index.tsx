import { useSignalEffect } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { Copy } from '../../part/copy.tsx'
import { LinkAlert } from '../../part/link-alert.tsx'
import { Progress } from '../../part/progress.tsx'
import { paintedTheme } from '../../state/painted-theme.ts'
import '../../style/sheet.css'
import './serving.css'
import { Story } from './story.tsx'
import { type Served, asked, kept, lanes } from './answer.ts'
import { now, pause } from './clock.ts'
import { askRun, asking, command, follow, judge, length, pixels, setClock, start, state } from './course.ts'
import { Figures } from './figures.tsx'
import { Inputs } from './inputs.tsx'
import { LanesChart } from './lanes.tsx'
import { Level } from './level.tsx'
import { Overview } from './overview.tsx'
import { Percentiles } from './percentiles.tsx'
import { text } from './text.ts'
import { Transport } from './transport.tsx'

/** Requests on their way through an engine. */
export default function ServingView() {
  useSignalEffect(askRun)
  useSignalEffect(setClock)
  useSignalEffect(follow)
  useSignalEffect(judge)
  useEffect(() => pause, [])
  const t = text.value
  const { phase, answer } = asked.standing.value
  const isMissing = asking.value === ''
  // Drawn anew when there is another answer; what else changes, each part follows by itself.
  const inputs = useMemo(() => <Inputs state={state} answer={answer} />, [answer])
  const shown = useMemo(() => (answer === undefined ? null : <Answer answer={answer} />), [answer])
  return (
    <div
      class="sheet serving"
      data-phase={phase}
      data-milliseconds={answer?.milliseconds}
      aria-busy={phase === 'working'}
    >
      {inputs}
      <div class="content">
        <LinkAlert faults={state.faults.value} names={t.field} />
        <Progress question={asked} />
        {(isMissing || answer === undefined) && <h1>{t.title}</h1>}
        {isMissing && <p class="loading">{t.trace.needed}</p>}
        {!isMissing && answer === undefined && phase === 'working' && <p class="loading">{t.first}</p>}
        {!isMissing && shown}
      </div>
    </div>
  )
}

function Answer({ answer }: { answer: Served }) {
  return (
    <div class="answer">
      <Story answer={answer} command={command} />
      <div class="timeline">
        <Time answer={answer} />
        <Requests />
      </div>
      <Percentiles answer={answer} command={command} />
      <Level answer={answer} state={state} command={command} />
      <Figures answer={answer} command={command} />
      <Copy question={asked} link={state.link} command={command} json={() => documentText(answer)} />
    </div>
  )
}

// Keeps where time stands in the address, once it stands.
function settle(): void {
  state.set({ at: Number(now.value.toPrecision(4)) })
}

function Time({ answer }: { answer: Served }) {
  const [from, seconds] = [start.value, length.value]
  return (
    <>
      <Overview answer={answer} stretch={{ from, to: from + seconds }} onSettle={settle} />
      <Transport
        answer={answer}
        window={seconds}
        onWindow={(next) => state.set({ window: Number(next.toPrecision(2)) })}
        onSettle={settle}
      />
    </>
  )
}

function Requests() {
  const { answer } = lanes.standing.value
  if (answer === undefined) return null
  const measure = (width: number): void => {
    pixels.value = width
  }
  return <LanesChart lanes={answer} painted={paintedTheme.value} onPixels={measure} />
}

// The service level is no part of the run, but of its document.
function documentText({ document }: Served): string {
  const goodput = kept.standing.peek().answer?.goodput
  return JSON.stringify({ ...document, ...(goodput === undefined ? {} : { goodput }) }, undefined, 2)
}
