import {
  type Point,
  type Routing,
  type Tiers,
  formatBytes,
  formatCount,
  formatPercent,
  formatSeconds,
  formatSi,
  tiersFigure,
} from '../../src/index.ts'
import type { Io } from '../io.ts'
import { rateText, shareText } from './figure.ts'
import type { Page } from './page.ts'
import { tableText } from './table.ts'
import { paragraph, printable } from './text.ts'

/** How much fast memory a model needs, and what less of it costs. */
export function tiersPage(of: Tiers, page: Page, io: Io): Page {
  return page
    .title(titleText(of))
    .text(setupText(of))
    .section(`Within ${formatPercent(of.within)} of all-fast`, paragraph('', answerText(of), io.columns))
    .section('What lies where', paragraph('', bytesText(of), io.columns))
    .section('Speed over fast memory', curveTable(of, io))
    .section('What a hit rate buys, every layer hitting alike', hitTable(of, io))
    .notes('Remarks', of.notes.map(printable))
}

function titleText({ model, machine }: Tiers): string {
  const { chips, name, fast, slow } = machine
  const count = chips > 1 ? `${formatCount(chips)} × ` : ''
  return `${printable(model)} on ${count}${printable(name)}: ${fast.name} of ${memoryText(fast)}, ${slow.name} of ${memoryText(slow)}`
}

function memoryText({ capacity, bandwidth }: { readonly capacity: number; readonly bandwidth: number }): string {
  return `${formatBytes(capacity)} at ${formatSi(bandwidth, 'B/s')}`
}

function setupText(of: Tiers): string {
  const { load, users, context, precision } = of
  const [first] = load.layers
  const shape = `${load.layers.length} layers of ${formatCount(first?.work.experts ?? 0)} experts, ${formatCount(first?.work.topk ?? 0)} per token`
  const who = users === 1 ? 'one user' : `${formatCount(users)} users`
  return `${shape}, ${precision}; ${who} with ${formatCount(context)} tokens of context; ${routingText(of.routing)} routing; ${supplyText(of)}.`
}

export function routingText(routing: Routing): string {
  if (routing.kind === 'histogram') return `measured (${printable(routing.file)})`
  return routing.kind === 'power' ? `power-law (rank^−${routing.exponent})` : routing.kind
}

function supplyText({ residency, compute, prefetch, accuracy }: Tiers): string {
  const held = residency === 'lru' ? 'experts used last stay' : 'the hottest experts stay'
  if (compute === 'host') return `${held}, the host computes the others`
  const ways = {
    none: 'others are fetched on demand',
    next: `others are guessed a layer ahead, ${formatPercent(accuracy)} of them right`,
    layer: 'others are fetched ahead, whole layers at a time',
  }
  return `${held}, ${ways[prefetch]}`
}

function answerText(of: Tiers): string {
  const { answer, bounds, here, machine, hitNeeded } = of
  const all = answer.experts >= bounds.all.experts ? 'all experts' : `${shareText(answer.share)} of the experts`
  const need = `from ${formatBytes(answer.capacity)} of fast memory on: ${all}, ${hitText(answer.byteHit)} of the expert bytes read (${hitText(hitNeeded)} if all layers hit alike), ${speedText(answer)}.`
  const ends = `All-fast takes ${formatBytes(of.bytes.all)} and gives ${speedText(bounds.all)}; no expert fast takes ${formatBytes(of.bytes.least)} and gives ${speedText(bounds.none)}.`
  return `${need} ${ends} With its ${formatBytes(machine.fast.capacity)} this machine reaches ${speedText(here)}, ${shareText(here.speed)} of all-fast, limited by ${LIMITS[here.limit]}.`
}

function speedText({ tokensPerSecondPerUser, tokensPerSecond }: Point): string {
  const each = `${rateText(tokensPerSecondPerUser)} tokens/s per user`
  return tokensPerSecond === tokensPerSecondPerUser ? each : `${each} (${rateText(tokensPerSecond)} in all)`
}

/** Near 1 the misses count: as many digits as tell them apart. */
function hitText(share: number): string {
  const missed = 1 - share
  const digits = missed > 0 && missed < 0.01 ? Math.min(6, Math.ceil(-Math.log10(missed)) - 1) : 1
  return `${(100 * share).toFixed(digits)} %`
}

const LIMITS: Readonly<Record<Point['limit'], string>> = {
  memory: 'fast memory',
  compute: 'compute',
  latency: 'latency of kernels',
  network: 'links between chips',
  host: 'the engine',
  'slow-link': 'the slow tier',
  'slow-latency': 'latency of the slow tier',
  'host-compute': 'compute of the host',
  'slow-capacity': 'slow tier too small',
}

function bytesText({ bytes, distinct, load, slowRate }: Tiers): string {
  const arrive = bytes.landing > 0 ? `, room in which experts arrive ${formatBytes(bytes.landing)}` : ''
  return `Always fast: weights that every token reads ${formatBytes(bytes.dense)}, KV cache ${formatBytes(bytes.cache)}${arrive}. Experts ${formatBytes(bytes.experts)}, ${formatBytes(bytes.oneExpert)} each. A step reads ${rateText(distinct)} of ${formatCount(load.layers[0]?.work.experts ?? 0)} experts per layer, ${formatBytes(bytes.readPerStep)} in all, which take the slow tier ${formatSeconds(bytes.readPerStep / slowRate)}.`
}

const HEAD = ['fast memory', 'experts held', 'tokens hit', 'bytes hit', 'tokens/s/user', 'of all-fast', 'limit']

function curveTable(of: Tiers, io: Io): string {
  const marked = [
    ...of.curve.filter((_, i) => i % 4 === 0 || i === of.curve.length - 1).map((point) => ({ point, mark: '' })),
    { point: of.answer, mark: ' ←' },
  ].toSorted((a, b) => a.point.capacity - b.point.capacity || a.mark.length - b.mark.length)
  // The answer takes the place of an equal point of the curve.
  const rows = marked.filter(({ point, mark }) => mark !== '' || point.capacity !== of.answer.capacity)
  return tableText({ head: HEAD, rows: rows.map(({ point, mark }) => pointRow(point, mark)), left: [0, 6] }, io)
}

function pointRow(point: Point, mark: string): string[] {
  return [
    `${formatBytes(point.capacity)}${mark}`,
    shareText(point.share),
    hitText(point.tokenHit),
    hitText(point.byteHit),
    rateText(point.tokensPerSecondPerUser),
    shareText(point.speed),
    LIMITS[point.limit],
  ]
}

function hitTable({ hits }: Tiers, io: Io): string {
  const rows = hits.map(({ hit, seconds, tokensPerSecondPerUser, speed }) => [
    hitText(hit),
    formatSeconds(seconds),
    rateText(tokensPerSecondPerUser),
    shareText(speed),
  ])
  return tableText({ head: ['hit', 'step', 'tokens/s/user', 'of all-fast'], rows }, io)
}

/** The picture of an answer. */
export function drawnTiers(of: Tiers): ReturnType<typeof tiersFigure> {
  const users = of.users === 1 ? 'one user' : `${formatCount(of.users)} users`
  return tiersFigure({
    title: `${printable(of.model)}: speed over fast memory`,
    subtitle: `${printable(of.machine.name)}, ${memoryText(of.machine.fast)} and ${memoryText(of.machine.slow)}; ${users}; ${of.precision}, ${routingText(of.routing)} routing`,
    points: of.curve,
    enough: {
      perUser: of.bounds.all.tokensPerSecondPerUser * (1 - of.within),
      label: `${formatPercent(1 - of.within)} of all-fast`,
    },
  })
}
