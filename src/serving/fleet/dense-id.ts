/** Ids numbered anew from 0 in the order in which they come first, and how many different ones there are. */
export function denseIds(ids: Int32Array): { readonly ids: Int32Array; readonly kinds: number } {
  const number = new Map<number, number>()
  const dense = new Int32Array(ids.length)
  for (let at = 0; at < ids.length; at++) {
    const id = ids[at] ?? 0
    const known = number.get(id) ?? number.size
    if (known === number.size) number.set(id, known)
    dense[at] = known
  }
  return { ids: dense, kinds: number.size }
}
