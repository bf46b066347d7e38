/** A symmetric positive definite system, solved, with the diagonal of the inverse. Both inputs stay as they are. */
export function solve(
  matrix: readonly (readonly number[])[],
  vector: readonly number[],
): { solution: number[]; variances: number[] } {
  const n = vector.length
  const rows = matrix.map((row, i) => [...row, vector[i]!, ...row.map((_, j) => (i === j ? 1 : 0))])
  for (let i = 0; i < n; i++) {
    const pivot = rows[i]![i]!
    rows[i] = rows[i]!.map((value) => value / pivot)
    for (let j = 0; j < n; j++) {
      const share = j === i ? 0 : rows[j]![i]!
      if (share !== 0) rows[j] = rows[j]!.map((value, k) => value - share * rows[i]![k]!)
    }
  }
  return { solution: rows.map((row) => row[n]!), variances: rows.map((row, i) => row[n + 1 + i]!) }
}
