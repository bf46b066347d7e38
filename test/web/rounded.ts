/**
 * All numbers of a document to twelve digits: browsers and Node differ in the last digit of `Math.exp` and `Math.pow`, and in
 * nothing else.
 */
export function rounded(document: unknown, digits = 12): unknown {
  return JSON.parse(JSON.stringify(document), (_, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(digits)) : value,
  )
}
