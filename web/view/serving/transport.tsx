import { formatCount, formatPercent, formatRate, formatSeconds } from '../../../src/index.ts'
import type { Evidence } from '../../part/evidence.tsx'
import { Num } from '../../part/num.tsx'
import type { Served } from './answer.ts'
import { PACES, isPlaying, now, pace, pause, play, wantsNoMotion } from './clock.ts'
import { text } from './text.ts'
import { timeText } from './time-tick.ts'

interface TransportProps {
  readonly answer: Served
  /** Length of the stretch that is shown request by request, seconds. */
  readonly window: number
  readonly onWindow: (seconds: number) => void
  readonly onSettle: () => void
}

/** Steps of the whole run, and of one stretch. */
const STEPS = 1000
const STEPS_OF_STRETCH = 20

/** Plays, stops and moves time. */
export function Transport({ answer, window, onWindow, onSettle }: TransportProps) {
  const t = text.value.play
  const { span } = answer.timeline
  const step = (by: number): void => {
    pause()
    now.value = Math.min(span, Math.max(0, now.value + (by * window) / STEPS_OF_STRETCH))
    onSettle()
  }
  const toggle = (): void => {
    if (isPlaying.value) {
      pause()
      onSettle()
    } else play(span, onSettle)
  }
  return (
    <div class="transport">
      <div class="buttons">
        {!wantsNoMotion.value && (
          <button type="button" class="play" onClick={toggle}>
            <Icon d={isPlaying.value ? 'M4 3H7V13H4ZM9 3H12V13H9Z' : 'M4 2.500L13 8L4 13.500Z'} />
            {isPlaying.value ? t.pause : t.play}
          </button>
        )}
        <button type="button" class="icon-button" aria-label={t.back} title={t.back} onClick={() => step(-1)}>
          <Icon d="M5 3V13H3V3ZM13 3V13L6 8Z" />
        </button>
        <button type="button" class="icon-button" aria-label={t.on} title={t.on} onClick={() => step(1)}>
          <Icon d="M11 3V13H13V3ZM3 3V13L10 8Z" />
        </button>
        {!wantsNoMotion.value && (
          <select
            aria-label={t.pace}
            value={String(pace.value)}
            onChange={({ currentTarget }) => {
              pace.value = Number(currentTarget.value)
            }}
          >
            {PACES.map((each) => (
              <option key={each} value={String(each)} selected={each === pace.value}>
                {t.times(formatCount(each))}
              </option>
            ))}
          </select>
        )}
        <Stretch window={window} span={span} onWindow={onWindow} />
      </div>
      <Scrubber span={span} onSettle={onSettle} />
      <Readout answer={answer} />
    </div>
  )
}

interface StretchProps extends Pick<TransportProps, 'window' | 'onWindow'> {
  readonly span: number
}

/** How much time the picture of requests shows. */
function Stretch({ window, span, onWindow }: StretchProps) {
  const t = text.value.play
  return (
    <>
      <button type="button" class="quiet" onClick={() => onWindow(window / 2)}>
        {t.closer}
      </button>
      <button
        type="button"
        class="quiet"
        disabled={window >= span}
        onClick={() => onWindow(Math.min(span, window * 2))}
      >
        {t.wider}
      </button>
    </>
  )
}

function Icon({ d }: { d: string }) {
  return (
    <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      <path d={d} />
    </svg>
  )
}

function Scrubber({ span, onSettle }: { span: number; onSettle: () => void }) {
  const t = text.value.over
  const at = now.value
  return (
    <input
      type="range"
      min={0}
      max={STEPS}
      aria-label={t.scrub}
      aria-valuetext={t.spoken(formatSeconds(at), formatSeconds(span))}
      value={Math.round((at / Math.max(span, 1e-9)) * STEPS)}
      onInput={({ currentTarget }) => {
        pause()
        now.value = (Number(currentTarget.value) / STEPS) * span
      }}
      onChange={onSettle}
    />
  )
}

/** What goes on at this moment. */
function Readout({ answer }: { answer: Served }) {
  const t = text.value
  const { timeline, blocks, ended } = answer
  const { binSeconds, span } = timeline
  const bin = Math.max(0, Math.min(timeline.queue.length - 1, Math.floor(now.value / binSeconds)))
  const during = t.evidence.bin(formatSeconds(bin * binSeconds), formatSeconds(Math.min(span, (bin + 1) * binSeconds)))
  const of = (name: string, shown: string): [string, string, () => Evidence] => [
    name,
    shown,
    () => ({ title: name, value: shown, formula: during, notes: [t.evidence.simulated] }),
  ]
  const decoding = timeline.decoding[bin] ?? 0
  const facts = [
    of(t.over.waiting, formatRate(timeline.queue[bin] ?? 0)),
    of(t.over.prefill, formatRate((timeline.running[bin] ?? 0) - decoding)),
    of(t.over.decoding, formatRate(decoding)),
    of(t.over.cache, formatPercent((timeline.blocks[bin] ?? 0) / blocks)),
    of(t.play.ended, formatCount(ended[bin] ?? 0)),
  ]
  return (
    <dl class="readout">
      <div class="clock">
        <dt>{t.over.scrub}</dt>
        <dd>{now.value > 60 ? timeText(Math.round(now.value)) : formatSeconds(now.value)}</dd>
      </div>
      {facts.map(([name, shown, evidence]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <Num evidence={evidence}>{shown}</Num>
          </dd>
        </div>
      ))}
    </dl>
  )
}
