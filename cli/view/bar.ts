const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const

/** A bar of `share` (0 to 1) of `width` columns, drawn to an eighth of a column. */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * width * 8)
  const full = Math.floor(eighths / 8)
  const text = '█'.repeat(full) + (EIGHTHS[eighths % 8] ?? '')
  // A part that exists is never drawn as nothing.
  return text === '' && share > 0 ? '▏' : text
}
