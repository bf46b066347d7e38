/** One residual ln(measured / predicted) with the labels of its regime, one per factor, and the fold it is left out with. */
export interface Labelled {
  readonly value: number
  readonly labels: readonly string[]
  readonly fold: string
}

/** A quantile of residuals as a sum: what all have in common, and what each label adds. */
export interface AdditiveQuantile {
  readonly base: number
  readonly effects: Readonly<Record<string, number>>
}

/** Fewest residuals for which a label has an effect of its own. */
const FEWEST = 40
const PASSES = 12

/**
 * The q-quantile with the finite-sample correction of split conformal prediction: the ⌈(n+1)·q⌉-th smallest for upper quantiles, so that
 * a new value of the same kind lies below it with probability at least q; mirrored for lower ones. The extreme where n is too small.
 */
export function conformalQuantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const n = sorted.length
  const rank = q >= 0.5 ? Math.ceil((n + 1) * q - 1e-9) : Math.floor((n + 1) * q + 1e-9)
  return sorted[Math.max(1, Math.min(n, rank)) - 1] ?? Number.NaN
}

/**
 * Quantile regression on labels by backfitting: every label's effect is set to the quantile of what the others leave, in turn, so that
 * the residuals of each label alone have the quantile right. Then the whole is shifted by the quantile of residuals that were left
 * out by fold (conformalised quantile regression), which is what makes the coverage hold on deployments that were not seen.
 */
export function additiveQuantile(rows: readonly Labelled[], q: number): AdditiveQuantile {
  const whole = backfitted(rows, q)
  const folds = [...new Set(rows.map(({ fold }) => fold))]
  const scores = folds.flatMap((fold) => {
    const apart = backfitted(
      rows.filter((row) => row.fold !== fold),
      q,
    )
    return rows.filter((row) => row.fold === fold).map((row) => row.value - quantileAt(apart, row.labels))
  })
  return { ...whole, base: whole.base + (folds.length > 1 ? conformalQuantile(scores, q) : 0) }
}

/** The quantile at some labels; those without an effect of their own add nothing. */
export function quantileAt({ base, effects }: AdditiveQuantile, labels: readonly string[]): number {
  return labels.reduce((sum, label) => sum + (effects[label] ?? 0), base)
}

function backfitted(rows: readonly Labelled[], q: number): AdditiveQuantile {
  const base = conformalQuantile(
    rows.map(({ value }) => value),
    q,
  )
  const members = new Map<string, number[]>()
  for (const [i, { labels }] of rows.entries()) {
    for (const label of labels) {
      const places = members.get(label)
      if (places === undefined) members.set(label, [i])
      else places.push(i)
    }
  }
  const effects = new Map<string, number>()
  const left = rows.map(({ value }) => value - base)
  for (let pass = 0; pass < PASSES; pass++) {
    let largest = 0
    for (const [label, places] of [...members].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (places.length < FEWEST) continue
      const step = conformalQuantile(
        places.map((i) => left[i]!),
        q,
      )
      effects.set(label, (effects.get(label) ?? 0) + step)
      for (const i of places) left[i]! -= step
      largest = Math.max(largest, Math.abs(step))
    }
    if (largest < 1e-3) break
  }
  return { base, effects: Object.fromEntries([...effects].sort(([a], [b]) => (a < b ? -1 : 1))) }
}
