import { type Known, formatCount, formatSi, formatUnit, formatUsd, isKnown } from '../../../src/index.ts'
import type { DeploymentAnswer } from '../../engine/method/deployment.ts'
import { rangeText } from '../../part/predicted-band.ts'
import { text as shared } from '../../i18n/index.ts'
import { Chart } from '../../part/chart.tsx'
import { Num } from '../../part/num.tsx'
import {
  type Kind,
  footprintEvidence,
  hourEvidence,
  joules,
  kindEvidence,
  known,
  powerEvidence,
  REQUEST_PRINTS,
  requestEvidence,
} from './evidence.ts'
import { text } from './text.ts'

const ROW = 34

/** The bill of a million output tokens in its parts, then every kind of token with money, energy and carbon. */
export function Money({ answer }: { answer: DeploymentAnswer }) {
  const t = text.value.money
  const { perMtokOutput } = answer.step.prediction.cost
  return (
    <section class="money" aria-labelledby="money-title">
      <h2 id="money-title">{t.title}</h2>
      <div class="two-columns">
        {isKnown(perMtokOutput) ? (
          <Bill answer={answer} />
        ) : (
          <p lang="en" class="empty">
            {t.unknown(perMtokOutput.unknown)}
          </p>
        )}
        <Kinds answer={answer} />
      </div>
    </section>
  )
}

interface Part {
  readonly name: string
  readonly usd: number
  readonly low: number
  readonly high: number
  readonly kind: 'input' | 'output' | 'total'
}

/** Prompts and outputs of a million output tokens: they add up to the cost of the headline. */
function partsOf(answer: DeploymentAnswer): Part[] {
  const t = text.value.money
  const { cost } = answer.step.prediction
  const ratio = inputPerOutput(answer)
  const part = (name: string, figure: Known, factor: number, kind: Part['kind']): Part[] => {
    if (!isKnown(figure)) return []
    const { value, low = value, high = value } = figure
    return [{ name, usd: value * factor, low: low * factor, high: high * factor, kind }]
  }
  return [
    ...part(t.prompts, cost.split.input, ratio, 'input'),
    ...part(t.outputs, cost.split.output, 1, 'output'),
    ...part(t.total, cost.perMtokOutput, 1, 'total'),
  ]
}

function inputPerOutput({ step }: DeploymentAnswer): number {
  const { total, output } = step.prediction.throughput
  return (total.value - output.value) / output.value
}

function Bill({ answer }: { answer: DeploymentAnswer }) {
  const t = text.value.money
  const parts = partsOf(answer)
  return (
    <Chart
      title={t.waterfall}
      description={t.waterfallText(formatCount(inputPerOutput(answer) * 1e6))}
      table={() => ({
        caption: t.waterfall,
        head: [t.part, t.usd, t.low, t.high],
        rows: parts.map(({ name, usd, low, high }) => [
          { value: name },
          { value: usd, shown: formatUsd(usd) },
          { value: low, shown: formatUsd(low) },
          { value: high, shown: formatUsd(high) },
        ]),
      })}
    >
      {(width) => <BillPicture parts={parts} width={width} title={t.waterfall} />}
    </Chart>
  )
}

function BillPicture({ parts, width, title }: { parts: readonly Part[]; width: number; title: string }) {
  const left = Math.min(190, width * 0.45)
  const right = 64
  const most = Math.max(...parts.map(({ high }) => high))
  const x = (usd: number): number => left + (usd / most) * (width - left - right)
  const spoken = parts.map(({ name, usd }) => `${name}: ${formatUsd(usd)}`).join(', ')
  let before = 0
  return (
    <svg viewBox={`0 0 ${width} ${parts.length * ROW + 4}`} role="img" aria-label={`${title}. ${spoken}`}>
      {parts.map(({ name, usd, low, high, kind }, i) => {
        const from = kind === 'total' ? 0 : before
        if (kind !== 'total') before += usd
        const y = i * ROW
        const isRange = kind === 'total' && low < high
        return (
          <g key={kind} class="bill" data-kind={kind}>
            {kind === 'total' && <line class="rule" x1="0" x2={width} y1={y + 1} y2={y + 1} />}
            <text class="bar-name" x="0" y={y + 21}>
              {name}
            </text>
            <rect class="bar" x={x(from)} y={y + 8} width={Math.max(1, x(usd) - left)} height={ROW - 16} />
            {isRange && <line class="whisker" x1={x(low)} x2={x(high)} y1={y + ROW / 2} y2={y + ROW / 2} />}
            <text class="bar-time" x={width} y={y + 21} text-anchor="end">
              {formatUsd(usd)}
            </text>
          </g>
        )
      })}
    </svg>
  )
}

const KINDS: readonly Kind[] = ['input', 'cachedInput', 'output', 'blended']

function Kinds({ answer }: { answer: DeploymentAnswer }) {
  const t = text.value.money
  return (
    <div class="kinds">
      <h3>{t.kinds}</h3>
      <div class="scroll" tabIndex={0} role="region" aria-label={t.kinds}>
        <table>
          <thead>
            <tr>
              {[t.head.kind, t.head.usd, t.head.joules, t.head.grams].map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {KINDS.map((kind) => (
              <KindRow key={kind} answer={answer} kind={kind} />
            ))}
          </tbody>
        </table>
      </div>
      <p class="remark">{t.split}</p>
      <Machine answer={answer} />
    </div>
  )
}

function KindRow({ answer, kind }: { answer: DeploymentAnswer; kind: Kind }) {
  const t = text.value.money
  const { usd, joules: energy, grams } = kind === 'blended' ? answer.tokens.blended : answer.tokens.kinds[kind]
  return (
    <tr data-kind={kind}>
      <th scope="row">{t.kind[kind]}</th>
      <td>
        <Num evidence={() => kindEvidence(answer, kind)}>{known(usd, formatUsd)}</Num>
      </td>
      <td>
        <Num evidence={() => footprintEvidence(answer, kind, 'joules')}>
          {known(energy, (perMtok) => joules(perMtok / 1e6))}
        </Num>
      </td>
      <td>
        <Num evidence={() => footprintEvidence(answer, kind, 'grams')}>
          {known(grams, (mass) => formatSi(mass, 'g'))}
        </Num>
      </td>
    </tr>
  )
}

/** A request of the load, the power, and an hour of all chips. */
function Machine({ answer }: { answer: DeploymentAnswer }) {
  const t = text.value.money
  const { tokens, step } = answer
  const { chips, cost, energy } = step.prediction
  const watts = (power: number): string => formatSi(power, 'W')
  return (
    <dl class="machine">
      <dt>{t.request}</dt>
      <dd>
        {(['usd', 'joules', 'grams'] as const).map((what, at) => (
          <span key={what}>
            {at > 0 && shared.value.mark.comma}
            <Num evidence={() => requestEvidence(answer, what)}>
              {known(tokens.request[what], REQUEST_PRINTS[what])}
            </Num>
          </span>
        ))}
      </dd>
      <dt>{t.power}</dt>
      <dd>
        <Num evidence={() => powerEvidence(answer)}>{known(energy.power, watts)}</Num>{' '}
        <small>{rangeOf(energy.power, watts)}</small>
      </dd>
      <dt>{t.hourly}</dt>
      <dd>
        <Num evidence={() => hourEvidence(answer)}>
          {known(cost.chipHour, (hour) => formatUnit(hour * chips, 'USD'))}
        </Num>{' '}
        <small>{isKnown(cost.chipHour) && t.perHour(formatCount(chips), formatUnit(cost.chipHour.value, 'USD'))}</small>
      </dd>
    </dl>
  )
}

function rangeOf(figure: Known, print: (value: number) => string): string {
  if (!isKnown(figure) || figure.low === undefined || figure.high === undefined) return ''
  return rangeText(figure.low, figure.high, print)
}
