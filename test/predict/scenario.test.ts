import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PincerError, parseScenario } from '../../src/index.ts'

const good = { model: 'llama3-8b', chip: 'h100' }

function issues(input: unknown): string[] {
  try {
    parseScenario(input)
    return []
  } catch (error) {
    if (!(error instanceof PincerError)) throw error
    return error.issues.map((issue) => `${issue.code} ${issue.path.join('.')}`)
  }
}

function message(input: unknown): string {
  try {
    parseScenario(input)
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

describe('parseScenario', () => {
  it('resolves what is left out and says so', () => {
    const scenario = parseScenario(good)
    expect(scenario.workload).toEqual({ isl: 1024, osl: 1024, concurrency: 64, spread: 0.8 })
    expect(scenario.precision).toBe('bf16')
    expect(scenario.notes.join()).toContain('mapping not given')
  })

  it.each([
    [{}, ['missing_field model', 'missing_field chip']],
    [{ ...good, chip: 'h10' }, ['unknown_chip chip']],
    [{ ...good, model: 'lama3-8b' }, ['unknown_model model']],
    [{ ...good, chps: 8 }, ['unknown_field chps']],
    [{ ...good, workload: { isl: -1 } }, ['invalid_value workload.isl']],
    [{ ...good, workload: { concurrency: 1.5 } }, ['invalid_value workload.concurrency']],
    [{ ...good, workload: { osl: 1e300 } }, ['invalid_value workload.osl']],
    [{ ...good, workload: 'chatt' }, ['invalid_value workload']],
    [{ ...good, utilisation: 0 }, ['invalid_value utilisation']],
    [{ ...good, utilisation: 1.2 }, ['invalid_value utilisation']],
    [{ ...good, chipHour: -3 }, ['invalid_value chipHour']],
    [{ ...good, precision: 'fp7' }, ['invalid_value precision']],
    [{ ...good, engine: 'tgi' }, ['invalid_value engine']],
    [{ ...good, mapping: { tp: 3 } }, ['invalid_mapping mapping.tp']],
    [{ ...good, speculation: { draft: 3, acceptance: 2 } }, ['invalid_value speculation.acceptance']],
    [null, ['invalid_value ']],
    ['llama3-8b', ['invalid_value ']],
    [[1, 2], ['invalid_value ']],
  ])('%j → %j', (input, expected) => {
    expect(issues(input)).toEqual(expected)
  })

  it('suggests the nearest name', () => {
    expect(message({ ...good, chip: 'h10' })).toContain('h100')
    expect(message({ ...good, model: 'lama3-8b' })).toContain('llama3-8b')
    expect(message({ ...good, precison: 'fp8' })).toContain('did you mean "precision"')
    expect(message({ ...good, workload: 'chatt' })).toContain('chat')
  })

  it('is safe against prototype keys', () => {
    expect(issues(JSON.parse('{"model":"llama3-8b","chip":"h100","__proto__":{"precision":"fp8"}}'))).not.toEqual([])
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      expect(issues({ ...good, chip: name })).toEqual(['unknown_chip chip'])
      expect(issues({ ...good, model: name })).toEqual(['unknown_model model'])
      expect(issues({ ...good, workload: name })).toEqual(['invalid_value workload'])
    }
  })

  it('turns anything at all into a scenario or a typed error', () => {
    const junk = fc.anything({ withNullPrototype: true, withBigInt: true })
    fc.assert(
      fc.property(
        fc.record(
          {
            model: fc.oneof(fc.constant('llama3-8b'), junk),
            chip: fc.oneof(fc.constant('h100'), junk),
            workload: junk,
            mapping: junk,
          },
          { requiredKeys: [] },
        ),
        (input) => {
          try {
            parseScenario(input)
          } catch (error) {
            expect(error).toBeInstanceOf(PincerError)
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  it('says how many chips would hold a model that does not fit', () => {
    expect(issues({ model: 'deepseek-v3', chip: 'h100', chips: 4 })).toEqual([])
  })
})
