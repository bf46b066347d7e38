import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { modelEntries } from '../../src/catalog/index.ts'
import { PincerError } from '../../src/issue/index.ts'
import { type Operator, type ServingFormats, findModel, formatsFor } from '../../src/model/index.ts'
import { type Mapping, chipWork, parseMapping, shapedPass, workLine } from '../../src/parallel/index.ts'

const model = fc.constantFrom(...modelEntries().map(({ id }) => id)).map((id) => findModel(id))
const mappings = [
  {},
  { tp: 2 },
  { tp: 8 },
  { tp: 3 },
  { tp: 2, pp: 2 },
  { tp: 8, moeEp: 8 },
  { tp: 2, dp: 4, moeEp: 8 },
]
const share = fc.double({ min: 0.01, max: 500, noNaN: true })
const passes = fc.oneof(
  fc.record({ prompts: share, decoding: share }),
  fc.record({ prompts: share, decoding: fc.constant(0) }),
  fc.record({ prompts: fc.constant(0), decoding: share }),
)
const shapes = fc.record({
  prompt: fc.double({ min: 1, max: 40_000, noNaN: true }),
  decodeTokens: fc.constantFrom(1, 2, 4),
  context: fc.double({ min: 1, max: 40_000, noNaN: true }),
})

describe('workLine', () => {
  it('is chipWork for every pass of its shape, whatever was asked before', () => {
    fc.assert(
      fc.property(
        model,
        fc.constantFrom(...mappings),
        fc.constantFrom('bf16' as const, 'fp8' as const, 'fp4' as const),
        shapes,
        fc.array(passes, { minLength: 1, maxLength: 4 }),
        (arch, input, format, shape, asked) => {
          const mapping = possible(() => parseMapping(input, arch))
          if (mapping === undefined) return
          const formats: ServingFormats = { weights: formatsFor(arch, format), cache: format }
          const line = workLine(arch, mapping, formats, shape)
          for (const { prompts, decoding } of asked) {
            const work = line(prompts, decoding)
            const plain = chipWork(arch, shapedPass(shape, prompts, decoding), mapping, formats)
            expectSame(work.operators.filter(isNoGlue), plain.operators.filter(isNoGlue))
            expectAlike(work.operators, plain.operators)
            expectSame(work.collectives, plain.collectives)
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})

function possible(build: () => Mapping): Mapping | undefined {
  try {
    return build()
  } catch (error) {
    if (error instanceof PincerError) return undefined
    throw error
  }
}

// Every plain entry has its like among the lines, and all of them together run as often.
function expectSame(lines: readonly { readonly name: string }[], plain: readonly { readonly name: string }[]): void {
  for (const entry of plain) expect(lines.some((line) => isNear(line, entry))).toBe(true)
  const names = new Set([...lines, ...plain].map(({ name }) => name))
  for (const name of names) expect(times(lines, name)).toBe(times(plain, name))
}

const isNoGlue = ({ kind }: Operator): boolean => kind !== 'elementwise'

// Elementwise operators are one among the lines: as many launches of as many rows, and all bytes.
function expectAlike(lines: readonly Operator[], plain: readonly Operator[]): void {
  const [one, ...others] = lines.filter((line) => !isNoGlue(line))
  const glue = plain.filter((operator) => !isNoGlue(operator))
  expect(others).toEqual([])
  expect(one?.count).toBe(glue.reduce((sum, { count }) => sum + count, 0))
  const bytes = glue.reduce((sum, { count, activationBytes }) => sum + count * activationBytes, 0)
  expect(Math.abs(one!.count * one!.activationBytes - bytes)).toBeLessThanOrEqual(1e-12 * bytes)
  for (const { rows } of glue) expect(Math.abs(one!.rows - rows)).toBeLessThanOrEqual(1e-12 * rows)
}

function times(entries: readonly { readonly name: string }[], name: string): number {
  return entries.reduce((sum, entry) => sum + (entry.name === name ? (entry as Operator).count : 0), 0)
}

function isNear(a: object, b: object): boolean {
  const fields = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...fields].every((field) => {
    const [left, right] = [a, b].map((entry) => (entry as Record<string, unknown>)[field])
    if (field === 'count' || left === right) return true
    if (typeof left === 'number' && typeof right === 'number') return Math.abs(left - right) <= 1e-12 * Math.abs(right)
    return typeof left === 'object' && typeof right === 'object' && isNear(left!, right!)
  })
}
