import { scaleLinear } from 'd3-scale'
import { area, line } from 'd3-shape'
import { type MarketResult, distributionText, formatCount, formatPercent } from '../../../src/index.ts'
import type { MarketAnswer } from '../../engine/method/money.ts'
import { Chart } from '../../part/chart.tsx'
import type { Evidence } from '../../part/evidence.tsx'
import { Num } from '../../part/num.tsx'
import { Select } from '../../part/select.tsx'
import { Table } from '../../part/table.tsx'
import type { ViewState } from '../../state/view-state.ts'
import type { Ends } from './field.ts'
import { RangeSlider } from './range-slider.tsx'
import { commandOf, type schema } from './schema.ts'
import { text } from './text.ts'
import { Tornado, shortNumber, shownDistribution } from './tornado.tsx'
import { unitBeside, unitName } from './unit.ts'

type State = ViewState<typeof schema>

/** A scenario, with its warning before anything else. */
export function Market({ answer, state }: { answer: MarketAnswer; state: State }) {
  const t = text.value.market
  const { result } = answer
  return (
    <>
      <div class="warning" role="note">
        <strong>{t.warning}</strong> {t.warningText}
      </div>
      <Headline answer={answer} command={commandOf(state.value.value)} />
      <YearsChart result={result} />
      <Tornado
        title={t.tornado}
        description={t.tornadoText}
        caption={t.tornadoCaption}
        head={[
          text.value.two.input,
          text.value.two.low,
          text.value.two.high,
          `${t.ratio}, ${text.value.two.low}`,
          `${t.ratio}, ${text.value.two.high}`,
        ]}
        centre={result.tornado.centre}
        bars={result.tornado.bars.map((bar) => ({ ...bar, name: t.names[bar.name] ?? bar.name }))}
      />
      <Assumptions answer={answer} state={state} />
    </>
  )
}

function Headline({ answer: { result, sources }, command }: { answer: MarketAnswer; command: string }) {
  const t = text.value.market
  const { ratio, chanceOfLess, threshold } = result
  const [q5, , q50, , q95] = ratio.quantiles.map(({ value }) => value)
  const evidence = (): Evidence => ({
    title: t.headline,
    value: `×${shortNumber(q50!)}`,
    formula: t.formula,
    band: { text: `×${shortNumber(q5!)} – ×${shortNumber(q95!)}`, level: 0.9 },
    notes: [t.warning, t.warningText],
    sources: Object.values(sources),
    command,
  })
  return (
    <div class="headline">
      <div class="first">
        <h2>{t.headline}</h2>
        <p class="big">
          <Num evidence={evidence}>{`×${shortNumber(q50!)}`}</Num>
        </p>
        <p class="band-text">
          ×{shortNumber(q5!)} – ×{shortNumber(q95!)}
        </p>
      </div>
      <div class="also">
        <p>{t.less(formatPercent(chanceOfLess.value))}</p>
        <p>
          {'none' in threshold ? (
            <>
              {t.thresholdNone} <span lang="en">{threshold.none}</span>
            </>
          ) : (
            t.threshold(shortNumber(threshold.elasticity))
          )}
        </p>
      </div>
    </div>
  )
}

const HEIGHT = 280

function YearsChart({ result }: { result: MarketResult }) {
  const t = text.value.market
  const billions = (usd: number): { value: number; shown: string } => ({
    value: usd / 1e9,
    shown: shortNumber(usd / 1e9),
  })
  return (
    <Chart
      title={t.chart}
      description={t.description}
      table={{
        caption: t.caption,
        head: [t.year, t.baseline, t.median, t.lo, t.hi, t.ratio, t.sram],
        rows: result.years.map(({ year, baselineRevenue, revenue, ratio, sramRevenue }) => [
          { value: year },
          billions(baselineRevenue.quantiles[2]!.value),
          billions(revenue.quantiles[2]!.value),
          billions(revenue.quantiles[0]!.value),
          billions(revenue.quantiles[4]!.value),
          { value: ratio.quantiles[2]!.value, shown: `×${shortNumber(ratio.quantiles[2]!.value)}` },
          billions(sramRevenue.quantiles[2]!.value),
        ]),
      }}
    >
      {(width) => <Fan years={result.years} width={width} />}
    </Chart>
  )
}

type Year = MarketResult['years'][number]

function Fan({ years, width }: { years: MarketResult['years']; width: number }) {
  const t = text.value.market
  const x = scaleLinear()
    .domain([years[0]!.year, years.at(-1)!.year])
    .range([52, width - 20])
  const y = scaleLinear()
    .domain([
      0,
      Math.max(
        ...years.map(({ revenue, baselineRevenue }) =>
          Math.max(revenue.quantiles[4]!.value, baselineRevenue.quantiles[2]!.value),
        ),
      ) / 1e9,
    ])
    .nice(5)
    .range([HEIGHT, 10])
  const at =
    (spread: 'revenue' | 'baselineRevenue', k: number) =>
    (year: Year): number =>
      y(year[spread].quantiles[k]!.value / 1e9)
  const band = (low: number, high: number): string =>
    area<Year>((year) => x(year.year), at('revenue', low), at('revenue', high))(years) ?? ''
  const path = (spread: 'revenue' | 'baselineRevenue'): string =>
    line<Year>((year) => x(year.year), at(spread, 2))(years) ?? ''
  const last = years.at(-1)!
  return (
    <svg
      viewBox={`0 0 ${width} ${HEIGHT + 24}`}
      role="img"
      aria-label={`${t.caption}. ${last.year}: ${shortNumber(last.revenue.quantiles[2]!.value / 1e9)}, ${t.baseline} ${shortNumber(last.baselineRevenue.quantiles[2]!.value / 1e9)}`}
    >
      {y.ticks(5).map((tick) => (
        <g key={tick}>
          <line class="grid" x1="52" x2={width - 20} y1={y(tick)} y2={y(tick)} />
          <text class="tick" x="46" y={y(tick) + 4} text-anchor="end">
            {formatCount(tick)}
          </text>
        </g>
      ))}
      {years.map(({ year }) => (
        <text key={year} class="tick" x={x(year)} y={HEIGHT + 18} text-anchor="middle">
          {year}
        </text>
      ))}
      <path class="band-90" d={band(0, 4)} />
      <path class="band-80" d={band(1, 3)} />
      <path class="baseline" d={path('baselineRevenue')} />
      <path class="fan-line" d={path('revenue')} />
    </svg>
  )
}

/** Every assumption with where it comes from; those that the page changes as intervals. */
function Assumptions({ answer: { result }, state }: { answer: MarketAnswer; state: State }) {
  const t = text.value.market
  const { market } = state.value.value
  const bars = new Map(result.tornado.bars.map((bar) => [bar.name, bar.input]))
  const change = (name: string, value: Ends | undefined): void => {
    const next = new Map(market)
    if (value === undefined) next.delete(name)
    else next.set(name, value)
    state.set({ market: next })
  }
  const start = (name: string): Ends => {
    const { low, high } = bars.get(name) ?? { low: 0, high: 1 }
    return { from: Number(low.toPrecision(3)), to: Number(high.toPrecision(3)) }
  }
  const { inputs } = result.scenario
  return (
    <div class="block vary">
      <h2>{t.assumptions}</h2>
      <div class="sliders">
        {[...market].map(([name, value]) => (
          <RangeSlider
            key={name}
            label={t.names[name] ?? name}
            unit={unitBeside(inputs.find((input) => input.name === name)?.unit)}
            limits={{ from: Math.min(0, value.from), to: Math.max(1, value.to * 1.5) }}
            isLog={false}
            value={value}
            onChange={(next) => change(name, next)}
            onRemove={() => change(name, undefined)}
          />
        ))}
        <Select
          label={t.change}
          value=""
          choices={[
            { id: '', label: t.choose },
            ...inputs
              .filter(({ name }) => !market.has(name))
              .map(({ name }) => ({ id: name, label: t.names[name] ?? name })),
          ]}
          onChange={(name) => name !== '' && change(name, start(name))}
        />
      </div>
      <AssumptionTable inputs={inputs} />
    </div>
  )
}

function AssumptionTable({ inputs }: { inputs: MarketResult['scenario']['inputs'] }) {
  const t = text.value.market
  return (
    <div class="assumptions">
      <Table
        caption={t.assumptions}
        head={[text.value.two.input, t.value, text.value.two.unit, t.basis, text.value.two.from, t.note]}
        rows={inputs.map(({ name, distribution, unit, basis, source, note }) => [
          { value: t.names[name] ?? name },
          {
            value: distributionText(distribution),
            shown: shownDistribution(distributionText(distribution)),
          },
          { value: unitName(unit) },
          { value: basis },
          { value: source },
          { value: note ?? '' },
        ])}
      />
    </div>
  )
}
