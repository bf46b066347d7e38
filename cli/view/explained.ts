import {
  type Explained,
  type Lever,
  type OperatorRow,
  formatCount,
  formatPercent,
  formatSeconds,
  formatSi,
} from '../../src/index.ts'
import type { Io } from '../io.ts'
import { rateText, shareText } from './figure.ts'
import type { Page } from './page.ts'
import { waterfallText } from './prediction.ts'
import { tableText } from './table.ts'
import { paragraph, printable } from './text.ts'

/** Causes that the name of a stretch says already. */
const NAMED: ReadonlySet<string> = new Set(['weights', 'kv', 'activations', 'compute', 'host', 'drafts'])
const MOST_LEVERS = 3

/** Why a deployment is as fast as it is: speed, waterfall, roofline, speed of light, levers. */
export function explainedPage(explained: Explained, page: Page, io: Io): Page {
  const { prediction, stepSeconds, waterfall } = explained
  const parts = waterfall.map(({ name, cause, seconds }) => ({
    name,
    count: 1,
    seconds,
    bound: NAMED.has(cause) ? '' : cause,
  }))
  return page
    .title(titleText(explained))
    .text(speedText(explained))
    .section(`One decode step, ${formatSeconds(stepSeconds)}`, waterfallText({ seconds: stepSeconds, parts }, io))
    .section(
      'Roofline of one chip',
      `${paragraph('', roofText(explained), io.columns)}\n\n${operatorTable(explained, io)}`,
    )
    .text(lightText(explained))
    .section('The largest levers, each asked again with that input changed', leverTable(explained, io))
    .notes(`Evidence: ${prediction.evidence.tier}`, [printable(prediction.evidence.reason)])
}

function titleText({ prediction }: Explained): string {
  const { model, chip, chips, layout, precision } = prediction
  return `${printable(model.name)} in ${precision} on ${formatCount(chips)} × ${printable(chip.name)} · ${layout}`
}

function speedText({ prediction, tokensPerStep, stepSeconds }: Explained): string {
  const { tpot, throughput, workload } = prediction
  const drafts =
    tokensPerStep === 1
      ? ''
      : ` A step takes ${formatSeconds(stepSeconds)} and gains ${rateText(tokensPerStep)} tokens.`
  const load = `${formatCount(workload.isl)} tokens in, ${formatCount(workload.osl)} out, ${formatCount(workload.concurrency)} clients`
  return `${load}: ${formatSeconds(tpot.value)} per output token, ${rateText(throughput.perUser.value)} tokens/s per user.${drafts}`
}

function roofText({ roofs }: Explained): string {
  const peaks = roofs.peaks.map(({ format, flops }) => {
    return `${format} ${formatSi(flops, 'FLOP/s')} (ridge at ${rateText(flops / roofs.bandwidth)} FLOP/B)`
  })
  return [formatSi(roofs.bandwidth, 'B/s'), ...peaks].join(', ')
}

function operatorTable({ operators, stepSeconds }: Explained, io: Io): string {
  const head = ['', 'time', 'of step', 'FLOP/B', 'attainable', 'achieved', 'of light', 'bound']
  const rows = operators
    .filter(({ seconds }) => seconds > 0)
    .toSorted((a, b) => b.seconds - a.seconds)
    .map((row) => [
      row.count > 1 ? `${printable(row.name)} × ${formatCount(row.count)}` : printable(row.name),
      formatSeconds(row.seconds),
      shareText(row.seconds / stepSeconds),
      row.intensity === undefined ? '' : rateText(row.intensity),
      flopsText(row.attainable),
      flopsText(row.achieved),
      row.light > 0 ? formatPercent(row.light / row.seconds) : '',
      row.bound,
    ])
  return tableText({ head, rows, left: [0, 7] }, io)
}

function flopsText(flops: OperatorRow['achieved']): string {
  return flops === undefined ? '' : formatSi(flops, 'FLOP/s')
}

function lightText({ light, stepSeconds, hops }: Explained): string {
  const wait = stepSeconds - light.seconds
  const links =
    hops === undefined ? '' : ` A token waits for ${formatCount(hops.count)} link hops, ${formatSeconds(hops.seconds)}.`
  return `Bytes and FLOPs at published peaks need ${formatSeconds(light.seconds)} of a step, ${formatPercent(light.share)}; the other ${formatSeconds(wait)} are latency, waiting and what kernels and links do not reach.${links}`
}

function leverTable({ levers }: Explained, io: Io): string {
  const best = levers.filter(({ gain }) => gain > 0).slice(0, MOST_LEVERS)
  if (best.length === 0) return 'Nothing that is halved or doubled makes it faster.'
  const head = ['', 'time per output token', 'tokens/s per user', 'change']
  return tableText({ head, rows: best.map(leverRow) }, io)
}

function leverRow({ change, tpot, perUser, gain }: Lever): string[] {
  return [change, formatSeconds(tpot), rateText(perUser), `−${shareText(gain)}`]
}
