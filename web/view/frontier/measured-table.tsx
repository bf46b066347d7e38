import { formatCount, formatRate, formatSeconds, formatUsd } from '../../../src/index.ts'
import { Table } from '../../part/table.tsx'
import { chipName } from '../../state/own.ts'
import type { MeasuredRun } from './measured.ts'
import { text } from './text.ts'

const SOURCE = 'https://github.com/SemiAnalysisAI/InferenceX'

/** Where the measured runs come from, and all of them. */
export function MeasuredTable({ runs }: { runs: readonly MeasuredRun[] }) {
  const t = text.value
  const { measured, column } = t
  return (
    <details class="measured-runs">
      <summary>{measured.title}</summary>
      <p class="about">
        {measured.about(formatCount(runs.length))} {measured.source}:{' '}
        <a href={SOURCE} rel="noreferrer noopener" target="_blank">
          {measured.link}
        </a>
        .
      </p>
      <Table
        caption={measured.caption}
        head={[
          column.machine,
          column.chips,
          column.precision,
          column.engine,
          column.clients,
          measured.drafts,
          column.speed,
          column.perChip,
          column.cost,
          column.ttft,
          column.tpot,
        ]}
        rows={runs.map((run) => [
          { value: chipName(run.chip) },
          { value: run.chips, shown: formatCount(run.chips) },
          { value: run.precision },
          { value: run.engine },
          { value: run.clients, shown: formatCount(run.clients) },
          { value: measured.draft[run.drafts] ?? run.drafts },
          { value: run.speed, shown: formatRate(run.speed) },
          { value: run.perChip, shown: formatRate(run.perChip) },
          run.cost === undefined ? { value: undefined } : { value: run.cost, shown: formatUsd(run.cost) },
          { value: run.ttft, shown: formatSeconds(run.ttft / 1000) },
          { value: run.tpot, shown: formatSeconds(run.tpot / 1000) },
        ])}
      />
    </details>
  )
}
