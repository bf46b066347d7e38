/**
 * Clients by the tick of their next request, then by number: a binary heap with at most one entry per client, so that
 * requests of the same tick come in the same order whatever happened before.
 */
export interface ClientHeap {
  size: number
  readonly client: Int32Array
  /** Tick by client, not by place in the heap. */
  readonly tick: Float64Array
}

export function clientHeap(clients: number): ClientHeap {
  return { size: 0, client: new Int32Array(clients), tick: new Float64Array(clients) }
}

/** Tick of the first client; Infinity when none is waiting to send. */
export function firstTick(heap: ClientHeap): number {
  return heap.size > 0 ? (heap.tick[heap.client[0] ?? 0] ?? 0) : Infinity
}

export function pushClient(heap: ClientHeap, client: number, tick: number): void {
  heap.tick[client] = tick
  let at = heap.size
  heap.size = at + 1
  while (at > 0) {
    const above = (at - 1) >> 1
    const other = heap.client[above] ?? 0
    if (!isBefore(heap, client, other)) break
    heap.client[at] = other
    at = above
  }
  heap.client[at] = client
}

/** Takes out the first client; the heap must not be empty. */
export function popClient(heap: ClientHeap): number {
  const first = heap.client[0] ?? 0
  const size = heap.size - 1
  heap.size = size
  const moved = heap.client[size] ?? 0
  let at = 0
  for (;;) {
    let below = 2 * at + 1
    if (below >= size) break
    const right = below + 1
    if (right < size && isBefore(heap, heap.client[right] ?? 0, heap.client[below] ?? 0)) below = right
    const other = heap.client[below] ?? 0
    if (!isBefore(heap, other, moved)) break
    heap.client[at] = other
    at = below
  }
  heap.client[at] = moved
  return first
}

function isBefore(heap: ClientHeap, a: number, b: number): boolean {
  const difference = (heap.tick[a] ?? 0) - (heap.tick[b] ?? 0)
  return difference < 0 || (difference === 0 && a < b)
}
