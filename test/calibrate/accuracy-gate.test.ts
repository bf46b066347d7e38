import { describe, expect, it } from 'vitest'
import { recorded, sampleScores } from '../../calibrate/accuracy-gate.ts'

/** Points of the median error that a change may cost before it has to be argued for by recording it anew. */
const SLACK = 0.02

const now = await sampleScores()
const before = recorded()

describe('accuracy on the committed sample of measured deployments', () => {
  it('has a sample worth judging by', () => {
    expect(now.rows).toBe(before.rows)
    expect(now.rows).toBeGreaterThanOrEqual(100)
  })

  it('predicts every row that was predicted before', () => {
    const lost = Object.entries(now.refused).filter(([id]) => before.refused[id] === undefined)
    expect(lost).toEqual([])
  })

  it.each(Object.keys(before.errors))('is not worse by two points than recorded: %s', (name) => {
    const [found, old] = [now.errors[name]!, before.errors[name]!]
    expect(found.rows).toBeGreaterThanOrEqual(old.rows)
    expect(found.median).toBeLessThan(old.median + SLACK)
  })
})
