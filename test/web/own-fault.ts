/** What went wrong on a page, but for Chromium's remark that the home view's style, fetched early on any page, is not used on this one. */
export function ownFaults(faults: readonly string[]): string[] {
  return faults.filter((fault) => !/pincer-[^/]*\.css was preloaded/.test(fault))
}
