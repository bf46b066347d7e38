import {
  type LoadPoint,
  formatCount,
  formatPercent,
  formatRate,
  formatSeconds,
  isKnown,
  formatUsd,
} from '../../../src/index.ts'
import type { Highest } from '../../engine/method/simulate.ts'
import type { Running } from '../../engine/question.ts'
import { text as shared } from '../../i18n/index.ts'
import { Chart } from '../../part/chart.tsx'
import type { Evidence } from '../../part/evidence.tsx'
import { Num } from '../../part/num.tsx'
import { NumberInput } from '../../part/number-input.tsx'
import { FaultAlert, Progress } from '../../part/progress.tsx'
import { Slider } from '../../part/slider.tsx'
import type { Cell, TableData } from '../../part/table.tsx'
import { useField } from '../../state/use-field.ts'
import type { ViewState } from '../../state/view-state.ts'
import { type Served, askHighest, highest, kept } from './answer.ts'
import { MOST_UNASKED, attain, level } from './course.ts'
import { LoadPicture } from './load-picture.tsx'
import { ATTAIN, TPOT, TTFT, type schema } from './schema.ts'
import { text } from './text.ts'

interface LevelProps {
  readonly answer: Served
  readonly state: ViewState<typeof schema>
  readonly command: (isSearch?: boolean) => string
}

/** The bounds, how well this run keeps them, and the greatest load that does. */
export function Level({ answer, state, command }: LevelProps) {
  const t = text.value.level
  const isShort = answer.document.requests.count <= MOST_UNASKED
  const { answer: last, phase } = highest.standing.value
  // While short runs are searched again the last word stays; of long ones only what was asked of this run is said.
  const found = isShort || last?.question === answer.question ? last : undefined
  return (
    <section class="level" aria-labelledby="level-title">
      <h2 id="level-title">{t.title}</h2>
      <p class="about">{t.about}</p>
      <Bounds state={state} />
      <KeptFault question={kept} />
      <div class="cards">
        <Kept answer={answer} command={command} />
        <Greatest
          found={found}
          isStale={phase !== 'idle' || found?.question !== answer.question}
          command={() => command(true)}
        />
      </div>
      {!isShort && found === undefined && phase !== 'working' && (
        <p class="about">
          <button type="button" onClick={() => askHighest(answer.question, level.peek(), attain.peek(), 0)}>
            {t.find}
          </button>{' '}
          {t.long}
        </p>
      )}
      <Progress question={highest} />
      {found !== undefined && found.points.length > 0 && (
        <Chart title={t.chart} description={t.chartAbout(formatPercent(found.attain))} table={() => tableOf(found)}>
          {(width) => <LoadPicture found={found} here={loadOf(answer, found)} width={Math.max(200, width)} />}
        </Chart>
      )}
    </section>
  )
}

function Bounds({ state }: Pick<LevelProps, 'state'>) {
  const t = text.value.level
  const [ttft, tpot, share] = [useField(state, 'ttft'), useField(state, 'tpot'), useField(state, 'attain')]
  return (
    <div class="bounds">
      <Slider
        label={t.ttft}
        unit={t.ms}
        limits={TTFT}
        isLog
        value={ttft}
        onChange={(next) => state.set({ ttft: next })}
      />
      <Slider
        label={t.tpot}
        unit={t.ms}
        limits={TPOT}
        isLog
        value={tpot}
        onChange={(next) => state.set({ tpot: next })}
      />
      <NumberInput
        label={t.attain}
        unit={t.percent}
        limits={ATTAIN}
        value={share}
        onChange={(next) => state.set({ attain: next ?? share })}
      />
    </div>
  )
}

function KeptFault({ question }: { question: Running<unknown> }) {
  const { fault } = question.standing.value
  return fault === undefined ? null : <FaultAlert fault={fault} />
}

// Where this run stands among the loads that were tried; undefined where it has no rate.
function loadOf({ document, question }: Served, { kind }: Highest): number | undefined {
  if (kind === 'clients') {
    const { workload } = question.scenario
    return (workload as { readonly concurrency?: number }).concurrency
  }
  const { offeredLoad } = document
  return offeredLoad === undefined || 'unknown' in offeredLoad ? undefined : offeredLoad.offered
}

function Kept({ answer, command }: { answer: Served; command: () => string }) {
  const t = text.value
  const { answer: found, phase } = kept.standing.value
  if (found === undefined) return <div class="card" aria-busy="true" />
  const { requests, requestRate } = answer.document
  const share = formatPercent(found.share)
  const good = formatRate(found.goodput)
  return (
    <div class="card" data-phase={phase}>
      <p class="big">
        <Num
          evidence={(): Evidence => ({
            title: `${t.level.title} ${t.level.kept}`,
            value: share,
            formula: t.evidence.share,
            values: `${formatCount(Math.round(found.share * requests.count))} / ${formatCount(requests.count)} = ${share}`,
            notes: [t.evidence.simulated],
            command: command(),
          })}
        >
          {share}
        </Num>
      </p>
      <p>{t.level.kept}</p>
      <p class="second">
        <Num
          evidence={(): Evidence => ({
            title: t.level.goodput,
            value: good,
            formula: t.evidence.goodput,
            notes: [t.evidence.simulated],
            command: command(),
          })}
        >
          {good}
        </Num>{' '}
        {t.level.goodput}
        {shared.value.mark.comma}
        {t.level.of(formatRate(requestRate))}
      </p>
    </div>
  )
}

interface GreatestProps {
  readonly found: Highest | undefined
  readonly isStale: boolean
  readonly command: () => string
}

function Greatest({ found, isStale, command }: GreatestProps) {
  const t = text.value
  if (found === undefined) return null
  const { limit, kind } = found
  if ('unknown' in found.found) {
    return (
      <div class="card" data-phase={isStale ? 'working' : 'idle'} data-limit={limit}>
        <p>
          <strong>{t.level.noLoad}</strong> <span lang="en">{found.found.unknown}</span>
          {shared.value.mark.stop}
        </p>
        <p class="about">{t.level.limit[limit]}</p>
      </div>
    )
  }
  const { load } = found.found
  const shown = kind === 'rate' ? formatRate(load) : formatCount(load)
  const name = kind === 'rate' ? t.level.highestRate : t.level.highestClients
  return (
    <div class="card" data-phase={isStale ? 'working' : 'idle'} data-limit={limit} data-load={load}>
      <p class="big">
        <Num
          evidence={(): Evidence => ({
            title: name,
            value: shown,
            formula: t.evidence.highest,
            notes: [t.evidence.simulated],
            command: command(),
          })}
        >
          {shown}
        </Num>
      </p>
      <p>{name}</p>
      <p class="second">{t.level.limit[limit]}</p>
    </div>
  )
}

function tableOf({ kind, points }: Highest): TableData {
  const t = text.value
  const p99 = (of: LoadPoint['ttft']): Cell =>
    'unknown' in of ? { value: undefined } : { value: of.p99, shown: formatSeconds(of.p99) }
  return {
    caption: t.level.chart,
    head: [
      t.level.load,
      t.level.share,
      t.level.goodput,
      t.level.p99('TTFT'),
      t.level.p99('TPOT'),
      t.level.cost,
      t.level.isMet,
    ],
    rows: points.map(({ load, attainment, goodput, ttft, tpot, bill, isMet }) => {
      const usd = bill.cost.perMtokOutput
      return [
        { value: load, shown: kind === 'rate' ? formatRate(load) : formatCount(load) },
        { value: attainment, shown: formatPercent(attainment) },
        { value: goodput, shown: formatRate(goodput) },
        p99(ttft),
        p99(tpot),
        isKnown(usd) ? { value: usd.value, shown: formatUsd(usd.value) } : { value: undefined },
        { value: isMet ? t.level.yes : t.level.no },
      ]
    }),
  }
}
