/** Numbers 0 … kinds − 1 in order of last use, at most `capacity` of them after `trim`. */
export class UnitList {
  private readonly capacity: number
  private readonly isIn: Uint8Array
  private readonly newer: Int32Array
  private readonly older: Int32Array
  private newest = -1
  private oldest = -1
  private size = 0

  constructor(kinds: number, capacity: number) {
    this.capacity = capacity
    this.isIn = new Uint8Array(kinds)
    this.newer = new Int32Array(kinds)
    this.older = new Int32Array(kinds)
  }

  has(unit: number): boolean {
    return this.isIn[unit] === 1
  }

  /** Makes `unit` the newest. */
  touch(unit: number): void {
    if (this.isIn[unit] === 1) this.remove(unit)
    this.isIn[unit] = 1
    this.newer[unit] = -1
    this.older[unit] = this.newest
    if (this.newest >= 0) this.newer[this.newest] = unit
    else this.oldest = unit
    this.newest = unit
    this.size += 1
  }

  /** Drops the oldest beyond the capacity. */
  trim(): void {
    while (this.size > this.capacity) this.remove(this.oldest)
  }

  private remove(unit: number): void {
    const newer = this.newer[unit] ?? -1
    const older = this.older[unit] ?? -1
    if (newer >= 0) this.older[newer] = older
    else this.newest = older
    if (older >= 0) this.newer[older] = newer
    else this.oldest = newer
    this.isIn[unit] = 0
    this.size -= 1
  }
}
