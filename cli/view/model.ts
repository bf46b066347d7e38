import {
  type Known,
  type ModelArch,
  type ModelEntry,
  formatBytes,
  formatCount,
  formatPercent,
  isKnown,
  kvBytesPerToken,
  modelArch,
  paramCounts,
  stateBytes,
  totalLayers,
} from '../../src/index.ts'
import type { Io } from '../io.ts'
import { figureCells } from './chip.ts'
import { sourceText } from './explanation.ts'
import { knownCell, paramText, sourceOf } from './figure.ts'
import type { Page } from './page.ts'
import { tableText } from './table.ts'
import { printable } from './text.ts'

type LayerGroup = ModelArch['layers'][number]

/** An entry with what the engine computes from it. */
export function modelDocument(entry: ModelEntry): object {
  const { config, ...described } = entry
  const arch = modelArch(entry)
  const computed = {
    ...paramCounts(arch),
    kvBytesPerTokenBf16: kvBytesPerToken(arch, 'bf16'),
    stateBytes: stateBytes(arch),
  }
  return { ...described, family: arch.family, layers: arch.layers, computed, config }
}

export function modelTable(list: readonly ModelEntry[], io: Io): string {
  const rows = list.map((entry) => {
    const arch = modelArch(entry)
    const { total, active } = paramCounts(arch)
    return [
      entry.id,
      paramText(total),
      paramText(active),
      formatPercent(active / total),
      String(totalLayers(arch)),
      formatBytes(kvBytesPerToken(arch, 'bf16')),
    ]
  })
  return tableText({ head: ['id', 'parameters', 'active', 'share', 'layers', 'KV cache per token, BF16'], rows }, io)
}

/** One model: published counts beside counted ones, cache per token, layers. */
export function modelDetail(entry: ModelEntry, page: Page, io: Io, explain: boolean): Page {
  const arch = modelArch(entry)
  const counts = paramCounts(arch)
  const { totalParams, activeParams } = entry.published
  const rows = [
    countRow('total parameters', counts.total, totalParams),
    countRow('active per token', counts.active, activeParams),
  ]
  const used = [entry.source, ...sourceOf(totalParams), ...sourceOf(activeParams)]
  return page
    .title(`${printable(entry.name)} (${entry.id})`)
    .text(
      `${arch.family}, ${totalLayers(arch)} layers of width ${formatCount(arch.hidden)}, vocabulary ${formatCount(arch.vocab)}; also called ${entry.aliases.join(', ') || 'nothing else'}`,
    )
    .block(tableText({ head: ['', 'counted', 'published', 'counted / published', 'source'], rows, left: [0, 4] }, io))
    .section(
      'Layers',
      tableText({ head: ['layers', 'mixer', 'feed-forward'], rows: arch.layers.map(layerRow), left: [1, 2] }, io),
    )
    .section('Cache per sequence', cacheText(arch))
    .notes('Remarks', entry.notes ?? [])
    .section('Sources', explain ? sourceText(used, io) : '')
}

function countRow(name: string, counted: number, published: Known): string[] {
  const ratio = isKnown(published) ? formatPercent(counted / published.value) : ''
  return [name, paramText(counted), knownCell(published, paramText), ratio, figureCells(published)[2] ?? '']
}

function cacheText(arch: ModelArch): string {
  const state = stateBytes(arch)
  const perToken = `${formatBytes(kvBytesPerToken(arch, 'bf16'))} per token in BF16, ${formatBytes(kvBytesPerToken(arch, 'fp8'))} in FP8`
  return state > 0 ? `${perToken}; ${formatBytes(state)} of state of fixed size` : perToken
}

function layerRow({ count, mixer, ffn }: LayerGroup): string[] {
  return [String(count), mixerText(mixer), ffnText(ffn)]
}

function mixerText(mixer: LayerGroup['mixer']): string {
  switch (mixer.kind) {
    case 'gqa':
      return `attention, ${mixer.heads} heads, ${mixer.kvHeads} KV heads of ${mixer.headDim}${mixer.window === undefined ? '' : `, window ${mixer.window}`}${mixer.sparse === undefined ? '' : `, sparse top ${mixer.sparse.topk}`}`
    case 'mla':
      return `latent attention, ${mixer.heads} heads, rank ${mixer.kvRank} + ${mixer.ropeDim}${mixer.sparse === undefined ? '' : `, sparse top ${mixer.sparse.topk}`}`
    case 'compressed':
      return `compressed attention, ${mixer.heads} heads, window ${mixer.window}${mixer.ratio > 0 ? `, 1 entry per ${mixer.ratio} tokens` : ''}`
    case 'linear':
      return `${mixer.variant}, ${mixer.heads} heads`
    case 'none':
      return '—'
  }
}

function ffnText(ffn: LayerGroup['ffn']): string {
  if (ffn.kind === 'none') return '—'
  if (ffn.kind === 'dense') return `dense, width ${formatCount(ffn.inter)}`
  const shared = ffn.sharedInter > 0 ? `, shared width ${formatCount(ffn.sharedInter)}` : ''
  const dense = ffn.denseInter > 0 ? `, dense beside it ${formatCount(ffn.denseInter)}` : ''
  return `${ffn.topk} of ${ffn.experts} experts of width ${formatCount(ffn.inter)}${shared}${dense}`
}
