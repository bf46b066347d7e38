/** A table as RFC 4180 text. A cell that a spreadsheet would run as a formula gets an apostrophe before it. */
export function csvText(
  head: readonly string[],
  rows: readonly (readonly { readonly value: string | number | undefined }[])[],
): string {
  const lines = [head.map(cell), ...rows.map((row) => row.map(({ value }) => cell(value)))]
  return `${lines.map((line) => line.join(',')).join('\r\n')}\r\n`
}

function cell(value: string | number | undefined): string {
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/.test(value ?? '') ? `'${value}` : (value ?? '')
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
