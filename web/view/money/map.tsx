import { type Crossover, type CrossoverMap, formatCount } from '../../../src/index.ts'
import { Chart } from '../../part/chart.tsx'
import type { Evidence } from '../../part/evidence.tsx'
import { Num } from '../../part/num.tsx'
import type { Cell } from '../../part/table.tsx'
import { HeatMap } from './heat-map.tsx'
import { Lines } from './lines.tsx'
import { axisLabel, metricText } from './metric.ts'
import { text } from './text.ts'
import { shortNumber } from './tornado.tsx'
import { inputName } from './two.tsx'
import { unitBeside } from './unit.ts'

/** Where the better side changes, over one parameter or two. */
export function BreakEven({ answer, command }: { answer: Crossover | CrossoverMap; command: string }) {
  return (
    <section>
      <h2>{text.value.map.crossing}</h2>
      {'crossings' in answer ? <Line answer={answer} command={command} /> : <Plane answer={answer} />}
    </section>
  )
}

type Winner = Crossover['stretches'][number]['winner']

function winnerText(winner: Winner): string {
  const t = text.value.map
  if (winner === 'a' || winner === 'b') return winner.toUpperCase()
  if (winner === 'tie') return t.tie
  return winner === 'neither' ? t.neither : t.only(winner.slice(-1).toUpperCase())
}

function Line({ answer, command }: { answer: Crossover; command: string }) {
  const t = text.value.map
  const { over, points, labels, crossings, metric, metricUnit } = answer
  const print = metricText(metricUnit)
  const name = text.value.inputs.metrics[metric] ?? metric
  const cell = (value: number | undefined): Cell => (value === undefined ? { value } : { value, shown: print(value) })
  return (
    <>
      <Stretches answer={answer} command={command} />
      <Chart
        title={t.line(name)}
        description={t.lineText}
        table={{
          caption: t.caption,
          head: [axisLabel(over), 'A', 'B', t.winner],
          rows: points.map(({ x, a, b, winner }) => [
            { value: x, shown: shortNumber(x) },
            cell(a),
            cell(b),
            { value: winnerText(winner) },
          ]),
        }}
      >
        {(width) => (
          <Lines
            width={width}
            lines={[
              { name: 'side-a', label: 'A', points: points.map(({ x, a }) => ({ x, y: a })) },
              { name: 'side-b', label: 'B', points: points.map(({ x, b }) => ({ x, y: b })) },
            ]}
            xs={over}
            isLog={over.scale === 'log'}
            xLabel={axisLabel(over)}
            print={print}
            marks={crossings.map(({ at }) => ({ x: at, label: shortNumber(at) }))}
            spoken={`${t.caption}: A ${labels[0]}, B ${labels[1]}. ${crossings.map(({ at }) => `${t.crossing} ${shortNumber(at)}`).join(', ')}`}
          />
        )}
      </Chart>
    </>
  )
}

function Stretches({ answer, command }: { answer: Crossover; command: string }) {
  const t = text.value.map
  const { stretches, crossings, labels, over, metricUnit, notes } = answer
  const print = metricText(metricUnit)
  const evidence =
    ({ at, below, above }: Crossover['crossings'][number]) =>
    (): Evidence => ({
      title: t.crossing,
      value: `${inputName(over.name)} ${shortNumber(at)}`,
      formula: t.crossingFormula,
      inputs: [below, above].map(
        ({ x, a, b }) => `${t.at} ${x}: A ${a === undefined ? '—' : print(a)}, B ${b === undefined ? '—' : print(b)}`,
      ),
      notes,
      command,
    })
  return (
    <div class="stretches">
      <ul>
        {stretches.map(({ from, to, winner }) => (
          <li key={from} class={winner === 'a' ? 'of-a' : winner === 'b' ? 'of-b' : undefined}>
            {winner === 'a' || winner === 'b'
              ? t.better(
                  `${winner.toUpperCase()} (${labels[winner === 'a' ? 0 : 1]})`,
                  shortNumber(from),
                  shortNumber(to),
                )
              : `${winnerText(winner)}: ${shortNumber(from)} – ${shortNumber(to)}`}
          </li>
        ))}
      </ul>
      {crossings.length === 0 && <p class="soft">{t.none}</p>}
      {crossings.map((crossing) => (
        <p key={crossing.at} class="crossing">
          {t.crossing}: <Num evidence={evidence(crossing)}>{shortNumber(crossing.at)}</Num> {unitBeside(over.unit)}
        </p>
      ))}
    </div>
  )
}

function Plane({ answer }: { answer: CrossoverMap }) {
  const t = text.value.map
  const { x, y, xs, ys, cells, metric, metricUnit, labels } = answer
  const print = metricText(metricUnit)
  const name = text.value.inputs.metrics[metric] ?? metric
  const cell = (value: number | undefined): Cell => (value === undefined ? { value } : { value, shown: print(value) })
  return (
    <Chart
      title={t.map(name)}
      description={
        <>
          {t.mapText} A: {labels[0]}. B: {labels[1]}. {formatCount(xs.length)} × {formatCount(ys.length)}.
        </>
      }
      table={{
        caption: t.caption,
        head: [axisLabel(x), axisLabel(y), 'A', 'B', 'A / B', t.winner],
        rows: cells.flatMap((row, j) =>
          row.map(({ a, b, winner }, i) => [
            { value: xs[i], shown: shortNumber(xs[i]!) },
            { value: ys[j], shown: shortNumber(ys[j]!) },
            cell(a),
            cell(b),
            a === undefined || b === undefined
              ? { value: undefined }
              : { value: a / b, shown: `×${shortNumber(a / b)}` },
            { value: winnerText(winner) },
          ]),
        ),
      }}
    >
      {(width) => <HeatMap map={answer} width={width} />}
    </Chart>
  )
}
