import * as fc from 'fast-check'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { isKnown, parseChip } from '../../src/catalog/index.ts'
import { NOT_GIVEN } from '../../src/catalog/parse-chip.ts'
import { type Issue, PincerError } from '../../src/issue/index.ts'

const folder = new URL('../../catalog/chips/', import.meta.url)
const files = readdirSync(folder).map(
  (file) => [file, JSON.parse(readFileSync(new URL(file, folder), 'utf8'))] as const,
)

const minimal = {
  id: 'my-chip',
  kind: 'hbm',
  memory: [{ name: 'hbm', capacity: 80e9, bandwidth: 3.35e12 }],
  peak: { bf16: 1e15 },
}

/** Issues of the refusal; anything but a refusal fails the test. */
function issues(input: unknown): readonly Issue[] {
  try {
    parseChip(input)
  } catch (error) {
    if (error instanceof PincerError) return error.issues
    throw error
  }
  throw new Error('accepted')
}

/** `minimal` with one part replaced. */
function withPart(path: string, value: unknown): unknown {
  const chip = structuredClone(minimal) as unknown as Record<string, unknown>
  const keys = path.split('.')
  const last = keys.pop()!
  let part: Record<string, unknown> = chip
  for (const key of keys) {
    part[key] ??= {}
    part = part[key] as Record<string, unknown>
  }
  part[last] = value
  return chip
}

describe('files of the catalog', () => {
  test.each(files)('%s is parsed without loss and named after its id', (file, input) => {
    const chip = parseChip(input)
    expect(file).toBe(`${chip.id}.json`)
    // Nothing in the file is dropped, renamed or filled in.
    expect(chip).toEqual(input)
  })
})

describe('a chip of the user', () => {
  test('needs little, and what it leaves out is unknown, never 0', () => {
    const chip = parseChip(minimal)
    expect(chip.memory[0]).toEqual({
      name: 'hbm',
      role: 'store',
      capacity: { value: 80e9, unit: 'B', source: 'user', basis: 'estimate' },
      bandwidth: { value: 3.35e12, unit: 'B/s', source: 'user', basis: 'estimate' },
    })
    const unknown = { unknown: NOT_GIVEN }
    expect(chip).toMatchObject({
      name: 'my-chip',
      generation: 'my-chip',
      scaleUp: { bandwidth: unknown, domain: unknown },
      scaleOut: { bandwidth: unknown },
      power: { tdp: unknown, allIn: unknown },
      node: { chips: unknown },
      rack: { chips: unknown, power: unknown },
      dieMm2: unknown,
    })
    expect(chip).not.toHaveProperty('year')
    expect(chip.peak).toEqual({ bf16: { value: 1e15, unit: 'FLOP/s', source: 'user', basis: 'estimate' } })
  })

  test('may bring its own evidence', () => {
    const figure = { value: 700, unit: 'W', source: 'my datasheet', basis: 'vendor', low: 650, high: 750, note: 'max' }
    expect(parseChip(withPart('power.tdp', figure)).power.tdp).toEqual(figure)
    expect(parseChip(withPart('power.tdp', { value: 700 })).power.tdp).toMatchObject({ unit: 'W', source: 'user' })
    expect(parseChip(withPart('power.tdp', { unknown: 'secret' })).power.tdp).toEqual({ unknown: 'secret' })
  })

  test('may say that its own main figures are unknown, but not leave them out', () => {
    const silent = { ...minimal, memory: [{ name: 'hbm', capacity: 80e9 }] }
    expect(issues(silent)).toMatchObject([{ code: 'missing_field', path: ['memory', 0, 'bandwidth'] }])
    const frank = { ...minimal, memory: [{ name: 'hbm', capacity: 80e9, bandwidth: { unknown: 'secret' } }] }
    expect(isKnown(parseChip(frank).memory[0]!.bandwidth)).toBe(false)
  })
})

describe('refusals name the field and the way out', () => {
  test.each([
    ['power.tdp', -700, 'power.tdp', /negative/, /700 W/],
    ['power.tdp', 0, 'power.tdp', /must not be 0/, /700/],
    ['power.tdp', Number.NaN, 'power.tdp', /finite number, got NaN/, /700/],
    ['peak.bf16', Number.POSITIVE_INFINITY, 'peak.bf16', /finite number, got Infinity/, /989.4e12/],
    ['peak.bf16', 1e31, 'peak.bf16', /implausibly large/, /989.4e12/],
    ['peak.bf16', 989.4, 'peak.bf16', /implausibly small/, /989.4e12 for 989.4 TFLOP/],
    ['peak.bf16', { value: 989.4, unit: 'TFLOP/s' }, 'peak.bf16.unit', /wrong unit "TFLOP\/s"/, /989.4e12/],
    ['peak.bf16', { value: 1e15, low: 2e15 }, 'peak.bf16.value', /outside its own range/, undefined],
    ['peak.bf16', { value: 1e15, basis: 'rumour' }, 'peak.bf16.basis', /one of "measured"/, undefined],
    ['peak.bf16', { value: '1e15' }, 'peak.bf16.value', /expected a number, got "1e15"/, undefined],
    ['peak.bf16', { value: 1e15, sorce: 'x' }, 'peak.bf16.sorce', /unknown field/, /"source"/],
    ['peak.bf16', { value: 1e15, unknown: 'x' }, 'peak.bf16.value', /unknown field/, undefined],
    ['peak.bf16', { unknown: '' }, 'peak.bf16.unknown', /length of at least 1/, undefined],
    ['peak.bf16', {}, 'peak.bf16.value', /is missing/, undefined],
    ['peak.bf16', null, 'peak.bf16', /expected a number in FLOP\/s/, /989.4e12/],
    ['peak.fp9', 1e15, 'peak.fp9', /unknown number format/, /"fp8"/],
    ['peak.fp16', 1e15, 'peak.fp16', /unknown number format/, /"bf16"/],
    ['peak', {}, 'peak', /no peak is given/, /bf16/],
    ['peak', [1e15], 'peak', /expected an object, got a list/, undefined],
    ['scaleUp.domain', 7.5, 'scaleUp.domain', /whole number/, /8/],
    ['id', 'My Chip', 'id', /lower-case letters/, /"my-chip"/],
    ['id', undefined, 'id', /is missing/, undefined],
    ['kind', 'gpu', 'kind', /one of "hbm", "sram", got "gpu"/, undefined],
    ['tdp', 700, 'tdp', /unknown field/, /known fields/],
    ['year', 20.5, 'year', /expected a whole number, got 20.5/, undefined],
    ['memory', [], 'memory', /a list of at least 1/, undefined],
    ['memory', 'hbm', 'memory', /expected a list, got "hbm"/, undefined],
    ['memory', [{ name: 'hbm', role: 'cache' }], 'memory', /no tier stores weights/, /"store"/],
    ['kind', 'sram', 'kind', /needs an sram tier/, /"hbm"/],
    ['memory', [{ name: 'sram', capacity: 1e9, bandwidth: 1e13 }], 'kind', /stored in SRAM/, /"sram"/],
    ['aliases', ['my-chip'], 'aliases.0', /given twice/, /remove/],
  ])('%s = %j', (path, value, where, message, hint) => {
    const [issue, ...rest] = issues(withPart(path, value))
    expect(rest).toEqual([])
    expect(issue!.path.join('.')).toBe(where)
    expect(issue!.message).toMatch(message)
    if (hint !== undefined) expect(issue!.suggestion).toMatch(hint)
  })

  test.each([
    ['slower before faster', ['hbm', 80e9, 3e12], ['sram', 1e9, 1e13], ['memory.1.name', 'memory.1.bandwidth']],
    ['twice', ['hbm', 80e9, 3e12], ['hbm', 80e9, 3e12], ['memory.1.name']],
    ['rates out of order', ['hbm', 80e9, 3e11], ['ddr', 1e12, 4e11], ['memory.1.bandwidth']],
  ] as const)('tiers %s', (_, first, second, paths) => {
    const memory = [first, second].map(([name, capacity, bandwidth]) => ({ name, capacity, bandwidth }))
    expect(issues({ ...minimal, memory }).map((issue) => issue.path.join('.'))).toEqual(paths)
  })

  test('a cache behind a store', () => {
    const memory = [...minimal.memory, { name: 'ddr', role: 'cache', capacity: 1e12, bandwidth: 1e11 }]
    expect(issues({ ...minimal, memory })[0]!.message).toMatch(/cache cannot lie behind a store/)
  })

  test('every fault is listed, up to a bound', () => {
    expect(issues({}).map((issue) => issue.path[0])).toEqual(['id', 'kind', 'memory', 'peak'])
    const noise = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`junk${i}`, i]))
    expect(issues({ ...minimal, ...noise }).length).toBeLessThanOrEqual(40)
  })
})

describe('hostile input', () => {
  test.each([undefined, null, 5, 'chip', true, [], () => 1, Symbol('x'), 10n])('%s is refused', (input) => {
    expect(issues(input)[0]!.path).toEqual([])
  })

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('the key %s is an unknown field', (key) => {
    const extra = `"${key}":{"value":1e15}`
    const root = JSON.parse(`{${extra},${JSON.stringify(minimal).slice(1)}`)
    expect(issues(root)).toMatchObject([{ code: 'unknown_field', path: [key] }])
    const peak = JSON.parse(`{${extra},"bf16":1e15}`)
    expect(issues({ ...minimal, peak })).toMatchObject([{ code: 'unknown_format', path: ['peak', key] }])
    const figure = JSON.parse(`{${extra},"value":1e15}`)
    expect(issues({ ...minimal, peak: { bf16: figure } })).toMatchObject([{ code: 'unknown_field' }])
    expect(({} as Record<string, unknown>)['value']).toBeUndefined()
  })

  test('inherited fields do not count', () => {
    const heir = Object.create({ unknown: 'inherited' }) as object
    expect(issues({ ...minimal, peak: { bf16: heir } })[0]!.path).toEqual(['peak', 'bf16', 'value'])
  })

  test('deep nesting fails at the first wrong type', () => {
    const depth = 100_000
    const list = JSON.parse('['.repeat(5000) + ']'.repeat(5000)) as unknown
    let object: unknown = 1
    for (let i = 0; i < depth; i++) object = { value: object }
    for (const field of ['id', 'memory', 'peak', 'dieMm2', 'notes', 'scaleUp']) {
      for (const deep of [list, object]) expect(issues({ ...minimal, [field]: deep }).length).toBeGreaterThan(0)
    }
    expect(issues({ ...minimal, peak: { bf16: object } })[0]!.path).toEqual(['peak', 'bf16', 'value'])
  })

  test('long text is not echoed', () => {
    const [issue] = issues({ ...minimal, kind: 'x'.repeat(1e6) })
    expect(issue!.message.length).toBeLessThan(200)
  })
})

describe('whatever comes in, a chip or a PincerError comes out', () => {
  test('arbitrary JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (input) => {
        expect(outcome(input)).toBe('refused')
      }),
    )
  })

  const junk = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.double(),
    fc.constantFrom(undefined, 0, -1, 1e31, '', '__proto__', { unknown: 'x' }, { value: 1e12 }, []),
  )

  test('catalog files with one part replaced, removed or added', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.nat(), fc.nat(2), junk, fc.string(), (file, at, act, value, key) => {
        const input = structuredClone(file[1]) as object
        const parts = containers(input)
        const part = parts[at % parts.length]!
        const keys = Object.keys(part)
        const old = keys[at % Math.max(keys.length, 1)] ?? key
        if (act === 0) part[old] = value
        else if (act === 1) delete part[old]
        else Object.defineProperty(part, key, { value, enumerable: true, configurable: true, writable: true })
        seen.add(outcome(input))
      }),
      { numRuns: 1500 },
    )
    expect([...seen].sort()).toEqual(['chip', 'refused'])
  })
})

function containers(root: object): Record<string, unknown>[] {
  const found: Record<string, unknown>[] = []
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    found.push(value as Record<string, unknown>)
    Object.values(value).forEach(visit)
  }
  visit(root)
  return found
}

function outcome(input: unknown): 'chip' | 'refused' {
  try {
    const chip = parseChip(input)
    // What was accepted is complete and survives a second pass unchanged.
    expect(parseChip(JSON.parse(JSON.stringify(chip)))).toEqual(chip)
    return 'chip'
  } catch (error) {
    if (!(error instanceof PincerError)) throw error
    expect(error.issues.length).toBeGreaterThan(0)
    for (const issue of error.issues) expect(issue.message).not.toBe('')
    return 'refused'
  }
}
