import type { Ends } from './field.ts'

/** What is printed at a tick of an axis: "$1.5" and "$2", not "$1.50" and "$2.00". */
export function tickText(print: (value: number) => string): (value: number) => string {
  return (value) =>
    print(value)
      .replace(/(\.\d*?)0+$/, '$1')
      .replace(/\.$/, '')
}

/** Places 1, 2, 5 of every decade, or fewer. */
export function logTicks({ from, to }: Ends, most: number): number[] {
  const first = Math.floor(Math.log10(from))
  const decades = Array.from({ length: Math.ceil(Math.log10(to)) - first + 1 }, (_, i) => first + i)
  for (const steps of [[1, 2, 3, 4, 5, 6, 8], [1, 2, 5], [1, 3], [1]]) {
    const found = decades
      .flatMap((power) => steps.map((step) => Number(`${step}e${power}`)))
      .filter((tick) => tick >= from && tick <= to)
    if (found.length <= most && found.length > 1) return found
  }
  return [from, to].map((end) => Number(end.toPrecision(2)))
}
