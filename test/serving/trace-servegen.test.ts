import { describe, expect, it } from 'vitest'
import { PincerError } from '../../src/issue/index.ts'
import { arrivalTicks, meanRate } from '../../src/serving/arrival/arrival.ts'
import { meanLength } from '../../src/serving/arrival/length.ts'
import { rng } from '../../src/serving/arrival/random.ts'
import { servegenWorkload } from '../../src/serving/trace/trace-servegen.ts'

const TABLE = { mean: 70, q: [0, 0.5, 0.99, 1], v: [0, 40, 400, 4000] }
const SUMMARY = {
  small: {
    window_s: 600,
    rate_per_s: [2, 10],
    rate_share_with_lengths: 0.43,
    lengths: { input_tokens: { mean: 100, q: [0, 0.5, 0.99, 1], v: [9, 40, 400, 4000] }, output_tokens: TABLE },
  },
}

describe('summaries of production workloads', () => {
  it('gives each window its rate and repeats the record', () => {
    const { arrivals, seconds } = servegenWorkload(SUMMARY, 'small')
    expect(seconds).toBe(1200)
    expect(meanRate(arrivals)).toBe(6)
    const ticks = arrivalTicks(arrivals, 20_000, rng(1, 'arrivals'))
    const inFirst = ticks.filter((tick) => (tick / 32e9) % 1200 < 600 && tick < 2400 * 32e9).length
    expect(Math.abs(inFirst - 2400)).toBeLessThan(4 * Math.sqrt(2400))
  })

  it('keeps the mean lengths and says what the summary leaves open', () => {
    const workload = servegenWorkload(SUMMARY, 'small')
    expect(meanLength(workload.prompt)).toBeCloseTo(100, 3)
    expect(workload.notes).toEqual([
      'lengths are known of 43.0 % of the requests',
      'outputs of 0 tokens are taken as 1',
      'output: the quantiles give a mean of 86.2 tokens where the summary has 70.0',
    ])
  })

  it('refuses what is missing or no number, with the path', () => {
    const small = SUMMARY.small
    const cases: [unknown, string][] = [
      [{ small: { ...small, window_s: 0 } }, 'small.window_s'],
      [{ small: { ...small, rate_per_s: [1, 'x'] } }, 'small.rate_per_s.1'],
      [{ small: { ...small, lengths: { input_tokens: TABLE } } }, 'small.lengths.output_tokens'],
      [{ other: small }, 'model'],
      [JSON.parse('{"__proto__": {"small": {}}}'), 'model'],
      [null, ''],
    ]
    for (const [input, path] of cases) {
      try {
        servegenWorkload(input, 'small')
        expect.unreachable(path)
      } catch (error) {
        if (!(error instanceof PincerError)) throw error
        expect(error.issues[0]!.path.join('.')).toBe(path)
      }
    }
  })
})
