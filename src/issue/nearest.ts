/**
 * The candidate closest to `name` by edit distance, ignoring case and punctuation; undefined when
 * nothing is near enough to be a plausible typing error (more than 40 % of the letters differ).
 */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  const wanted = plain(name)
  let best: string | undefined
  let bestCost = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    const cost = closeness(wanted, plain(candidate))
    if (cost < bestCost) {
      bestCost = cost
      best = candidate
    }
  }
  return bestCost <= 0.4 ? best : undefined
}

function plain(text: string): string {
  return text
    .slice(0, 100)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
}

// A typed prefix ("h10") is a nearer miss than its edit distance says.
function closeness(wanted: string, candidate: string): number {
  const longest = Math.max(wanted.length, candidate.length, 1)
  const cost = distance(wanted, candidate) / longest
  const isPrefix = wanted.length >= 2 && (candidate.startsWith(wanted) || candidate.includes(wanted))
  return isPrefix ? Math.min(cost, 0.3 + 0.1 * (1 - wanted.length / longest)) : cost
}

/** Levenshtein distance, two rows. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
