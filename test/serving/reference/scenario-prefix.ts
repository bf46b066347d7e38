/** Random requests that share prefixes, on replicas whose cache is so small that units come and go all the time. */
import fc from 'fast-check'
import { type Scenario, budgets, gaps, requestTable, spareBlocks, timers, watermarks } from './scenario.ts'
import type { Policy, Requests, Settings } from './sequence.ts'

/** How a request's text goes on from that of an earlier one. */
type Kind = 'fresh' | 'branch' | 'twin' | 'turn' | 'mutant' | 'bare'

interface Draft {
  readonly gap: number
  readonly kind: Kind
  /** Which earlier request: so many back. */
  readonly back: number
  /** How many of its units are kept, or which of them is changed. */
  readonly keep: number
  readonly prompt: number
  readonly output: number
  /** How far the ids go. */
  readonly cover: 'prompt' | 'output' | 'half'
}

interface TextRow {
  readonly gap: number
  readonly prompt: number
  readonly output: number
  readonly ids: readonly number[]
}

const LONGEST_PROMPT = 70

const shortGaps = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 300 }) },
  { weight: 2, arbitrary: gaps },
)

function drafts(prompt: number, output: number, most: number): fc.Arbitrary<Draft[]> {
  const draft = fc.record({
    gap: shortGaps,
    kind: fc.constantFrom<Kind>(
      'fresh',
      'branch',
      'branch',
      'branch',
      'twin',
      'twin',
      'turn',
      'turn',
      'mutant',
      'bare',
    ),
    back: fc.oneof(fc.constant(0), fc.nat({ max: 30 })),
    keep: fc.nat({ max: 30 }),
    prompt: fc.integer({ min: 1, max: prompt }),
    output: fc.integer({ min: 1, max: output }),
    cover: fc.constantFrom('prompt' as const, 'output' as const, 'output' as const, 'half' as const),
  })
  return fc.array(draft, { minLength: 2, maxLength: most })
}

/** Texts of requests, from first to last; the ids of a text differ from one another. */
function textsOf(list: readonly Draft[], blockTokens: number): TextRow[] {
  let fresh = 0
  const texts: TextRow[] = []
  for (const draft of list) {
    const parent = texts.at(-1 - (draft.back % Math.max(1, texts.length)))
    const prompt = promptOf(draft, parent)
    const cover = { prompt, output: prompt + draft.output, half: Math.floor(prompt / 2) }[draft.cover]
    const length = draft.kind === 'bare' ? 0 : Math.ceil(cover / blockTokens)
    const kept = keptIds(draft, parent).slice(0, length)
    const ids = Array.from({ length }, (_, i) => kept[i] ?? fresh++)
    texts.push({ gap: draft.gap, prompt, output: draft.output, ids })
  }
  return texts
}

/** A twin has the prompt of the earlier request; a turn all of it, its answer, and something new. */
function promptOf({ kind, prompt }: Draft, parent: TextRow | undefined): number {
  if (parent === undefined || (kind !== 'twin' && kind !== 'turn')) return prompt
  const turn = parent.prompt + parent.output + (prompt % 5)
  return kind === 'turn' && turn <= LONGEST_PROMPT ? turn : parent.prompt
}

function keptIds({ kind, keep }: Draft, parent: TextRow | undefined): readonly (number | undefined)[] {
  if (parent === undefined || kind === 'fresh') return []
  if (kind === 'branch') return parent.ids.slice(0, keep % (parent.ids.length + 1))
  if (kind === 'mutant') return parent.ids.map((id, i) => (i === keep % parent.ids.length ? undefined : id))
  return parent.ids
}

function prefixTable(texts: readonly TextRow[], blockTokens: number): Requests & Required<Pick<Requests, 'prefix'>> {
  let ends = 0
  return {
    ...requestTable(texts.map(({ gap, prompt, output }) => [gap, prompt, output])),
    prefix: {
      blockTokens,
      start: Float64Array.from([0, ...texts.map(({ ids }) => (ends += ids.length))]),
      ids: Int32Array.from(texts.flatMap(({ ids }) => ids)),
    },
  }
}

/** Tables whose rows share prefixes, with the blocks of a unit; gaps are to the row before. */
export function prefixTables(
  blockSize: number,
  most = 24,
): fc.Arbitrary<Requests & Required<Pick<Requests, 'prefix'>>> {
  const texts = fc.oneof(drafts(12, 6, most), drafts(40, 20, most), drafts(10, 40, most))
  const units = fc.integer({ min: 1, max: 3 })
  return fc
    .tuple(texts, units)
    .map(([list, unitBlocks]) => prefixTable(textsOf(list, unitBlocks * blockSize), unitBlocks * blockSize))
}

/** What the cache adds to the settings; without a host tier, or off, for some. */
const caches: fc.Arbitrary<Pick<Settings, 'hostUnits' | 'prefixCache'>> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  { weight: 6, arbitrary: fc.record({ hostUnits: fc.integer({ min: 0, max: 6 }) }) },
  { weight: 2, arbitrary: fc.constant({ prefixCache: false }) },
)

const loads = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 300 }))

export interface CacheSettings {
  readonly cache: Pick<Settings, 'hostUnits' | 'prefixCache'>
  readonly loadTicks: number
}

export const cacheSettings: fc.Arbitrary<CacheSettings> = fc.record({ cache: caches, loadTicks: loads })

/** Blocks for the longest request and so many more. */
export function blocksBeyond(requests: Pick<Requests, 'prompt' | 'output'>, blockSize: number, spare: number): number {
  const longest = Math.max(...Array.from(requests.prompt, (prompt, i) => prompt + requests.output[i]! - 1))
  return Math.max(1, Math.ceil(longest / blockSize) + spare)
}

export function prefixScenarios(policy: Policy): fc.Arbitrary<Scenario> {
  return fc.constantFrom(1, 2, 4).chain((blockSize) =>
    fc
      .record({
        requests: prefixTables(blockSize),
        timer: timers,
        maxSequences: fc.integer({ min: 1, max: 6 }),
        tokenBudget: budgets,
        spare: spareBlocks,
        watermark: watermarks,
        added: cacheSettings,
      })
      .map(({ requests, timer, maxSequences, tokenBudget, spare, watermark, added }) => {
        const blocks = blocksBeyond(requests, blockSize, spare)
        const settings = { policy, maxSequences, tokenBudget, blocks, blockSize, watermark, ...added.cache }
        return { requests, timer: withLoads(timer, added.loadTicks), settings }
      }),
  )
}

/** The same timer, and how it prints, with ticks for every unit loaded. */
export function withLoads<T extends object>(timer: T, loadTicks: number): T & { readonly loadTicks: number } {
  const print = (timer as { [fc.toStringMethod]?: () => string })[fc.toStringMethod]
  const call = (): string => `{ ...${print?.() ?? 'timer'}, loadTicks: ${loadTicks} }`
  return Object.assign({ ...timer, loadTicks }, { [fc.toStringMethod]: call })
}
