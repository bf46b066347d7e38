import { describe, expect, test } from 'vitest'
import { type Chip, chipIds, chips, findChip, isKnown, type Known, valueOf } from '../../src/catalog/index.ts'
import { NOT_GIVEN } from '../../src/catalog/parse-chip.ts'
import { PincerError } from '../../src/issue/index.ts'

/** Every figure of a chip with its path. */
function figures(chip: Chip): [string, Known][] {
  const found: [string, Known][] = []
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return
    if ('value' in value || 'unknown' in value) found.push([path, value as Known])
    else for (const [key, part] of Object.entries(value)) visit(part, `${path}.${key}`)
  }
  visit(chip, chip.id)
  return found
}

const UNITS: readonly [RegExp, string][] = [
  [/\.memory\.\d\.capacity$/, 'B'],
  [/\.bandwidth$/, 'B/s'],
  [/\.(peak|attained)\./, 'FLOP/s'],
  [/\.power(\.|$)/, 'W'],
  [/\.(chips|domain)$/, 'chips'],
  [/\.dieMm2$/, 'mm2'],
]

/** Value of a figure by its path, e.g. `memory.hbm.bandwidth`. */
function figureAt(id: string, path: string): Known {
  const chip = findChip(id)
  const [area, name, key] = path.split('.')
  const tier = area === 'memory' ? chip.memory.find((level) => level.name === name) : undefined
  if (tier !== undefined) return tier[key as 'capacity' | 'bandwidth']
  const part = (chip as unknown as Record<string, Record<string, Known>>)[area!]!
  return name === undefined ? (part as unknown as Known) : part[name]!
}

function stores(id: string): string[] {
  return findChip(id)
    .memory.filter((tier) => tier.role === 'store')
    .map((tier) => tier.name)
}

describe('the chips of the catalog', () => {
  test('are all there', () => {
    expect(chips()).toHaveLength(33)
    expect(chips().map((chip) => chip.id)).toEqual(chipIds())
    expect(new Set(chips().map((chip) => chip.vendor)).size).toBeGreaterThanOrEqual(10)
  })

  test.each(chips().map((chip) => [chip.id, chip] as const))(
    '%s: every figure has its evidence or a reason',
    (_, chip) => {
      const all = figures(chip)
      expect(all.length).toBeGreaterThanOrEqual(10)
      for (const [path, figure] of all) {
        if (isKnown(figure)) {
          expect(figure.value, path).toBeGreaterThan(0)
          expect(figure.unit, path).toBe(UNITS.find(([pattern]) => pattern.test(path))?.[1])
          expect(figure.source, path).not.toBe('user')
        } else {
          expect(figure.unknown.length, path).toBeGreaterThan(8)
          // The catalog leaves nothing out: a gap is written down with its own reason.
          expect(figure.unknown, path).not.toBe(NOT_GIVEN)
        }
      }
      expect(chip.year, chip.id).toBeGreaterThanOrEqual(2020)
      expect([chip.vendor, chip.process]).not.toContain(NOT_GIVEN)
    },
  )

  test('SRAM machines are timed as such, and a cache never stores weights', () => {
    const sram = chips().filter((chip) => chip.kind === 'sram')
    expect(sram.map((chip) => chip.id)).toEqual([
      'groq-lpu-v1',
      'groq3-lp30',
      'cerebras-wse2',
      'cerebras-wse3',
      'cerebras-wse3t',
      'sambanova-sn40l',
      'sambanova-sn50',
      'graphcore-gc200',
      'dmatrix-corsair',
    ])
    expect(stores('groq')).toEqual(['sram'])
    expect(stores('sn40l')).toEqual(['hbm', 'ddr'])
    expect(stores('corsair')).toEqual(['sram', 'lpddr'])
    expect(stores('h100')).toEqual(['hbm'])
    expect(stores('l40s')).toEqual(['gddr'])
  })

  test('the first tier that stores weights is known in size and speed, except where nothing is published', () => {
    const unknown = chips().filter((chip) => {
      const store = chip.memory.find((tier) => tier.role === 'store')!
      return valueOf(store.capacity) === undefined || valueOf(store.bandwidth) === undefined
    })
    expect(unknown.map((chip) => chip.id)).toEqual(['etched-sohu'])
  })

  test('a chip without a published specification has nothing but what its vendor claimed and gave up', () => {
    const known = figures(findChip('etched_sohu')).filter(([, figure]) => isKnown(figure))
    expect(known.map(([path, figure]) => [path, valueOf(figure)])).toEqual([
      ['etched-sohu.memory.1.capacity', 144e9],
      ['etched-sohu.node.chips', 8],
    ])
    for (const [, figure] of known) {
      expect(figure).toMatchObject({ basis: 'vendor', note: expect.stringContaining('superseded 2024 disclosure') })
    }
  })
})

describe('figures', () => {
  test.each([
    ['h100-sxm', 'peak.bf16', 989.4e12],
    ['h100-sxm', 'peak.fp8', 1.979e15],
    ['h100-sxm', 'memory.hbm.capacity', 80e9],
    ['h100-sxm', 'memory.hbm.bandwidth', 3.35e12],
    ['h100-sxm', 'memory.sram.capacity', 50e6],
    ['h100-sxm', 'scaleUp.bandwidth', 450e9],
    ['h100-sxm', 'scaleOut.bandwidth', 50e9],
    ['h100-sxm', 'power.allIn', 1730],
    ['h100-sxm', 'dieMm2', 814],
    ['a100-sxm', 'peak.tf32', 156e12],
    ['h800-sxm', 'scaleUp.bandwidth', 200e9],
    ['h200-sxm', 'memory.hbm.bandwidth', 4.8e12],
    ['b200-sxm', 'peak.fp4', 9e15],
    ['b200-sxm', 'memory.hbm.bandwidth', 7.7e12],
    ['gb200-nvl72', 'scaleUp.domain', 72],
    ['gb200-nvl72', 'rack.power', 120e3],
    ['gb300-nvl72', 'power.tdp', 1400],
    ['rubin', 'peak.fp4', 35e15],
    ['rubin', 'memory.hbm.bandwidth', 22e12],
    ['mi300x', 'peak.bf16', 1307.4e12],
    ['mi355x', 'peak.mxfp4', 10.066e15],
    ['mi355x', 'power.allIn', 2650],
    ['tpu-v7-ironwood', 'peak.fp8', 4.614e15],
    ['tpu-v5e', 'memory.sram.bandwidth', 17.8e12],
    ['trainium2', 'node.chips', 16],
    ['groq-lpu-v1', 'memory.sram.capacity', 230e6],
    ['groq-lpu-v1', 'memory.sram.bandwidth', 80e12],
    ['groq-lpu-v1', 'peak.bf16', 188e12],
    ['groq-lpu-v1', 'peak.int8', 750e12],
    ['groq-lpu-v1', 'power.allIn', 388],
    ['groq-lpu-v1', 'power.tdp', 215],
    ['groq3', 'peak.fp8', 1.2e15],
    ['cerebras-wse3', 'memory.sram.capacity', 44e9],
    ['cerebras-wse3', 'memory.sram.bandwidth', 21e15],
    ['cerebras-wse3', 'power.allIn', 23e3],
    ['sambanova-sn40l', 'memory.ddr.bandwidth', 200e9],
    ['corsair', 'memory.lpddr.capacity', 256e9],
    ['corsair', 'peak.int4', 9.6e15],
    ['gc200', 'memory.sram.bandwidth', 47.5e12],
    ['blackhole', 'memory.gddr.bandwidth', 512e9],
  ])('%s %s', (id, path, value) => {
    expect(valueOf(figureAt(id, path))).toBe(value)
  })

  test('a format without a hardware path is absent, an undisclosed rate is unknown', () => {
    expect(findChip('a100').peak.fp8).toBeUndefined()
    expect(findChip('h100').peak.fp4).toBeUndefined()
    expect(findChip('mi355x').peak.fp4).toBeUndefined()
    expect(findChip('rubin').peak.bf16).toHaveProperty('unknown')
    expect(findChip('wse-3t').peak.bf16).toHaveProperty('unknown')
    expect(findChip('groq3').peak.bf16).toHaveProperty('unknown')
  })

  test('conflicts keep a main value and its range', () => {
    expect(figureAt('b300', 'memory.hbm.capacity')).toMatchObject({ value: 270e9, low: 268e9, high: 288e9 })
    expect(figureAt('wse3', 'peak.bf16')).toMatchObject({ value: 20.2e15, low: 15.8e15, basis: 'estimate' })
    expect(figureAt('sn40l', 'memory.hbm.bandwidth')).toMatchObject({ value: 1.8e12, low: 1e12 })
  })
})

describe('findChip', () => {
  test('knows every id and alias, and no name twice', () => {
    const names = chips().flatMap((chip) => [chip.id, ...chip.aliases])
    expect(new Set(names).size).toBe(names.length)
    for (const chip of chips()) for (const name of [chip.id, ...chip.aliases]) expect(findChip(name)).toBe(chip)
  })

  test.each([
    ['a100_sxm80', 'a100-sxm'],
    ['A100-SXM80', 'a100-sxm'],
    ['rtx_pro_6000_server', 'rtx-pro-6000'],
    ['H100_SXM', 'h100-sxm'],
    ['GB200', 'gb200-nvl72'],
    ['groq', 'groq-lpu-v1'],
    ['WSE-3', 'cerebras-wse3'],
    ['tpu7x', 'tpu-v7-ironwood'],
    ['v6e', 'tpu-v6e'],
    ['dmatrix_corsair', 'dmatrix-corsair'],
  ])('%s is %s', (name, id) => {
    expect(findChip(name).id).toBe(id)
  })

  test.each([
    ['h10', /did you mean "h100/],
    ['mi300', null],
    ['hal9000', /known chips: a100-sxm/],
    ['__proto__', /known chips/],
    ['constructor', /known chips/],
    ['', /known chips/],
    ['x'.repeat(100_000), /known chips/],
  ])('%s', (name, hint) => {
    if (hint === null) return expect(findChip(name).id).toBe('mi300x')
    const error = caught(() => findChip(name))
    expect(error.issues[0]).toMatchObject({ code: 'unknown_chip', path: ['chip'] })
    expect(error.issues[0]!.suggestion).toMatch(hint)
    expect(error.message.length).toBeLessThan(1000)
  })

  test('gives one shared object that nobody can change', () => {
    const chip = findChip('h100')
    expect(findChip('h100_sxm')).toBe(chip)
    expect(() => Object.assign(chip.power, { tdp: 1 })).toThrow(TypeError)
  })
})

function caught(act: () => unknown): PincerError {
  try {
    act()
  } catch (error) {
    if (error instanceof PincerError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
