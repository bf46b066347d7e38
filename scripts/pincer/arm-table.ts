import { MACHINES, type Trio } from './arm.ts'
import { type FaceOff, type Point, USER_SPEED, YARDSTICK, costOf, nameOf, pointOf } from './face-off.ts'
import { short, table, times, usd } from './print.ts'

const TITLES: Readonly<Record<Point, string>> = {
  cheapest: 'Cheapest per token',
  fast: `Cheapest at ≥ ${USER_SPEED} tokens/s for every user`,
}

const billions = (params: number): string => `${short(params / 1e9)} B`

/** Who is held against whom. */
export function partnerTable(trios: readonly Trio[]): string {
  return table(
    ['sparse', 'total', 'active', 'dense of its active size', 'dense of its total size'],
    trios.map(({ arch, total, active, likeActive, likeTotal }) => [
      arch.name,
      billions(total),
      `${billions(active)} (${((100 * active) / total).toFixed(1)} %)`,
      `${likeActive.name}, ${billions(likeActive.params)}`,
      `${likeTotal.name}, ${billions(likeTotal.params)}`,
    ]),
  )
}

/** Both points of a sparse model on every machine. */
export function modelSection(trio: Trio, rows: readonly FaceOff[]): string {
  const { arch, likeActive, likeTotal } = trio
  return [
    `### ${arch.name}`,
    '',
    `Beside ${likeActive.name} (A) and ${likeTotal.name} (T). × is cost per output token of the sparse model over theirs on the same machine, and over its own on B200.`,
    '',
    ...(['cheapest', 'fast'] as const).flatMap((point) => [`**${TITLES[point]}**`, '', pointTable(rows, point), '']),
  ].join('\n')
}

function pointTable(rows: readonly FaceOff[], point: Point): string {
  const family = new Map(MACHINES.flatMap(({ family: name, chips }) => chips.map((chip) => [chip, name])))
  return table(
    [
      'machine',
      'machines',
      'tokens/s per user',
      '$ per Mtok',
      'J per token',
      '÷ dense A',
      '÷ dense T',
      '÷ itself on B200',
    ],
    rows.map((row) => [`${nameOf(row.chip)} (${family.get(row.chip)!})`, ...cells(row, point)]),
  )
}

const NONE = 'n/a'

function cells({ chip, cell, overActive, overTotal, overYardstick, reaches }: FaceOff, point: Point): string[] {
  const found = pointOf(cell, point)
  if (found === undefined) return ['not reached', ...Array.from({ length: 6 }, () => '')]
  const cost = costOf(cell, point)
  const { perOutputToken: joules } = found.energy
  const against = (band: FaceOff['overTotal'][Point], isReached: boolean): string =>
    band === undefined ? (point === 'fast' && !isReached ? 'dense does not reach it' : NONE) : times(band)
  return [
    short(found.chips),
    short(found.throughput.perUser.value),
    cost === undefined ? NONE : usd(cost),
    'value' in joules ? short(joules.value) : NONE,
    against(overActive[point], reaches.active),
    against(overTotal[point], reaches.total),
    chip === YARDSTICK ? '×1' : against(overYardstick[point], true),
  ]
}
