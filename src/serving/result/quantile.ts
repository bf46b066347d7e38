const BINS = 2 ** 13

/**
 * Quantiles of the first `count` values as R's type 7 has them: linear between the order statistics around (count − 1)·p.
 * Selects instead of sorting: values are counted into bins, and only bins that hold a wanted rank are sorted. Values must
 * be finite, count ≥ 1.
 */
export function quantiles(values: Float64Array, count: number, probabilities: readonly number[]): readonly number[] {
  let least = Infinity
  let most = -Infinity
  for (let i = 0; i < count; i++) {
    const value = values[i] ?? 0
    if (value < least) least = value
    if (value > most) most = value
  }
  if (least === most) return probabilities.map(() => least)
  const scale = (BINS - 1) / (most - least)
  const bins = new Int32Array(BINS)
  for (let i = 0; i < count; i++) {
    const bin = (((values[i] ?? 0) - least) * scale) | 0
    bins[bin] = (bins[bin] ?? 0) + 1
  }
  const ranks = [...new Set(probabilities.flatMap((p) => ranksAt(count, p)))].toSorted((a, b) => a - b)
  const order = orderStatistics(values.subarray(0, count), ranks, { least, scale, bins })
  return probabilities.map((p) => {
    const [low = 0, high = 0] = ranksAt(count, p).map((rank) => order.get(rank) ?? 0)
    const share = (count - 1) * p - Math.floor((count - 1) * p)
    return low + share * (high - low)
  })
}

function ranksAt(count: number, probability: number): readonly number[] {
  const low = Math.floor((count - 1) * probability)
  return [low, Math.min(low + 1, count - 1)]
}

interface Binning {
  readonly least: number
  readonly scale: number
  readonly bins: Int32Array
}

// Values of ascending ranks: gathers the bins they lie in, in one pass, and sorts what was gathered.
function orderStatistics(values: Float64Array, ranks: readonly number[], binning: Binning): Map<number, number> {
  const { least, scale, bins } = binning
  const isWanted = new Uint8Array(BINS)
  const places: { rank: number; place: number }[] = []
  let below = 0
  let gathered = 0
  let next = 0
  for (let bin = 0; bin < BINS; bin++) {
    const size = bins[bin] ?? 0
    for (let rank = ranks[next]; rank !== undefined && rank < below + size; rank = ranks[++next]) {
      isWanted[bin] = 1
      places.push({ rank, place: gathered + rank - below })
    }
    below += size
    if (isWanted[bin] === 1) gathered += size
  }
  const kept = new Float64Array(gathered)
  let size = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0
    if (isWanted[((value - least) * scale) | 0] === 1) kept[size++] = value
  }
  kept.sort()
  return new Map(places.map(({ rank, place }) => [rank, kept[place] ?? 0]))
}
