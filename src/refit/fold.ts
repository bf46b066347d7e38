import type { Scenario } from '../predict/index.ts'
import type { TimedKernel } from './kernel-timing.ts'
import type { SiteRow } from './types.ts'

/** Rows that are left out together. */
export interface Grouping {
  readonly by: string
  /** Group of each row. */
  readonly keys: readonly string[]
  readonly groups: number
}

/** Fewest groups from which a gain on rows left out can be told from luck. */
export const FEWEST_GROUPS = 3

const MOST_FOLDS = 10

const LEVELS: readonly { readonly by: string; readonly key: (scenario: Scenario) => string }[] = [
  { by: 'deployment (model, chip, precision, engine)', key: deployment },
  { by: 'deployment and mapping', key: (scenario) => `${deployment(scenario)} ${layout(scenario)}` },
  {
    by: 'deployment, mapping and lengths',
    key: (scenario) => `${deployment(scenario)} ${layout(scenario)} ${lengths(scenario)}`,
  },
  {
    by: 'deployment, mapping, lengths and concurrency',
    key: (scenario) =>
      `${deployment(scenario)} ${layout(scenario)} ${lengths(scenario)} ${scenario.workload.concurrency}`,
  },
]

/** Kernels: neighbours in shape go together, and with them all formats, as far as there are shapes enough. */
const KERNEL_LEVELS: readonly { readonly by: string; readonly key: (kernel: TimedKernel) => string }[] = [
  { by: 'kernel and the sizes that a model fixes', key: ({ family }) => family },
  { by: 'kernel, format and the sizes that a model fixes', key: ({ family, kind }) => `${kind}, ${family}` },
  { by: 'kernel, format and shape', key: ({ shape }) => shape },
]

/** The coarsest grouping of runs with enough groups; undefined when even the finest has too few. */
export function groupingOf(rows: readonly SiteRow[]): Grouping | undefined {
  return coarsest(
    LEVELS,
    rows.map(({ scenario }) => scenario),
  )
}

/** The same of kernels. */
export function kernelGrouping(kernels: readonly TimedKernel[]): Grouping | undefined {
  return coarsest(KERNEL_LEVELS, kernels)
}

function coarsest<T>(
  levels: readonly { readonly by: string; readonly key: (item: T) => string }[],
  items: readonly T[],
): Grouping | undefined {
  for (const { by, key } of levels) {
    const keys = items.map(key)
    const groups = new Set(keys).size
    if (groups >= FEWEST_GROUPS) return { by, keys, groups }
  }
  return undefined
}

/** The fold of each row: a group each, or ten folds of whole groups, dealt out by size so that folds are alike. */
export function foldsOf({ keys }: Grouping): number[] {
  const sizes = new Map<string, number>()
  for (const key of keys) sizes.set(key, (sizes.get(key) ?? 0) + 1)
  const dealt = [...sizes].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([key]) => key)
  const place = new Map(dealt.map((key, i) => [key, i % MOST_FOLDS]))
  return keys.map((key) => place.get(key)!)
}

function deployment({ model, chip, precision, engine }: Scenario): string {
  return [model.id, chip.id, precision, engine].join(' ')
}

function layout({ mapping, disaggregated }: Scenario): string {
  return JSON.stringify([mapping, disaggregated ?? null])
}

function lengths({ workload }: Scenario): string {
  return `${workload.isl}/${workload.osl}`
}
