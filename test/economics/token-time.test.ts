import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mixCost, TASKS, callTokens, tokenTimes } from '../../src/economics/index.ts'
import { findSource } from '../../src/catalog/index.ts'
import { PincerError } from '../../src/issue/index.ts'

const rate = fc.double({ min: 1, max: 1e6, noNaN: true })
const share = fc.double({ min: 0, max: 1, noNaN: true })

describe('the split of a bill', () => {
  it('adds up to the bill for any shares of prefill, cached and output tokens', () => {
    fc.assert(
      fc.property(rate, rate, share, share, rate, (inputRate, outputRate, prefillShare, cachedShare, usdPerHour) => {
        const times = tokenTimes({
          inputTokensPerSecond: inputRate,
          outputTokensPerSecond: outputRate,
          prefillShare,
          cachedBytes: 70e3,
          cacheLink: 400e9,
        })
        // One second of requests of the load with part of their prompts cached keeps the machine busy for so long …
        const mix = { input: inputRate * (1 - cachedShare), cachedInput: inputRate * cachedShare, output: outputRate }
        const busy = mixCost(mix, times)
        // … and at $ per second of the machine the kinds make the bill of that time.
        const perSecond = usdPerHour / 3600
        const perToken = {
          input: perSecond * times.input,
          cachedInput: perSecond * times.cachedInput,
          output: perSecond * times.output,
        }
        expect(mixCost(mix, perToken)).toBeCloseTo(perSecond * busy, 9)
        expect(busy).toBeLessThanOrEqual(1 + 1e-9)
        if (cachedShare === 0) expect(busy).toBeCloseTo(1, 9)
      }),
    )
  })

  it('charges a cached token for the link, and never more than computing it again', () => {
    const at = (cachedBytes: number) =>
      tokenTimes({
        inputTokensPerSecond: 1e4,
        outputTokensPerSecond: 1e3,
        prefillShare: 0.5,
        cachedBytes,
        cacheLink: 1e9,
      })
    expect(at(1000).cachedInput).toBeCloseTo(1e-6, 15)
    expect(at(1e9).cachedInput).toBe(at(0).input)
    expect(at(0).cachedInput).toBe(0)
  })

  it('refuses values out of range', () => {
    const good = { inputTokensPerSecond: 1, outputTokensPerSecond: 1, prefillShare: 0.5, cachedBytes: 1, cacheLink: 1 }
    for (const bad of [
      { inputTokensPerSecond: 0 },
      { outputTokensPerSecond: Number.NaN },
      { prefillShare: 1.1 },
      { cachedBytes: -1 },
      { cacheLink: 0 },
    ]) {
      expect(() => tokenTimes({ ...good, ...bad })).toThrow(PincerError)
    }
  })
})

describe('tasks', () => {
  it.each(TASKS.map((task) => [task.id, task] as const))(
    '%s has whole counts and says where they are from',
    (_id, task) => {
      const { input, cachedInput, output } = callTokens(task)
      expect(input + cachedInput).toBeCloseTo(task.input, 6)
      expect(output).toBe(task.output)
      expect(Number.isInteger(task.calls) && task.calls >= 1).toBe(true)
      expect(task.note).toMatch(/\S/)
      if (task.source === 'assumption') expect(task.basis).toBe('estimate')
      else expect(findSource(task.source).kind).toBe(task.basis)
    },
  )
})
