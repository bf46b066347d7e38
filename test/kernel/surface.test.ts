import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import fit from '../../catalog/fits/kernel-surfaces.json' with { type: 'json' }
import { chips, findChip } from '../../src/catalog/index.ts'
import { LIBRARIES, type Machine, kernelConstants, lightTime, machineOf, operatorTime } from '../../src/kernel/index.ts'
import { type Lattice, corners, interpolate, knotCount, locate } from '../../src/kernel/lattice.ts'
import { COLLECTIVES, FAMILIES, type Family, type Variant, axesOf } from '../../src/kernel/surface-family.ts'
import { STEP, decodeSteps, encodeSteps } from '../../src/kernel/surface-text.ts'
import { surfaceOf } from '../../src/kernel/surfaces.ts'
import { decodePass, findModel, formatsFor, prefillPass } from '../../src/model/index.ts'
import { gemm } from '../../src/model/operator.ts'
import { chipWork, tensorMapping } from '../../src/parallel/index.ts'
import { FORMATS } from '../../src/units/index.ts'

const NAMES: readonly Family[] = [...FAMILIES, ...COLLECTIVES]
const machines = chips().flatMap((chip) => {
  try {
    return [machineOf(chip)]
  } catch {
    return []
  }
})

/** Place of every knot of a grid, one after the other, last axis fastest. */
function* knots(axes: Lattice['axes']): Generator<Float64Array> {
  const point = new Float64Array(axes.length)
  for (let i = 0; i < knotCount(axes); i++) {
    let rest = i
    for (let d = axes.length - 1; d >= 0; d--) {
      point[d] = axes[d]![rest % axes[d]!.length]!
      rest = Math.floor(rest / axes[d]!.length)
    }
    yield point
  }
}

describe('lattice', () => {
  const lattice: Lattice = {
    axes: [
      [0, 1, 3],
      [10, 20],
    ],
    values: Float64Array.from([1, 2, 3, 4, 5, 6]),
  }

  it('has its values at the knots, lines between them, and its ends beyond', () => {
    const at = (...point: number[]): number => interpolate(lattice, Float64Array.from(point))
    expect(at(1, 20)).toBe(4)
    expect(at(2, 10)).toBe(4)
    expect(at(0.5, 15)).toBe(2.5)
    expect(at(-5, 100)).toBe(2)
    expect(at(9, 0)).toBe(5)
  })

  it('never leaves the range of its values, and shares sum to 1', () => {
    const found = corners()
    const number = fc.double({ min: -1e3, max: 1e3, noNaN: true })
    fc.assert(
      fc.property(number, number, (x, y) => {
        const point = Float64Array.from([x, y])
        locate(lattice.axes, point, found)
        const shares = found.shares.subarray(0, found.count).reduce((sum, share) => sum + share, 0)
        expect(shares).toBeCloseTo(1, 12)
        expect(interpolate(lattice, point)).toBeGreaterThanOrEqual(1)
        expect(interpolate(lattice, point)).toBeLessThanOrEqual(6)
      }),
    )
  })
})

describe('surface text', () => {
  it('keeps every value to half a step', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -70, max: 70, noNaN: true }), { maxLength: 40 }), (values) => {
        const decoded = decodeSteps(encodeSteps(Float64Array.from(values)), values.length)
        for (const [i, value] of values.entries()) expect(Math.abs(decoded[i]! - value)).toBeLessThan(STEP / 2 + 1e-9)
      }),
    )
  })

  it('refuses text of another length and strange characters', () => {
    const text = encodeSteps(Float64Array.from([0, 1]))
    expect(() => decodeSteps(text, 1)).toThrow(RangeError)
    expect(() => decodeSteps(text, 9)).toThrow(RangeError)
    expect(() => decodeSteps('é', 1)).toThrow(RangeError)
    expect(() => encodeSteps(Float64Array.from([1e3]))).toThrow(RangeError)
  })
})

describe('surfaces', () => {
  const shared: Readonly<Record<string, string>> = fit.shared
  const all: Readonly<Record<string, { parent?: string; surfaces: Record<string, string | undefined> }>> = fit.chips
  const measured = Object.entries(all)

  /** Knots of the chip that a chip's surfaces are told as differences from; at most two steps up to the shared one. */
  function storedKnots(chip: string, name: string, count: number): Float64Array {
    const { parent, surfaces } = all[chip]!
    const kin = parent !== undefined && all[parent]?.surfaces[name] !== undefined
    const base = kin ? storedKnots(parent, name, count) : decodeSteps(shared[name]!, count)
    return decodeSteps(surfaces[name]!, count).map((value, i) => value + base[i]!)
  }

  it('are evaluated to what is stored, at every knot of every chip', () => {
    for (const [chip, { surfaces }] of measured) {
      const machine = machineOf(findChip(chip))
      for (const [name, text] of Object.entries(surfaces)) {
        if (text === undefined) continue
        const [family, variant, library] = name.split('/') as [Family, Variant, 'vllm' | undefined]
        const count = knotCount(axesOf(family))
        const stored = storedKnots(chip, name, count)
        // On Blackwell other engines call TensorRT-LLM's collectives where those are faster.
        const others =
          machine.generation === 'blackwell' && library
            ? storedKnots(chip, `${family}/${variant}/trtllm`, count)
            : stored
        const lattice = surfaceOf(machine, family, variant, library)!
        let i = 0
        let worst = 0
        for (const point of knots(lattice.axes)) {
          worst = Math.max(worst, Math.abs(interpolate(lattice, point) - Math.min(stored[i]!, others[i]!)))
          i += 1
        }
        expect(worst).toBeLessThan(1e-9)
      }
    }
  })

  it('serve every chip and kernel, measured or not, with those of its kin or of all chips', () => {
    for (const machine of machines) {
      for (const family of NAMES) {
        for (const library of [...LIBRARIES, undefined]) {
          expect(surfaceOf(machine, family, 'bf16', library)?.values.every(Number.isFinite)).toBe(true)
        }
      }
    }
    const [h20, h100] = ['h20', 'h100-sxm'].map((id) => machineOf(findChip(id))) as [Machine, Machine]
    expect(
      ['h100-sxm', 'h200-sxm'].map((id) => surfaceOf(machineOf(findChip(id)), 'gemm', 'fp8')?.values),
    ).toContainEqual(surfaceOf(h20, 'gemm', 'fp8')?.values)
    expect(surfaceOf(h100, 'all-reduce', 'bf16', 'sglang')?.values).not.toEqual(
      surfaceOf(h100, 'all-reduce', 'bf16', 'vllm')?.values,
    )
  })

  it('time every operator of every engine at or above light, with a number', () => {
    const arch = findModel('deepseek-v3')
    for (const library of LIBRARIES) {
      const k = kernelConstants(library)
      for (const format of FORMATS) {
        const formats = { weights: formatsFor(arch, format), cache: 'fp8' as const }
        for (const pass of [decodePass(64, 4000), prefillPass(2, 3000)]) {
          for (const operator of chipWork(arch, pass, tensorMapping(8), formats).operators) {
            for (const machine of machines) {
              const { seconds } = operatorTime(operator, machine, k)
              expect(seconds >= lightTime(operator, machine) && Number.isFinite(seconds)).toBe(true)
            }
          }
        }
      }
    }
  })

  // Libraries change kernels as rows grow, so that some more rows may take less time (cuBLAS on H200, 1024 × 2048 in 16 bits:
  // 13 µs for 1 to 3 rows, 5.4 µs for 8 to 48); beyond those few, many more never do.
  it('take longer for many more rows', () => {
    const machine = machineOf(findChip('h200-sxm'))
    fc.assert(
      fc.property(
        fc.integer({ min: 16, max: 4096 }),
        fc.integer({ min: 256, max: 8192 }),
        fc.integer({ min: 256, max: 8192 }),
        fc.constantFrom(...LIBRARIES),
        (rows, columns, inner, library) => {
          const time = (some: number): number =>
            operatorTime(gemm('any', 1, { rows: some, inner, columns }, 'bf16'), machine, kernelConstants(library))
              .seconds
          expect(time(rows * 8)).toBeGreaterThan(0.85 * time(rows))
          expect(time(rows * 64)).toBeGreaterThan(time(rows))
        },
      ),
    )
  })
})
