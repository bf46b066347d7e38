import { describe, expect, it } from 'vitest'
import { findChip, findSource } from '../../src/catalog/index.ts'
import { BASES } from '../../src/catalog/parse-figure.ts'
import { PincerError } from '../../src/issue/index.ts'
import { findModel } from '../../src/model/index.ts'
import { type TiersInput, findHost, hostMemories, hostShare, tiers } from '../../src/tiers/index.ts'
import { smallMoe } from './arch.ts'

const model = smallMoe()
const FAST = { capacity: 1e9, bandwidth: 1e12 }
const SLOW = { capacity: 1e9, bandwidth: 1e10 }

describe('host memories', () => {
  it.each(hostMemories())('$id has figures with sources', ({ chips, capacity, bandwidth, latency }) => {
    for (const figure of [capacity, bandwidth, hostShare(), ...(latency === undefined ? [] : [latency])]) {
      expect(figure.value).toBeGreaterThan(0)
      expect(BASES).toContain(figure.basis)
      expect(findSource(figure.source).id).toBe(figure.source)
    }
    for (const chip of chips) expect(findChip(chip).id).toBe(chip)
  })

  it('stand beside one chip once', () => {
    const chips = hostMemories().flatMap((host) => host.chips)
    expect(new Set(chips).size).toBe(chips.length)
  })

  it('are found by name', () => {
    expect(findHost('PCIE5').id).toBe('pcie5')
    expect(() => findHost('pci5')).toThrow(/did you mean "pcie5"/)
  })
})

describe('the machine of a question', () => {
  it.each([
    ['sambanova-sn40l', 16, 'ddr', 16],
    ['sambanova-sn50', 16, 'DDR5 of its own', 16],
    ['dmatrix-corsair', 64, 'lpddr', 1],
    ['groq-lpu-v1', 64, 'host DRAM over PCIe 4.0 x16', 16],
    ['gb200-nvl72', 2, 'LPDDR5X of a Grace CPU shared by two GPUs over NVLink-C2C', 2],
    ['h100-sxm', 1, 'host DRAM over PCIe 5.0 x16', 1],
  ])('%s keeps the rest where it has room', (chip, chips, slow) => {
    const { machine } = tiers({ model, chip: findChip(chip), chips })
    expect(machine.slow.name).toBe(slow)
    expect(machine.slow.bandwidth).toBeLessThan(machine.fast.bandwidth)
    expect(machine.sources.length).toBeGreaterThan(0)
    for (const source of machine.sources) expect(findSource(source).id).toBe(source)
  })

  it('of a chip is fast enough without experts when its link is as fast as its memory', () => {
    const arch = findModel('mixtral-8x7b')
    const slow = { capacity: 1e12, bandwidth: 3.3e12 }
    const { answer, bounds } = tiers({ model: arch, chip: findChip('h100'), slow, within: 0.6 })
    expect(answer.experts).toBe(0)
    expect(answer.capacity).toBe(bounds.none.capacity)
  })

  const REFUSED: readonly (readonly [string, TiersInput, string])[] = [
    [
      'a dense model',
      { model: findModel('llama3-8b'), fast: FAST, slow: SLOW },
      'model: Llama 3.1 8B has no routed experts',
    ],
    ['no machine', { model }, 'fast: is required'],
    ['no slow tier', { model, fast: FAST }, 'slow: is required'],
    [
      'tiers the wrong way round',
      { model, fast: SLOW, slow: FAST },
      'slow: the slow tier reads 1000 GB/s, no less than',
    ],
    [
      'a fast tier without room',
      { model, fast: { ...FAST, capacity: 0 }, slow: SLOW },
      'fast: capacity and bandwidth must be above 0',
    ],
    [
      'a fast tier too small',
      { model, fast: { ...FAST, capacity: 1e6 }, slow: SLOW },
      'does not hold what every token reads',
    ],
    [
      'a slow tier too small',
      { model, fast: { ...FAST, capacity: 20e6 }, slow: { ...SLOW, capacity: 1e6 } },
      'slow: the slow tier of 1 MB does not hold',
    ],
    ['wafers', { model, chip: findChip('wse3'), slow: SLOW }, 'chip: WSE-3'],
    [
      'an unpublished second tier',
      { model, chip: { ...findChip('sn50'), id: 'my-rdu' } },
      'no slow tier of SN50 RDU is known; the bandwidth of its ddr is not published',
    ],
    ['two fast tiers', { model, chip: findChip('h100'), fast: FAST }, 'fast: has no meaning beside a chip'],
    ['two slow tiers', { model, fast: FAST, slow: SLOW, host: 'pcie4' }, 'host: has no meaning beside a slow tier'],
    ['chips without a chip', { model, fast: FAST, slow: SLOW, chips: 2 }, 'chips: has no meaning without a chip'],
    [
      'an LRU where the host computes',
      { model, fast: FAST, slow: SLOW, compute: 'host', residency: 'lru' },
      'residency: an LRU has no meaning',
    ],
    ['accuracy of no guess', { model, fast: FAST, slow: SLOW, accuracy: 0.9 }, 'accuracy: has no meaning unless'],
    [
      'an accuracy above 1',
      { model, fast: FAST, slow: SLOW, prefetch: 'next', accuracy: 1.1 },
      'accuracy: must be a number at least 0 and at most 1, not 1.1',
    ],
    ['half a user', { model, fast: FAST, slow: SLOW, users: 0.5 }, 'users: must be a whole number at least 1'],
    ['chips that do not divide heads', { model, chip: findChip('h100'), chips: 3 }, 'chips'],
  ]

  it.each(REFUSED)('refuses %s', (_, input, message) => {
    expect(() => tiers(input)).toThrow(PincerError)
    expect(() => tiers(input)).toThrow(message)
  })

  it('says the least that is needed, and that is enough', () => {
    const tight = { model, fast: { ...FAST, capacity: 1e6 }, slow: SLOW }
    const [, amount] = /at least ([\d.]+) MB are needed/.exec(messageOf(tight)) ?? []
    expect(tiers({ ...tight, fast: { ...FAST, capacity: Number(amount) * 1e6 } }).here.experts).toBeLessThan(20)
  })
})

function messageOf(input: TiersInput): string {
  try {
    tiers(input)
  } catch (fault) {
    return (fault as Error).message
  }
  return ''
}
