import { scaleLinear } from 'd3-scale'
import { type ChipHourCost, type Figure, INPUTS, formatUsd, isKnown, tcoName } from '../../../src/index.ts'
import type { CostAnswer } from '../../engine/method/money.ts'
import { Chart } from '../../part/chart.tsx'
import type { Evidence } from '../../part/evidence.tsx'
import { fitted } from '../../part/fitted.ts'
import { Num } from '../../part/num.tsx'
import { Slider } from '../../part/slider.tsx'
import { Table } from '../../part/table.tsx'
import type { ViewState } from '../../state/view-state.ts'
import { tickText } from './tick.ts'
import { OWNED, commandOf, type schema } from './schema.ts'
import { text } from './text.ts'
import { shortNumber } from './tornado.tsx'
import { unitBeside } from './unit.ts'

type State = ViewState<typeof schema>
type Interval = ChipHourCost['total']

/** What an hour of a machine costs its owner. */
export function Hour({ answer, state }: { answer: CostAnswer; state: State }) {
  const t = text.value.hour
  const { cost } = answer.cost.bill
  return (
    <>
      {'unknown' in cost ? (
        <p class="unknown">
          {t.unknown} <span lang="en">{cost.unknown}</span>
        </p>
      ) : (
        <>
          <Headline cost={cost} answer={answer} command={commandOf(state.value.value)} />
          <PartsChart cost={cost} />
        </>
      )}
      <OwnerInputs answer={answer} state={state} />
      <Published answer={answer} />
    </>
  )
}

interface HeadlineProps {
  readonly cost: ChipHourCost
  readonly answer: CostAnswer
  readonly command: string
}

function Headline({ cost, answer, command }: HeadlineProps) {
  const t = text.value.hour
  const { total, paid, marginal, yearly, capital } = cost
  const entries: readonly (readonly [string, Interval | { readonly unknown: string }])[] = [
    [t.paid, paid],
    [t.marginal, marginal],
    [t.year, yearly],
    [t.capital, capital],
  ]
  const evidence = (title: string, of: Interval) => (): Evidence => evidenceOf({ title, of, answer, command })
  return (
    <div class="headline">
      <div class="first">
        <h2>{t.headline}</h2>
        <p class="big">
          <Num evidence={evidence(t.headline, total)}>{formatUsd(total.central)}</Num>
        </p>
        <p class="band-text">{t.range(formatUsd(total.low), formatUsd(total.high))}</p>
        <p class="soft">{t.outer}</p>
      </div>
      <dl>
        {entries.map(([name, of]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              {'unknown' in of ? (
                '—'
              ) : (
                <>
                  <Num evidence={evidence(name, of)}>{formatUsd(of.central)}</Num>{' '}
                  <small>{t.range(formatUsd(of.low), formatUsd(of.high))}</small>
                </>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  )
}

interface EvidenceOf {
  readonly title: string
  readonly of: Interval
  readonly answer: CostAnswer
  readonly command: string
}

function evidenceOf({ title, of, answer, command }: EvidenceOf): Evidence {
  const t = text.value.hour
  const { bill } = answer.cost
  const { figures, parts, total } = 'unknown' in bill.cost ? { figures: {}, parts: {}, total: undefined } : bill.cost
  const inputs = Object.entries(figures).map(
    ([name, { value, unit, low, high, note }]) =>
      `${name}: ${shortNumber(value)} ${unitBeside(unit)}${low === undefined || high === undefined || low === high ? '' : ` (${shortNumber(low)} … ${shortNumber(high)})`}${note === undefined ? '' : `: ${note}`}`,
  )
  const sources = [...new Set(Object.values(figures).map(({ source }) => source))]
  return {
    title,
    value: formatUsd(of.central),
    formula: t.formula,
    values: of === total ? sumText(parts, total) : undefined,
    inputs,
    band: { text: t.range(formatUsd(of.low), formatUsd(of.high)) },
    notes: [t.outer],
    sources: sources.flatMap((id) => answer.sources[id] ?? []),
    command,
  }
}

/** What the parts of an hour come to. */
function sumText(parts: ChipHourCost['parts'] | Record<string, never>, total: Interval): string {
  const named = Object.entries(parts)
    .filter(([, { central }]) => central > 0)
    .map(([name, { central }]) => `${formatUsd(central)} (${text.value.hour.parts[name] ?? name})`)
  return `${named.join(' + ')} = ${formatUsd(total.central)}`
}

const ROW = 24

function PartsChart({ cost }: { cost: ChipHourCost }) {
  const t = text.value.hour
  const rows = [...Object.entries(cost.parts).filter(([, { high }]) => high > 0), ['', cost.total] as const].map(
    ([name, of]) => ({ name: name === '' ? t.total : (t.parts[name] ?? name), isTotal: name === '', of }),
  )
  const usd = (value: number): { value: number; shown: string } => ({ value, shown: formatUsd(value) })
  return (
    <Chart
      title={t.chart}
      description={t.description}
      table={{
        caption: t.caption,
        head: [t.part, t.low, t.central, t.high],
        rows: rows.map(({ name, of }) => [{ value: name }, usd(of.low), usd(of.central), usd(of.high)]),
      }}
    >
      {(width) => {
        const left = width < 520 ? 120 : 180
        const x = scaleLinear()
          .domain([0, cost.total.high])
          .range([left, width - 8])
        const bottom = rows.length * ROW + 4
        return (
          <svg viewBox={`0 0 ${width} ${bottom + 22}`} role="img" aria-label={t.caption}>
            {x.ticks(width < 520 ? 4 : 8).map((tick) => (
              <g key={tick}>
                <line class="grid" x1={x(tick)} x2={x(tick)} y1="0" y2={bottom} />
                <text class="tick" x={x(tick)} y={bottom + 16} text-anchor="middle">
                  {tickText(formatUsd)(tick)}
                </text>
              </g>
            ))}
            {rows.map(({ name, of, isTotal }, i) => (
              <g key={name} class={isTotal ? 'total' : undefined} transform={`translate(0 ${i * ROW})`}>
                <text class="label" x={left - 10} y="16" text-anchor="end">
                  {fitted(name, left - 12)}
                </text>
                <line class="interval" x1={x(of.low)} x2={x(of.high)} y1="12" y2="12" />
                <circle class="dot" cx={x(of.central)} cy="12" r={isTotal ? 5.5 : 4.5} />
              </g>
            ))}
          </svg>
        )
      }}
    </Chart>
  )
}

/** Every input of the owner as a slider, with the range that is published for it. */
function OwnerInputs({ answer, state }: { answer: CostAnswer; state: State }) {
  const t = text.value
  const { set } = state.value.value
  const { inputs } = answer.cost.bill
  const change = (name: string, value: number | undefined): void => {
    const next = new Map(set)
    if (value === undefined) next.delete(name)
    else next.set(name, value)
    state.set({ set: next })
  }
  return (
    <section class="owner-inputs" aria-labelledby="inputs-title">
      <h2 id="inputs-title">{t.hour.inputs}</h2>
      <div class="sliders">
        {OWNED.flatMap((name) => {
          const figure = (inputs as unknown as Record<string, Figure | { unknown: string } | undefined>)[
            tcoName(name, [])
          ]
          const value = set.get(name) ?? (figure !== undefined && isKnown(figure) ? figure.value : undefined)
          // What is the same for nobody and published by nobody has no place to start from.
          return value === undefined
            ? []
            : [
                <OwnerInput
                  key={name}
                  name={name}
                  value={value}
                  figure={figure as Figure}
                  isOwn={set.has(name)}
                  sources={answer.sources}
                  onChange={(next) => change(name, next)}
                />,
              ]
        })}
      </div>
    </section>
  )
}

interface OwnerInputProps {
  readonly name: string
  readonly value: number
  readonly figure: Figure
  readonly isOwn: boolean
  readonly sources: CostAnswer['sources']
  readonly onChange: (value: number | undefined) => void
}

function OwnerInput({ name, value, figure, isOwn, sources, onChange }: OwnerInputProps) {
  const t = text.value
  const { range, scale, support, unit } = INPUTS.get(name)!
  const { low = figure.value, high = figure.value } = figure
  const limits = { from: Math.min(range[0], value), to: Math.max(range[1], value) }
  const shown = unitBeside(unit)
  const print = (each: number): string => shortNumber(each)
  const shownRange = low < high ? `${print(low)} … ${print(high)} ${shown}` : `${print(figure.value)} ${shown}`
  const evidence = (): Evidence => ({
    title: t.input[name] ?? name,
    value: `${print(figure.value)} ${shown}`,
    inputs: [[figure.note, figure.date].filter((part) => part !== undefined).join(', ')].filter((part) => part !== ''),
    ...(low < high ? { band: { text: shownRange } } : {}),
    notes: Object.hasOwn(sources, figure.source) ? [] : [`${figure.basis}: ${figure.source}`],
    sources: [sources[figure.source]].filter((source) => source !== undefined),
  })
  return (
    <div class="owner-input" data-input={name}>
      <Slider
        label={t.input[name] ?? name}
        unit={shown}
        limits={{ from: Math.max(limits.from, support.min), to: limits.to }}
        isLog={scale === 'log' && limits.from > 0}
        value={Number(value.toPrecision(6))}
        onChange={onChange}
      />
      {isOwn ? (
        <button type="button" class="quiet" onClick={() => onChange(undefined)}>
          {t.hour.own}
        </button>
      ) : (
        <small>
          <Num evidence={evidence}>{shownRange}</Num>
        </small>
      )}
    </div>
  )
}

function Published({ answer }: { answer: CostAnswer }) {
  const t = text.value.hour
  const { market } = answer.cost.bill
  if (market.length === 0) return null
  return (
    <div class="block">
      <h2>{t.market}</h2>
      <Table
        caption={t.market}
        head={[t.kind, t.what, t.price, t.date, t.ratio]}
        rows={market.map(({ kind, price, ratio }) => [
          { value: t.kinds[kind] ?? kind },
          { value: price.item },
          { value: price.value, shown: <PriceNum price={price} answer={answer} /> },
          { value: price.date },
          typeof ratio === 'number' ? { value: ratio, shown: `×${ratio.toFixed(2)}` } : { value: undefined },
        ])}
      />
    </div>
  )
}

function PriceNum({
  price,
  answer,
}: {
  price: CostAnswer['cost']['bill']['market'][number]['price']
  answer: CostAnswer
}) {
  const evidence = (): Evidence => ({
    title: price.item,
    value: `${formatUsd(price.value)}/h`,
    inputs: price.date === undefined ? [] : [price.date],
    sources: [answer.sources[price.source]].filter((source) => source !== undefined),
  })
  return <Num evidence={evidence}>{formatUsd(price.value)}</Num>
}
