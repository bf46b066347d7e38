const LEVELS = ' ▁▂▃▄▅▆▇█'

/**
 * `values` as a row of at most `width` bars between 0 and `most`, blank for 0; neighbours are averaged where there are more.
 */
export function sparkline(values: ArrayLike<number>, width: number, most: number): string {
  const count = Math.min(width, values.length)
  let text = ''
  for (let i = 0; i < count; i++) {
    const from = Math.floor((i * values.length) / count)
    const to = Math.floor(((i + 1) * values.length) / count)
    let sum = 0
    for (let at = from; at < to; at++) sum += values[at] ?? 0
    const share = most > 0 ? sum / (to - from) / most : 0
    text += LEVELS[Math.min(LEVELS.length - 1, Math.ceil(Math.max(0, share) * (LEVELS.length - 1)))] ?? ''
  }
  return text
}
