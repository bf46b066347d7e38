import { scaleLinear } from 'd3-scale'
import { line } from 'd3-shape'
import { formatBytes, formatCount, formatPercent, formatRate, formatSi } from '../../../src/index.ts'
import type { TiersAnswer } from '../../engine/method/machines.ts'
import { Chart } from '../../part/chart.tsx'
import { fitted } from '../../part/fitted.ts'
import { Copy } from '../../part/copy.tsx'
import type { Evidence } from '../../part/evidence.tsx'
import { Num } from '../../part/num.tsx'
import { Progress } from '../../part/progress.tsx'
import type { ViewState } from '../../state/view-state.ts'
import { modelName } from '../../state/own.ts'
import { fits, tiered } from './asked.ts'
import { TierInputs } from './inputs.tsx'
import { KEY_ROW, Keys, keyRows } from './legend.tsx'
import { isSparse, type schema, tiersCommand } from './schema.ts'
import { text } from './text.ts'

type Drawn = TiersAnswer['drawn']

/** How much fast memory a mixture of experts needs. */
export function TiersSection({ state }: { state: ViewState<typeof schema> }) {
  const t = text.value.tiers
  const { model } = state.value.value
  const { phase, answer } = tiered.standing.value
  const name = modelName(model)
  return (
    <section class="tiers" aria-labelledby="tiers-title" data-phase={isSparse(model) ? phase : 'idle'}>
      <h2 id="tiers-title">{t.title}</h2>
      {isSparse(model) ? (
        <>
          <p class="lead">{t.lead(name)}</p>
          <TierInputs state={state} />
          {fits.standing.value.phase !== 'working' && <Progress question={tiered} />}
          {answer !== undefined && phase !== 'failed' && (
            <Answer drawn={answer.drawn} command={tiersCommand(state.value.value)} />
          )}
          {answer !== undefined && phase !== 'failed' && (
            <Copy
              question={tiered}
              link={state.link}
              command={() => tiersCommand(state.value.value)}
              json={() => JSON.stringify(answer.document, undefined, 2)}
            />
          )}
        </>
      ) : (
        <p class="lead">{t.dense}</p>
      )}
    </section>
  )
}

function Answer({ drawn, command }: { drawn: Drawn; command: string }) {
  const t = text.value.tiers
  const { answer, here, within, notes, fast } = drawn
  return (
    <div class="tier-answer">
      <p class="tier-headline">
        <Sentence
          words={t.answer(formatPercent(within), '\0', formatBytes(fast.capacity))}
          number={<Num evidence={() => needEvidence(drawn, command)}>{formatBytes(answer.capacity)}</Num>}
        />{' '}
        <Sentence
          words={t.here('\0', formatPercent(here.speed))}
          number={<Num evidence={() => hereEvidence(drawn, command)}>{formatRate(here.tokensPerSecondPerUser)}</Num>}
        />
      </p>
      <WhereChart drawn={drawn} />
      <CurveChart drawn={drawn} />
      <ul class="remarks" lang="en" aria-label={t.notes}>
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </div>
  )
}

/** Words with a number where they have a NUL. */
function Sentence({ words, number }: { words: string; number: preact.ComponentChildren }) {
  const [before, after] = words.split('\0')
  return (
    <>
      {before}
      {number}
      {after}
    </>
  )
}

function needEvidence({ answer, bytes, hitNeeded, bounds }: Drawn, command: string): Evidence {
  const t = text.value.evidence
  const p = text.value.tiers.parts
  return {
    title: t.tiers,
    value: formatBytes(answer.capacity),
    formula: t.tiersFormula,
    inputs: [
      `${p['dense']}: ${formatBytes(bytes.dense)}`,
      `${p['cache']}: ${formatBytes(bytes.cache)}`,
      `${p['landing']}: ${formatBytes(bytes.landing)}`,
      `${p['hot']}: ${formatCount(answer.experts)} · ${formatBytes(bytes.oneExpert)}`,
      `${text.value.tiers.hit}: ${formatPercent(hitNeeded)}`,
      `${formatRate(bounds.none.tokensPerSecondPerUser)} … ${formatRate(bounds.all.tokensPerSecondPerUser)} tokens/s`,
    ],
    tier: 'first-principles',
    command,
  }
}

function hereEvidence({ here, slowRate }: Drawn, command: string): Evidence {
  const t = text.value.evidence
  return {
    title: t.speed,
    value: formatRate(here.tokensPerSecondPerUser),
    formula: t.speedFormula,
    values: `1 / ${(here.seconds * 1e3).toPrecision(3)} ms`,
    inputs: [
      `${formatBytes(here.missedBytes)} / ${formatSi(slowRate, 'B/s')}`,
      `${formatPercent(here.byteHit)} ${text.value.tiers.byteHit}`,
    ],
    tier: 'first-principles',
    command,
  }
}

const HEIGHT = 178
const SPLIT = 40

function CurveChart({ drawn }: { drawn: Drawn }) {
  const t = text.value.tiers
  return (
    <Chart
      title={t.curve}
      description={t.description}
      table={{
        caption: t.caption,
        head: [t.x, t.experts, t.speed, `${t.tokenHit}, %`, `${t.byteHit}, %`],
        rows: drawn.curve.map(({ capacity, experts, tokensPerSecondPerUser, tokenHit, byteHit }) => [
          { value: capacity / 1e9, shown: (capacity / 1e9).toFixed(1) },
          { value: experts, shown: formatCount(experts) },
          { value: tokensPerSecondPerUser, shown: formatRate(tokensPerSecondPerUser) },
          { value: 100 * tokenHit, shown: (100 * tokenHit).toFixed(2) },
          { value: 100 * byteHit, shown: (100 * byteHit).toFixed(2) },
        ]),
      }}
    >
      {(width) => <Curves drawn={drawn} width={width} />}
    </Chart>
  )
}

type Scale = ReturnType<typeof scaleLinear<number, number>>

function Curves({ drawn, width }: { drawn: Drawn; width: number }) {
  const t = text.value.tiers
  const { curve, answer, here } = drawn
  const most = Math.max(...curve.map(({ capacity }) => capacity), here.capacity)
  const x: Scale = scaleLinear()
    .domain([0, most / 1e9])
    .range([40, width - 12])
  const bottom = 2 * HEIGHT + SPLIT - 24
  return (
    <svg
      viewBox={`0 0 ${width} ${bottom + 46}`}
      role="img"
      aria-label={`${t.caption}. ${t.needs} ${formatBytes(answer.capacity)}, ${t.has} ${formatBytes(here.capacity)}.`}
    >
      <Below x={x} bottom={bottom} width={width} />
      <Mark x={x(here.capacity / 1e9)} y={bottom} label={t.has} isLeft />
      <Mark x={x(answer.capacity / 1e9)} y={bottom} label={t.needs} isLeft={answer.capacity > most / 2} />
      <SpeedPanel drawn={drawn} x={x} width={width} />
      <HitPanel curve={curve} x={x} width={width} />
    </svg>
  )
}

function pathOf(curve: Drawn['curve'], x: Scale, y: (point: Drawn['curve'][number]) => number): string {
  return (
    line<Drawn['curve'][number]>(
      ({ capacity }) => x(capacity / 1e9),
      (point) => y(point),
    )(curve) ?? ''
  )
}

function SpeedPanel({ drawn: { curve, here }, x, width }: { drawn: Drawn; x: Scale; width: number }) {
  const speed: Scale = scaleLinear()
    .domain([0, Math.max(...curve.map((point) => point.tokensPerSecondPerUser)) * 1.05])
    .range([HEIGHT, 24])
  return (
    <>
      {speed.ticks(4).map((tick) => (
        <Tick key={tick} y={speed(tick)} label={formatCount(tick)} width={width} />
      ))}
      <text class="panel-title" x="0" y="12">
        {text.value.tiers.speed}
      </text>
      <path class="line speed" d={pathOf(curve, x, (point) => speed(point.tokensPerSecondPerUser))} />
      <circle class="dot speed" cx={x(here.capacity / 1e9)} cy={speed(here.tokensPerSecondPerUser)} r="4.5" />
    </>
  )
}

function HitPanel({ curve, x, width }: { curve: Drawn['curve']; x: Scale; width: number }) {
  const hit: Scale = scaleLinear()
    .domain([0, 1])
    .range([2 * HEIGHT + SPLIT - 24, HEIGHT + SPLIT])
  return (
    <>
      {hit.ticks(3).map((tick) => (
        <Tick key={tick} y={hit(tick)} label={`${100 * tick} %`} width={width} />
      ))}
      <text class="panel-title" x="0" y={HEIGHT + SPLIT - 12}>
        {text.value.tiers.hit}
      </text>
      <path class="line token-hit" d={pathOf(curve, x, (point) => hit(point.tokenHit))} />
      <path class="line byte-hit" d={pathOf(curve, x, (point) => hit(point.byteHit))} />
    </>
  )
}

/** The axis of fast memory, and what the lines are. */
function Below({ x, bottom, width }: { x: Scale; bottom: number; width: number }) {
  const t = text.value.tiers
  return (
    <>
      {x.ticks(width < 500 ? 4 : 8).map((tick) => (
        <text key={tick} class="tick" x={x(tick)} y={bottom + 16} text-anchor="middle">
          {formatCount(tick)}
        </text>
      ))}
      <text class="tick" x={width - 12} y={bottom + 34} text-anchor="end">
        {t.x}
      </text>
      <g transform={`translate(40 ${bottom + 35})`}>
        <Keys
          items={[
            { name: 'token-hit', label: t.tokenHit },
            { name: 'byte-hit', label: t.byteHit },
          ]}
          width={width - 140}
        />
      </g>
    </>
  )
}

function Tick({ y, label, width }: { y: number; label: string; width: number }) {
  return (
    <>
      <line class="grid" x1="40" x2={width - 12} y1={y} y2={y} />
      <text class="tick" x="34" y={y + 4} text-anchor="end">
        {label}
      </text>
    </>
  )
}

function Mark({ x, y, label, isLeft }: { x: number; y: number; label: string; isLeft: boolean }) {
  return (
    <>
      <line class="mark-line" x1={x} x2={x} y1="18" y2={y} />
      <text class="mark-label" x={x + (isLeft ? -5 : 5)} y="30" text-anchor={isLeft ? 'end' : 'start'}>
        {label}
      </text>
    </>
  )
}

interface Place {
  readonly tier: 'fast' | 'slow'
  readonly part: string
  readonly bytes: number
}

/** What fills either memory, in order. */
function placesOf({ bytes, here, fast, slow }: Drawn): Place[] {
  const hot = here.experts * bytes.oneExpert
  const cold = bytes.experts - hot
  const landing = cold > 0 ? bytes.landing : 0
  const used = bytes.dense + bytes.cache + landing + hot
  return [
    { tier: 'fast', part: 'dense', bytes: bytes.dense },
    { tier: 'fast', part: 'cache', bytes: bytes.cache },
    { tier: 'fast', part: 'landing', bytes: landing },
    { tier: 'fast', part: 'hot', bytes: hot },
    { tier: 'fast', part: 'free', bytes: Math.max(0, fast.capacity - used) },
    { tier: 'slow', part: 'cold', bytes: cold },
    { tier: 'slow', part: 'free', bytes: Math.max(0, slow.capacity - cold) },
  ]
}

function WhereChart({ drawn }: { drawn: Drawn }) {
  const t = text.value.tiers
  const places = placesOf(drawn)
  return (
    <Chart
      title={t.where}
      description={t.whereText}
      table={{
        caption: t.where,
        head: [t.tier, t.content, 'GB'],
        rows: places.map(({ tier, part, bytes }) => [
          { value: tier === 'fast' ? t.fastName : t.slow },
          { value: t.parts[part] },
          { value: bytes / 1e9, shown: (bytes / 1e9).toFixed(2) },
        ]),
      }}
    >
      {(width) => <Where drawn={drawn} places={places} width={width} />}
    </Chart>
  )
}

const BAR = 34

function Where({ drawn, places, width }: { drawn: Drawn; places: readonly Place[]; width: number }) {
  const t = text.value.tiers
  const { fast, slow, slowRate } = drawn
  const x = scaleLinear()
    .domain([0, Math.max(fast.capacity, slow.capacity)])
    .range([0, width])
  const heads = {
    fast: `${fast.name.toUpperCase()}: ${formatBytes(fast.capacity)} ${t.rate(formatSi(fast.bandwidth, 'B/s'))}`,
    slow: `${slow.name}: ${formatBytes(slow.capacity)} ${t.rate(formatSi(slowRate, 'B/s'))}`,
  }
  const items = ['dense', 'cache', 'hot', 'cold', 'free'].map((part) => ({ name: part, label: t.parts[part] ?? part }))
  const keyTop = 2 * (BAR + 30) + 16
  return (
    <svg
      viewBox={`0 0 ${width} ${keyTop + KEY_ROW * keyRows(items, width) - 9}`}
      role="img"
      aria-label={`${t.where}. ${heads.fast}; ${heads.slow}`}
    >
      {(['fast', 'slow'] as const).map((tier, i) => {
        let at = 0
        return (
          <g key={tier} transform={`translate(0 ${i * (BAR + 30)})`}>
            <text class="tier-name" x="0" y="13">
              {fitted(heads[tier], width * 0.84)}
            </text>
            {places
              .filter((place) => place.tier === tier)
              .map(({ part, bytes }) => {
                const from = at
                at += x(bytes)
                return <rect key={part} class={part} x={from} y="20" width={x(bytes)} height={BAR} />
              })}
            <rect class="outline" x="0.5" y="20" width={Math.max(1, at - 1)} height={BAR} />
          </g>
        )
      })}
      <g transform={`translate(0 ${keyTop})`}>
        <Keys items={items} width={width} />
      </g>
    </svg>
  )
}
