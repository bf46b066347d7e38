import { scaleLinear } from 'd3-scale'
import {
  type Known,
  type PredictedBand,
  formatCount,
  formatRate,
  formatSeconds,
  formatUsd,
  isKnown,
} from '../../../src/index.ts'
import type { DeploymentAnswer } from '../../engine/method/deployment.ts'
import { rangeText } from '../../part/predicted-band.ts'
import type { Evidence } from '../../part/evidence.tsx'
import { Num } from '../../part/num.tsx'
import {
  bandLine,
  costEvidence,
  joules,
  joulesEvidence,
  known,
  perChipEvidence,
  perUserEvidence,
  tierEvidence,
  tierName,
  tpotEvidence,
  ttftEvidence,
} from './evidence.ts'
import { ENGINE_NAMES } from './schema.ts'
import { text } from './text.ts'

/** What was asked, how well the answer is known, and the numbers most people came for. */
export function Headline({ answer }: { answer: DeploymentAnswer }) {
  const t = text.value
  const { prediction } = answer.step
  const { model, chip, chips, precision, layout, engine, workload, batch, evidence } = prediction
  const clients = formatCount(workload.concurrency)
  const room = batch.capacity < workload.concurrency
  return (
    <section class="result" aria-labelledby="deployment-title">
      <h1 id="deployment-title">{t.head.on(model.name, formatCount(chips), chip.name)}</h1>
      <p class="asked">
        {[
          t.head.load(formatCount(workload.isl), formatCount(workload.osl), clients),
          t.head.weights(precision.toUpperCase()),
          layout,
          ...(engine === 'dataflow' ? [] : [ENGINE_NAMES[engine] ?? engine]),
          ...(room ? [t.head.allWait] : []),
        ].join(' · ')}
      </p>
      <AtSpeed answer={answer} />
      <Figures answer={answer} />
      <p class="tier" data-tier={evidence.tier}>
        {t.confidence} <Num evidence={() => tierEvidence(answer)}>{tierName(evidence.tier)}</Num> –{' '}
        <span lang="en">{evidence.reason}</span>
      </p>
    </section>
  )
}

/** The numbers most people came for. */
function Figures({ answer }: { answer: DeploymentAnswer }) {
  const t = text.value
  const { prediction } = answer.step
  return (
    <dl class="key-figures" aria-label={t.figure.title}>
      <Money label={t.figure.cost} figure={prediction.cost.perMtokOutput} evidence={() => costEvidence(answer)} />
      <Predicted
        label={t.figure.perUser}
        band={prediction.throughput.perUser}
        print={formatRate}
        evidence={() => perUserEvidence(answer)}
      />
      <Predicted
        label={t.figure.ttft}
        band={prediction.ttft}
        print={formatSeconds}
        evidence={() => ttftEvidence(answer)}
      />
      <Predicted
        label={t.figure.tpot}
        band={prediction.tpot}
        print={formatSeconds}
        evidence={() => tpotEvidence(answer)}
      />
      <Predicted
        label={t.figure.perChip}
        band={prediction.throughput.outputPerChip}
        print={formatRate}
        evidence={() => perChipEvidence(answer)}
      />
      <Ranged
        name="joules"
        label={t.figure.joules}
        figure={prediction.energy.perOutputToken}
        print={joules}
        range={t.figure.powerRange}
        evidence={() => joulesEvidence(answer)}
      />
    </dl>
  )
}

/** What became of a speed that was asked for. */
function AtSpeed({ answer }: { answer: DeploymentAnswer }) {
  const { atSpeed, userSpeed, step } = answer
  if (atSpeed === undefined || userSpeed === undefined) return null
  const t = text.value.atSpeed
  const speed = formatRate(userSpeed)
  const { limit, clients } = atSpeed
  if (limit === 'unreachable') {
    return (
      <p class="at-speed unreachable" role="alert">
        {t.unreachable(speed, formatRate(step.prediction.throughput.perUser.value))}
      </p>
    )
  }
  return <p class="at-speed">{t[limit](formatCount(clients), speed)}</p>
}

interface PredictedProps {
  readonly label: string
  readonly band: PredictedBand
  readonly print: (value: number) => string
  readonly evidence: () => Evidence
}

/** A number with both of its bands, in words and as a strip. */
function Predicted({ label, band, print, evidence }: PredictedProps) {
  return (
    <div class="figure">
      <dt>{label}</dt>
      <dd>
        <Num class="large" evidence={evidence}>
          {print(band.value)}
        </Num>
        <Strip band={band} />
        {bandLine(band, print).map((line, i) => (
          <small key={i}>{line}</small>
        ))}
      </dd>
    </div>
  )
}

const STRIP = { width: 160, height: 10 }

// Says nothing that the lines below it do not say.
function Strip({ band }: { band: PredictedBand }) {
  const { value, lo, hi, inner } = band
  const x = scaleLinear()
    .domain([Math.log(lo), Math.log(hi)])
    .range([1, STRIP.width - 1])
  const at = (one: number): number => x(Math.log(one))
  const y = STRIP.height / 2
  return (
    <svg class="strip" viewBox={`0 0 ${STRIP.width} ${STRIP.height}`} preserveAspectRatio="none" aria-hidden="true">
      <line class="outer" x1={at(lo)} x2={at(hi)} y1={y} y2={y} />
      <line class="inner" x1={at(inner.lo)} x2={at(inner.hi)} y1={y} y2={y} />
      <line class="value" x1={at(value)} x2={at(value)} y1="0" y2={STRIP.height} />
    </svg>
  )
}

interface RangedProps {
  readonly name: string
  readonly label: string
  readonly figure: Known
  readonly print: (value: number) => string
  readonly range: (range: string) => string
  readonly evidence: () => Evidence
}

/** A number whose range is that of a published figure. */
function Ranged({ name, label, figure, print, range, evidence }: RangedProps) {
  const ends = isKnown(figure) ? [figure.low ?? figure.value, figure.high ?? figure.value] : undefined
  const [low, high] = ends ?? []
  const isOpen = low !== undefined && high !== undefined && low !== high
  return (
    <div class="figure" data-figure={name}>
      <dt>{label}</dt>
      <dd>
        <Num class="large" evidence={evidence}>
          {known(figure, print)}
        </Num>
        {isOpen && <small>{range(rangeText(low, high, print))}</small>}
        {!isKnown(figure) && <small lang="en">{figure.unknown}</small>}
      </dd>
    </div>
  )
}

function Money({ label, figure, evidence }: Pick<RangedProps, 'label' | 'figure' | 'evidence'>) {
  const { priceRange, exact } = text.value.figure
  const isGiven = isKnown(figure) && figure.source === 'given'
  return (
    <Ranged
      name="cost"
      label={label}
      figure={figure}
      print={formatUsd}
      range={isGiven ? () => exact : priceRange}
      evidence={evidence}
    />
  )
}
