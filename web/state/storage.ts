/** A choice kept on this device; undefined where there is none or storage is forbidden. */
export function stored(name: string): string | undefined {
  try {
    return localStorage.getItem(`pincer.${name}`) ?? undefined
  } catch {
    return undefined
  }
}

/** Keeps a choice, or forgets it. Without storage it lasts as long as the page. */
export function store(name: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(`pincer.${name}`)
    else localStorage.setItem(`pincer.${name}`, value)
  } catch {
    // Nothing to be done, and nothing is lost but comfort.
  }
}
