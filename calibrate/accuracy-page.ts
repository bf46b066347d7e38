import { quantile } from '../cli/validate/score.ts'
import { loadOf } from '../src/predict/regime.ts'
import { type FittedTier, QUANTITIES, type Quantity, TIER_SCHEMES, rowRegime } from './band-file.ts'
import { checkBands, coverageOf } from './coverage.ts'
import type { Figures, ResidualRow } from './residual-table.ts'

type Kind = Exclude<keyof Figures, 'predicted' | 'rival'>
type Row = ResidualRow

/** docs/accuracy.md, whole. */
export function accuracyPage(rows: readonly Row[]): string {
  const fitted = rows.filter(({ isFitted }) => isFitted)
  return `${[
    '# Accuracy',
    `Made by \`npm run accuracy\` from the residuals in \`calibrate/residual\`, which \`npm run calibrate\` writes ([calibration](calibrate.md)). ${rows.length} benchmark rows, ${fitted.length} of them (aggregated, without drafts) in the fit. An error is |predicted / measured − 1|, given as median and 90th percentile; bias is the median of predicted / measured − 1.`,
    '## What the fit has not seen',
    'Rows in the fit, judged by constants fitted to all, and without the part that is named.',
    table(['left out', 'rows', ...HEAD], heldOutRows(fitted)),
    '## By regime',
    'Deployments left out; the rows that are never fitted to (pools, drafts on or unknown) are left out by nature.',
    ...SECTIONS.flatMap(({ title, key }) => [`### ${title}`, groupTable(rows, key)]),
    '![predicted against measured](pictures/accuracy-scatter.svg)',
    '![measured over predicted by concurrency](pictures/accuracy-concurrency.svg)',
    '## Beside AIConfigurator',
    'NVIDIA’s AIConfigurator on the rows for which its prediction is in the public table, with ours left out by deployment.',
    table(
      [
        '',
        'rows',
        'TPOT ours',
        'TPOT rival',
        'bias ours',
        'bias rival',
        'TTFT ours',
        'TTFT rival',
        'bias ours',
        'bias rival',
      ],
      rivalRows(rows),
    ),
    '## How often bands hold',
    'Bands made of nine tenths of the residuals, whole deployments and lengths at a time, and checked on the other tenth: share of measurements inside the 80 % / the 90 % band.',
    ...Object.keys(TIER_SCHEMES).flatMap((tier) => [`### ${tier}`, coverageTable(rows, tier as FittedTier)]),
    'A whole chip is one draw of few, so that transferred bands hold on average over chips and not on each.',
  ].join('\n\n')}\n`
}

const HEAD = ['TPOT', 'bias', 'TTFT', 'bias']

const SECTIONS: readonly { readonly title: string; readonly key: (row: Row) => string }[] = [
  { title: 'Mode and drafts', key: modeOf },
  { title: 'Engine', key: (row) => `${row.label.engine}, ${row.isFitted ? 'fitted' : 'not fitted'}` },
  { title: 'Chip', key: (row) => `${row.label.chip}, ${row.isFitted ? 'fitted' : 'not fitted'}` },
  { title: 'Model', key: (row) => `${row.modelId}, ${row.isFitted ? 'fitted' : 'not fitted'}` },
  {
    title: 'Load',
    key: (row) =>
      `${loadOf({ concurrency: Number(row.label.concurrency) })}, ${row.isFitted ? 'fitted' : 'not fitted'}`,
  },
]

function modeOf(row: Row): string {
  const { mode, drafts } = rowRegime(row)
  return `${mode}, drafts ${drafts}`
}

function heldOutRows(rows: readonly Row[]): string[][] {
  const kinds: readonly (readonly [Kind, string])[] = [
    ['seen', 'nothing'],
    ['row', 'rows'],
    ['deployment', 'deployments (model × chip × precision × engine)'],
    ['model', 'a whole model'],
    ['chip', 'a whole chip'],
  ]
  return kinds.map(([kind, name]) => [name, String(rows.length), ...errorCells(rows, kind)])
}

function groupTable(rows: readonly Row[], key: (row: Row) => string): string {
  return table(
    ['', 'rows', ...HEAD],
    grouped(rows, key).map(([name, own]) => [name, String(own.length), ...errorCells(own, 'deployment')]),
  )
}

function errorCells(rows: readonly Row[], kind: Kind): string[] {
  return QUANTITIES.flatMap((quantity) => scoreCells(rows.map((row) => 1 / row[quantity][kind])))
}

// Median and 90th percentile of the error, and bias, of predicted over measured.
function scoreCells(ratios: readonly number[]): [string, string] {
  const errors = ratios.map((ratio) => Math.abs(ratio - 1))
  return [`${percent(quantile(errors, 0.5))} / ${percent(quantile(errors, 0.9))}`, signed(quantile(ratios, 0.5) - 1)]
}

function rivalRows(rows: readonly Row[]): string[][] {
  const both = rows.filter(({ tpot, ttft }) => tpot.rival !== undefined && ttft.rival !== undefined)
  const groups: [string, Row[]][] = [
    ['all', both],
    ...grouped(both, modeOf),
    ...grouped(both, ({ label }) => label.engine),
    ...grouped(both, ({ label }) => label.chip),
    ...grouped(both, ({ modelId }) => modelId),
  ]
  return groups.map(([name, own]) => [
    name,
    String(own.length),
    ...QUANTITIES.flatMap((quantity) => besideCells(own, quantity)),
  ])
}

function besideCells(rows: readonly Row[], quantity: Quantity): string[] {
  const [ours, ourBias] = scoreCells(rows.map((row) => 1 / row[quantity].deployment))
  const [theirs, theirBias] = scoreCells(rows.map((row) => row[quantity].rival!))
  return [ours, theirs, ourBias, theirBias]
}

function coverageTable(rows: readonly Row[], tier: FittedTier): string {
  const checked = QUANTITIES.map((quantity) => checkBands(rows, tier, quantity))
  const keys: ((row: Row) => string)[] = [() => 'all', modeOf, ({ label }) => label.engine, ({ label }) => label.chip]
  const lines = keys.flatMap((key) =>
    grouped(rows, key).map(([name, own]) => [
      name,
      String(own.length),
      ...checked.map((each) => {
        const { inside80, inside90 } = coverageOf(each.filter(({ row }) => key(row) === name))
        return `${percent(inside80)} / ${percent(inside90)}`
      }),
    ]),
  )
  return table(['', 'rows', 'TPOT', 'TTFT'], lines)
}

function grouped(rows: readonly Row[], key: (row: Row) => string): [string, Row[]][] {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const name = key(row)
    const own = groups.get(name)
    if (own === undefined) groups.set(name, [row])
    else own.push(row)
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1))
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function percent(share: number): string {
  return `${(100 * share).toFixed(Math.abs(share) < 0.0995 ? 1 : 0)} %`
}

function signed(share: number): string {
  return `${share > 0 ? '+' : ''}${percent(share)}`
}
