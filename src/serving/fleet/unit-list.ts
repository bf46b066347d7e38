import { UnitMap } from '../prefix/unit-map.ts'

/** Numbers in order of last use, at most `capacity` of them after `trim`. */
export class UnitList {
  private readonly capacity: number
  private readonly places: UnitMap
  /** By place: the unit, and the places of the next newer and the next older one; −1 = none. */
  private units: Int32Array = new Int32Array(64)
  private newer: Int32Array = new Int32Array(64)
  private older: Int32Array = new Int32Array(64)
  private newest = -1
  private oldest = -1
  private size = 0
  /** Places that were left again, linked by `older`; and places ever used. */
  private spare = -1
  private used = 0

  constructor(capacity: number) {
    this.capacity = capacity
    this.places = new UnitMap(Math.min(capacity, 2 ** 16))
  }

  has(unit: number): boolean {
    return this.places.get(unit) >= 0
  }

  /** Makes `unit` the newest. */
  touch(unit: number): void {
    const known = this.places.claim(unit, this.spare >= 0 ? this.spare : this.used)
    if (known >= 0 && known === this.newest) return
    const place = known >= 0 ? known : this.enter(unit)
    if (known >= 0) this.unlink(known)
    this.newer[place] = -1
    this.older[place] = this.newest
    if (this.newest >= 0) this.newer[this.newest] = place
    else this.oldest = place
    this.newest = place
  }

  /** Drops the oldest beyond the capacity. */
  trim(): void {
    while (this.size > this.capacity) {
      const place = this.oldest
      this.unlink(place)
      this.places.delete(this.units[place] ?? 0)
      this.older[place] = this.spare
      this.spare = place
      this.size -= 1
    }
  }

  private enter(unit: number): number {
    let place = this.spare
    if (place >= 0) this.spare = this.older[place] ?? -1
    else {
      place = this.used++
      if (place === this.units.length) this.grow()
    }
    this.units[place] = unit
    this.size += 1
    return place
  }

  private unlink(place: number): void {
    const newer = this.newer[place] ?? -1
    const older = this.older[place] ?? -1
    if (newer >= 0) this.older[newer] = older
    else this.newest = older
    if (older >= 0) this.newer[older] = newer
    else this.oldest = newer
  }

  private grow(): void {
    this.units = twice(this.units)
    this.newer = twice(this.newer)
    this.older = twice(this.older)
  }
}

function twice(column: Int32Array): Int32Array {
  const grown = new Int32Array(2 * column.length)
  grown.set(column)
  return grown
}
