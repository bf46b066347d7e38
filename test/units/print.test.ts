import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  FORMATS,
  bytesPerWeight,
  formatBytes,
  formatCount,
  formatPercent,
  formatSeconds,
  formatSi,
  formatUsd,
  isFormat,
} from '../../src/units/index.ts'

describe('print', () => {
  it.each([
    [formatSi(3.35e12, 'B/s'), '3.35 TB/s'],
    [formatSi(999.6, 'W'), '1 kW'],
    [formatSi(-0.0042, 's'), '-4.2 ms'],
    [formatSi(0, 'J'), '0 J'],
    [formatBytes(80e9), '80 GB'],
    [formatSeconds(2.5e-6), '2.5 µs'],
    [formatSeconds(119), '119 s'],
    [formatSeconds(150), '2.5 min'],
    [formatSeconds(155_000), '43.1 h'],
    [formatUsd(0.00770008178), '$0.0077'],
    [formatUsd(0.0994), '$0.099'],
    [formatUsd(0.0996), '$0.10'],
    [formatUsd(0.2), '$0.20'],
    [formatUsd(0.9999), '$1.00'],
    [formatUsd(1.3), '$1.30'],
    [formatUsd(87_072), '$87,072'],
    [formatUsd(5.576e6), '$5.58M'],
    [formatUsd(0), '$0'],
    [formatCount(1030), '1,030'],
    [formatCount(2.788e6), '2.79M'],
    [formatPercent(21 / 236), '8.9 %'],
  ])('%s', (printed, expected) => {
    expect(printed).toBe(expected)
  })

  it('keeps three digits of any size', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-8, max: 1e20, noNaN: true }), (value) => {
        const [number, unit] = formatSi(value, 'B').split(' ')
        const scale = {
          Y: 1e24,
          Z: 1e21,
          E: 1e18,
          P: 1e15,
          T: 1e12,
          G: 1e9,
          M: 1e6,
          k: 1e3,
          '': 1,
          m: 1e-3,
          µ: 1e-6,
          n: 1e-9,
        }[unit!.slice(0, -1)]!
        expect(Math.abs((Number(number!.replaceAll(',', '')) * scale) / value - 1)).toBeLessThan(0.006)
      }),
    )
  })
})

describe('bytesPerWeight', () => {
  it('counts block scales', () => {
    expect(bytesPerWeight('fp4')).toBe(0.5625)
    expect(bytesPerWeight('mxfp4')).toBe(0.53125)
    expect(bytesPerWeight('int4')).toBe(0.515625)
    expect(bytesPerWeight('bf16')).toBe(2)
    for (const format of FORMATS) expect(isFormat(format)).toBe(true)
    expect(isFormat('__proto__')).toBe(false)
  })
})
