import { computed, signal, useSignalEffect } from '@preact/signals'
import { formatCount, formatSeconds } from '../../../src/index.ts'
import { Copy } from '../../part/copy.tsx'
import { LinkAlert } from '../../part/link-alert.tsx'
import { Num } from '../../part/num.tsx'
import { Progress } from '../../part/progress.tsx'
import { paintedTheme } from '../../state/painted-theme.ts'
import { viewState } from '../../state/view-state.ts'
import { type Served, askFor, askHighest, askKept, askLanes, asked, kept, lanes, traceFile } from './answer.ts'
import { PACES, isPlaying, now, pace, pause } from './clock.ts'
import { Figures, meanOf } from './figures.tsx'
import { Inputs } from './inputs.tsx'
import { LanesChart } from './lanes.tsx'
import { Level } from './level.tsx'
import { Overview } from './overview.tsx'
import { Percentiles } from './percentiles.tsx'
import { chipName, commandOf, levelOf, modelName, questionOf, schema } from './schema.ts'
import '../../style/sheet.css'
import './serving.css'
import { text } from './text.ts'
import { Transport } from './transport.tsx'

const state = viewState('serving', schema)

/** As text, so that what does not change the question does not ask it again. A file has a number of its own. */
const files: File[] = []
const asking = computed(() => {
  const file = traceFile.value
  if (file !== undefined && !files.includes(file)) files.push(file)
  const question = questionOf(state.value.value, file)
  return question === undefined
    ? ''
    : JSON.stringify({ question, file: question.load.kind === 'trace' ? files.indexOf(file!) : -1 })
})
const levelText = computed(() => JSON.stringify([levelOf(state.value.value), state.value.value.attain / 100]))

/** Lines of the picture of requests, and its width in pixels. */
const ROWS = matchMedia('(max-width: 40rem)').matches ? 40 : 56
const pixels = signal(900)

/** A stretch is so many mean requests long, unless the link says otherwise. */
const REQUESTS_LONG = 2.5
const length = computed(() => {
  const { answer } = asked.standing.value
  const given = state.value.value.window
  if (answer === undefined) return 1
  const { span } = answer.timeline
  const mean = meanOf(answer.document.e2e) ?? span
  return Math.max(1e-6, Math.min(span, given ?? Number((REQUESTS_LONG * mean).toPrecision(2))))
})
/** Where the stretch begins that time stands in: a number, which changes when a page is turned and not before. */
const start = computed(() => Math.floor(now.value / length.value) * length.value)

/** Runs with more requests are not simulated over and over without being asked. */
const MOST_UNASKED = 20_000

/** Requests on their way through an engine. */
export default function ServingView() {
  useSignalEffect(() => {
    if (asking.value === '') return
    const question = questionOf(state.value.peek(), traceFile.peek())
    if (question !== undefined) askFor(question)
  })
  useSignalEffect(setClock)
  useSignalEffect(follow)
  useSignalEffect(judge)
  const t = text.value
  const { phase, answer } = asked.standing.value
  const isOpen = asking.value === ''
  return (
    <div
      class="sheet serving"
      data-phase={phase}
      data-milliseconds={answer?.milliseconds}
      aria-busy={phase === 'working'}
    >
      <Inputs state={state} answer={answer} />
      <div class="content">
        <LinkAlert faults={state.faults.value} names={t.field} />
        <Progress question={asked} />
        {isOpen && <p class="loading">{t.trace.needed}</p>}
        {!isOpen && answer === undefined && phase === 'working' && <p class="loading">{t.first}</p>}
        {!isOpen && answer !== undefined && <Answer answer={answer} />}
      </div>
    </div>
  )
}

/** The requests of the stretch that time stands in. */
function follow(): void {
  const { answer } = asked.standing.value
  if (answer === undefined) return
  askLanes(answer.question, start.value, start.value + length.value, ROWS, pixels.value)
}

/** Time stands where the link says, else where most requests are in the system. */
function setClock(): void {
  const { at } = state.value.value
  const { answer } = asked.standing.value
  if (answer === undefined || isPlaying.peek()) return
  now.value = Math.min(at ?? fullestOf(answer), answer.timeline.span)
}

function fullestOf({ timeline: { running, queue, binSeconds } }: Served): number {
  const all = running.map((value, bin) => value + queue[bin]!)
  return all.indexOf(all.reduce((most, value) => Math.max(most, value), 0)) * binSeconds
}

let paced: Served | undefined

// Of a new run: so that a stretch takes some seconds.
function setPace(answer: Served): void {
  if (paced === answer) return
  paced = answer
  pause()
  const wanted = length.peek() / SECONDS_A_STRETCH
  pace.value = PACES.reduce((best, each) =>
    Math.abs(Math.log(each / wanted)) < Math.abs(Math.log(best / wanted)) ? each : best,
  )
}

/** How long a stretch takes to play, s. */
const SECONDS_A_STRETCH = 8

/** How well the run keeps the level, and the greatest load that does. */
function judge(): void {
  const { answer, phase } = asked.standing.value
  const [slo, attain] = JSON.parse(levelText.value) as [ReturnType<typeof levelOf>, number]
  if (answer === undefined || phase !== 'idle') return
  setPace(answer)
  askKept(answer.question, slo)
  if (answer.document.requests.count <= MOST_UNASKED) askHighest(answer.question, slo, attain)
}

function Answer({ answer }: { answer: Served }) {
  const current = state.value.value
  const trace = traceFile.value?.name
  const command = commandOf(current, trace)
  const settle = (): void => state.set({ at: Number(now.value.toPrecision(4)) })
  const shown = lanes.standing.value.answer
  return (
    <div class="answer">
      <Story answer={answer} command={command} />
      <div class="timeline">
        <Overview answer={answer} stretch={{ from: start.value, to: start.value + length.value }} onSettle={settle} />
        <Transport
          answer={answer}
          window={length.value}
          onWindow={(seconds) => state.set({ window: Number(seconds.toPrecision(2)) })}
          onSettle={settle}
        />
        {shown !== undefined && (
          <LanesChart lanes={shown} painted={paintedTheme.value} onPixels={(width) => (pixels.value = width)} />
        )}
      </div>
      <Percentiles answer={answer} bounds={levelOf(current)} command={command} />
      <Level
        answer={answer}
        state={state}
        trace={trace}
        isShort={answer.document.requests.count <= MOST_UNASKED}
        onFind={() => askHighest(answer.question, levelOf(current), current.attain / 100, 0)}
      />
      <Figures answer={answer} command={command} />
      <Copy link={state.link} command={() => command} json={() => documentText(answer)} />
    </div>
  )
}

// The service level is no part of the run, but of its document.
function documentText({ document }: Served): string {
  const goodput = kept.standing.peek().answer?.goodput
  return JSON.stringify({ ...document, ...(goodput === undefined ? {} : { goodput }) }, undefined, 2)
}

function Story({ answer, command }: { answer: Served; command: string }) {
  const t = text.value
  const { document, question, milliseconds } = answer
  const { requests, span, steps, chips } = document
  const { model, chip } = question.scenario as { readonly model: string; readonly chip: string }
  const served = formatCount(requests.finished)
  return (
    <header class="story">
      <h1>{t.title}</h1>
      <p class="lead">{t.lead(modelName(model), `${formatCount(chips)} × ${chipName(chip)}`)}</p>
      <p class="sum">
        <Num evidence={() => ({ title: t.evidence.served, value: served, formula: t.evidence.served, command })}>
          {served}
        </Num>
        {t.served}
        <Num
          evidence={() => ({ title: t.evidence.span, value: formatSeconds(span), formula: t.evidence.span, command })}
        >
          {formatSeconds(span)}
        </Num>
        {t.servedEnd(formatCount(steps))}
        {requests.rejected > 0 && t.rejected(formatCount(requests.rejected))}{' '}
        <span class="took">{t.took(formatSeconds(milliseconds / 1000))}</span>
      </p>
    </header>
  )
}
