/** By unit: the next newer and the next older one, next to each other. Newer: 0 = not in the list, −1 = none, else number + 1. */
const NEWER = 0
const OLDER = 1

/** Numbers 0 … kinds − 1 in order of last use, at most `capacity` of them after `trim`. */
export class UnitList {
  private readonly capacity: number
  private readonly links: Int32Array
  private newest = -1
  private oldest = -1
  private size = 0

  constructor(kinds: number, capacity: number) {
    this.capacity = capacity
    this.links = new Int32Array(2 * kinds)
  }

  has(unit: number): boolean {
    return this.links[2 * unit + NEWER] !== 0
  }

  /** Makes `unit` the newest. */
  touch(unit: number): void {
    const { links } = this
    if (links[2 * unit + NEWER] !== 0) this.remove(unit)
    links[2 * unit + NEWER] = -1
    links[2 * unit + OLDER] = this.newest
    if (this.newest >= 0) links[2 * this.newest + NEWER] = unit + 1
    else this.oldest = unit
    this.newest = unit
    this.size += 1
  }

  /** Drops the oldest beyond the capacity. */
  trim(): void {
    while (this.size > this.capacity) this.remove(this.oldest)
  }

  private remove(unit: number): void {
    const { links } = this
    const above = links[2 * unit + NEWER] ?? 0
    const older = links[2 * unit + OLDER] ?? -1
    if (above > 0) links[2 * (above - 1) + OLDER] = older
    else this.newest = older
    if (older >= 0) links[2 * older + NEWER] = above
    else this.oldest = above > 0 ? above - 1 : -1
    links[2 * unit + NEWER] = 0
    this.size -= 1
  }
}
