import fc from 'fast-check'
import { expect, it } from 'vitest'
import { UnitMap } from '../../src/serving/prefix/unit-map.ts'

it('UnitMap is a map, whatever is added and removed', () => {
  const keys = fc.oneof(fc.nat(40), fc.integer({ min: 0, max: 2 ** 31 - 2 }))
  fc.assert(
    fc.property(fc.array(fc.tuple(keys, fc.nat(1000)), { maxLength: 400 }), fc.nat(50), (changes, expected) => {
      const plain = new Map<number, number>()
      const map = new UnitMap(expected)
      for (const [key, value] of changes) {
        if (plain.delete(key)) map.delete(key)
        else {
          expect(map.claim(key, value)).toBe(-1)
          expect(map.claim(key, value + 1)).toBe(value)
          plain.set(key, value)
        }
        expect(map.get(key)).toBe(plain.get(key) ?? -1)
      }
      for (const [key] of changes) expect(map.get(key)).toBe(plain.get(key) ?? -1)
    }),
  )
})
