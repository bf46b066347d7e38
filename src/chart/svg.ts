/** A text element of the class, escaped. */
export function text(className: string, x: number, y: number, content: string): string {
  return `<text class="${className}" x="${px(x)}" y="${px(y)}">${escaped(content)}</text>`
}

/** A coordinate, to a tenth of a pixel. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10)
}

/** Characters that XML forbids are dropped: names come from files. */
export function escaped(content: string): string {
  return (
    content
      // oxlint-disable-next-line no-control-regex
      .replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/gu, '')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
  )
}
