/** A symmetric positive definite system, solved, with its inverse and the diagonal of that. Both inputs stay as they are. */
export function solve(
  matrix: readonly (readonly number[])[],
  vector: readonly number[],
): { solution: number[]; inverse: number[][]; variances: number[] } {
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
  const inverse = rows.map((row) => row.slice(n + 1))
  return { solution: rows.map((row) => row[n]!), inverse, variances: inverse.map((row, i) => row[i]!) }
}
