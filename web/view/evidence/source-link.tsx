import type { Source } from '../../../src/index.ts'

/** The title of a publication, as a link where it has an address. */
export function SourceLink({ source: { title, url } }: { source: Pick<Source, 'title' | 'url'> }) {
  return url.startsWith('https://') ? (
    <a href={url} rel="noreferrer noopener" target="_blank" lang="en" class="source-link">
      {title}
    </a>
  ) : (
    <span lang="en" class="source-link">
      {title}
    </span>
  )
}
