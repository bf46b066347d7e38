import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { verdicts } from '../../src/index.ts'

const page = readFileSync(new URL('../../docs/claims.md', import.meta.url), 'utf8')

/** Verdict and number column of a claim's row on the page. */
function rowOf(id: string): readonly string[] {
  const line = page.split('\n').find((each) => each.startsWith(`| \`${id}\``))
  if (line === undefined) throw new Error(`docs/claims.md has no row for ${id}`)
  return line
    .split('|')
    .map((cell) => cell.trim())
    .slice(2, 4)
}

/** Units in which the page states a number: billions of parameters, milliseconds, millions of dollars and of chip-hours. */
const SCALES: ReadonlyMap<string, number> = new Map([
  ['params', 1e-9],
  ['s', 1000],
  ['USD', 1e-6],
  ['chip-h', 1e-6],
])

describe('docs/claims.md', () => {
  it.each(verdicts().map((verdict) => [verdict.claim.id, verdict] as const))(
    'states the verdict on %s',
    (id, verdict) => {
      const [outcome, number] = rowOf(id)
      expect(outcome).toBe(verdict.verdict)
      if ('unknown' in verdict.quantity) return
      const { value, unit } = verdict.quantity
      const scale = SCALES.get(unit) ?? 1
      // Rounded to two digits on the page, and allowed to drift a little with the fits before the page is due again.
      expect(Math.abs(Number.parseFloat(number!.replaceAll(',', '')) / (value * scale) - 1)).toBeLessThan(0.15)
    },
  )
})
