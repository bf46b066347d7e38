import { scaleLinear, scaleLog } from 'd3-scale'
import { INPUTS, type UncertainComparison, formatCount, formatPercent, formatUsd } from '../../../src/index.ts'
import type { UncertainAnswer } from '../../engine/method/money.ts'
import { Chart } from '../../part/chart.tsx'
import type { Evidence } from '../../part/evidence.tsx'
import { Num } from '../../part/num.tsx'
import { Select } from '../../part/select.tsx'
import { Table } from '../../part/table.tsx'
import type { ViewState } from '../../state/view-state.ts'
import type { Ends } from './field.ts'
import { logTicks } from './tick.ts'
import { RangeSlider } from './range-slider.tsx'
import { VARIED, commandOf, type schema } from './schema.ts'
import { text } from './text.ts'
import { Tornado, shownDistribution } from './tornado.tsx'
import { unitBeside, unitName } from './unit.ts'

type State = ViewState<typeof schema>

/** "b.chip-price" as people call it. */
export function inputName(name: string): string {
  const t = text.value
  const [first = '', second] = name.split('.')
  const side = second === undefined ? '' : (t.inputs.of[first] ?? '')
  return `${side}${t.input[second ?? first] ?? name}`
}

/** Two deployments with all that is not known of them. */
export function Two({ answer, state }: { answer: UncertainAnswer; state: State }) {
  const t = text.value.two
  const command = commandOf(state.value.value)
  const shares = new Map(answer.answer.indices.indices.map(({ name, total }) => [name, total.value]))
  return (
    <>
      <Chance answer={answer} command={command} />
      <Intervals answer={answer} command={command} />
      <Vary state={state} />
      <Tornado
        title={t.tornado}
        description={t.tornadoText}
        caption={t.tornadoCaption}
        head={[t.input, t.low, t.high, t.ratioLow, t.ratioHigh, t.share]}
        centre={answer.answer.tornado.centre}
        bars={answer.answer.tornado.bars.map((bar) => {
          const share = 100 * (shares.get(bar.name) ?? 0)
          return { ...bar, name: inputName(bar.name), more: [{ value: share, shown: share.toFixed(1) }] }
        })}
      />
      <Varied answer={answer.answer} />
    </>
  )
}

function Chance({ answer: { answer }, command }: { answer: UncertainAnswer; command: string }) {
  const t = text.value.two
  const { aCheaper } = answer.probability
  const [a, b] = answer.sides
  const evidence = (): Evidence => ({
    title: t.cheaper(a.label, b.label),
    value: formatPercent(aCheaper.value),
    formula: t.formula,
    notes: answer.notes,
    command,
  })
  return (
    <div class="headline">
      <div class="first">
        <h2>{t.cheaper(`A (${a.label})`, `B (${b.label})`)}</h2>
        <p class="big">
          <Num evidence={evidence}>{formatPercent(aCheaper.value)}</Num>
        </p>
        <p class="band-text">{t.error(formatPercent(aCheaper.error), formatCount(answer.samples))}</p>
      </div>
      <div class="chance" aria-hidden="true">
        <span class="of-a" style={{ width: `${100 * aCheaper.value}%` }} />
      </div>
    </div>
  )
}

type Side = UncertainComparison['sides'][number]

function sideEvidence(side: Side, name: string, { answer, sources }: UncertainAnswer, command: string): Evidence {
  const t = text.value.two
  const [q5, , q50, , q95] = side.cost.quantiles.map(({ value }) => value)
  const evidence = side.prediction?.evidence
  return {
    title: `${name}: ${side.label}`,
    value: formatUsd(q50!),
    formula: t.quantile,
    inputs: [`${t.predicted}: ${formatUsd(side.central)}`, `${t.mean}: ${formatUsd(side.cost.mean.value)}`],
    band: { text: `${formatUsd(q5!)} – ${formatUsd(q95!)}`, level: 0.9 },
    tier: evidence?.tier,
    reason: evidence?.reason,
    notes: [...answer.notes, ...(evidence?.notes ?? [])],
    sources: (evidence?.sources ?? []).flatMap((id) => sources[id] ?? []),
    command,
  }
}

function Intervals({ answer, command }: { answer: UncertainAnswer; command: string }) {
  const t = text.value.two
  const { sides } = answer.answer
  const names = [t.a, t.b]
  return (
    <>
      <Chart
        title={t.intervals}
        description={t.description}
        table={{
          caption: t.caption,
          head: [t.side, t.predicted, '5 %', '10 %', t.median, '90 %', '95 %', t.mean],
          rows: sides.map((side, i) =>
            [side.central, ...side.cost.quantiles.map(({ value }) => value), side.cost.mean.value].reduce<
              { value: string | number; shown?: string }[]
            >((row, value) => [...row, { value, shown: formatUsd(value) }], [{ value: `${names[i]}: ${side.label}` }]),
          ),
        }}
      >
        {(width) => <IntervalPicture sides={sides} names={names} width={width} />}
      </Chart>
      <dl class="medians">
        {sides.map((side, i) => (
          <div key={names[i]}>
            <dt>
              {names[i]}: {side.label}
            </dt>
            <dd>
              <Num evidence={() => sideEvidence(side, names[i]!, answer, command)}>
                {formatUsd(side.cost.quantiles[2]!.value)}
              </Num>{' '}
              <small>
                {formatUsd(side.cost.quantiles[0]!.value)} – {formatUsd(side.cost.quantiles[4]!.value)}
              </small>
            </dd>
          </div>
        ))}
      </dl>
    </>
  )
}

function IntervalPicture({ sides, names, width }: { sides: readonly Side[]; names: readonly string[]; width: number }) {
  const ends = sides.flatMap(({ cost, central }) => [central, ...cost.quantiles.map(({ value }) => value)])
  const x = scaleLog()
    .domain([Math.min(...ends) / 1.12, Math.max(...ends) * 1.12])
    .range([34, width - 12])
  const [from = 1, to = 1] = x.domain()
  const most = width < 520 ? 4 : 8
  const ticks = to / from < 5 ? scaleLinear().domain([from, to]).ticks(most) : logTicks({ from, to }, most)
  const spoken = sides.map(({ cost }, i) => `${names[i]}: ${formatUsd(cost.quantiles[2]!.value)}`).join(', ')
  return (
    <svg viewBox={`0 0 ${width} 122`} role="img" aria-label={`${text.value.two.caption}. ${spoken}`}>
      {ticks.map((tick) => (
        <g key={tick}>
          <line class="grid" x1={x(tick)} x2={x(tick)} y1="0" y2="96" />
          <text class="tick" x={x(tick)} y="114" text-anchor="middle">
            {formatUsd(tick)}
          </text>
        </g>
      ))}
      {sides.map(({ cost, central }, i) => {
        const [q5, q10, q50, q90, q95] = cost.quantiles.map(({ value }) => x(value)) as [
          number,
          number,
          number,
          number,
          number,
        ]
        return (
          <g key={names[i]} class={i === 0 ? 'side-a' : 'side-b'} transform={`translate(0 ${i * 48 + 24})`}>
            <text class="side-name" x="4" y="5">
              {names[i]}
            </text>
            <line class="thin" x1={q5} x2={q95} y1="0" y2="0" />
            <line class="thick" x1={q10} x2={q90} y1="0" y2="0" />
            <circle class="median" cx={q50} cy="0" r="6" />
            <line class="predicted" x1={x(central)} x2={x(central)} y1="-13" y2="13" />
          </g>
        )
      })}
    </svg>
  )
}

/** Intervals that the page gives; what it does not keeps its published range. */
function Vary({ state }: { state: State }) {
  const t = text.value.two
  const { vary } = state.value.value
  const change = (name: string, value: Ends | undefined): void => {
    const next = new Map(vary)
    if (value === undefined) next.delete(name)
    else next.set(name, value)
    state.set({ vary: next })
  }
  const left = VARIED.filter((name) => !vary.has(name) && !name.endsWith('speed'))
  const rangeOf = (name: string): Ends => {
    const [from, to] = ruleOf(name).range
    return { from, to }
  }
  return (
    <section class="vary" aria-labelledby="vary-title">
      <h2 id="vary-title">{t.vary}</h2>
      <p class="soft">{t.varyText}</p>
      <div class="sliders">
        {[...vary].map(([name, value]) => (
          <RangeSlider
            key={name}
            label={inputName(name)}
            unit={unitBeside(ruleOf(name).unit)}
            limits={rangeOf(name)}
            isLog={ruleOf(name).scale === 'log'}
            value={value}
            onChange={(next) => change(name, next)}
            onRemove={() => change(name, undefined)}
          />
        ))}
        <Select
          label={t.add}
          value=""
          choices={[{ id: '', label: t.choose }, ...left.map((id) => ({ id, label: inputName(id) }))]}
          onChange={(name) => name !== '' && change(name, startOf(name))}
        />
      </div>
    </section>
  )
}

export function ruleOf(name: string): NonNullable<ReturnType<typeof INPUTS.get>> {
  return INPUTS.get(name.split('.').at(-1)!)!
}

// The middle of where it may be: a start that can be seen and moved.
function startOf(name: string): Ends {
  const { range, scale, isWhole } = ruleOf(name)
  const [from, to] = range
  const at = (share: number): number => {
    const exact = scale === 'log' && from > 0 ? from * (to / from) ** share : from + (to - from) * share
    return isWhole ? Math.round(exact) : Number(exact.toPrecision(2))
  }
  return { from: at(0.6), to: at(0.9) }
}

function Varied({ answer }: { answer: UncertainComparison }) {
  const t = text.value.two
  return (
    <div class="block">
      <h2>{t.inputs}</h2>
      <Table
        caption={t.inputs}
        head={[t.input, t.side, t.distribution, t.unit, t.from]}
        rows={answer.inputs.map(({ name, sides, distribution, unit, origin, source }) => [
          { value: inputName(name) },
          { value: sides.map((side) => side.toUpperCase()).join(' + ') },
          { value: distribution, shown: shownDistribution(distribution) },
          { value: unitName(unit) },
          { value: `${t.origin[origin] ?? origin}${source === undefined ? '' : `: ${source}`}` },
        ])}
      />
    </div>
  )
}
