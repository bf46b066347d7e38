/** Hands `content` to the browser as a file; its name is made of what every file system takes. */
export function saveFile(name: string, type: string, content: string | Blob): void {
  const blob = typeof content === 'string' ? new Blob([content], { type }) : content
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = plainName(name)
  link.click()
  // The download has begun by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

/** Bytes that every file system takes in a name are 255; a Chinese character has three. */
const LONGEST = 80

function plainName(name: string): string {
  const [, stem = name, kind = ''] = /^(.*)(\.\w+)$/s.exec(name) ?? []
  const plain = stem.toLowerCase().replaceAll(/[^\p{L}\p{N}.]+/gu, '-')
  return `pincer-${[...plain]
    .slice(0, LONGEST)
    .join('')
    .replaceAll(/^[-.]+|[-.]+$/g, '')}${kind}`
}
