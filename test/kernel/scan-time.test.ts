import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LIBRARIES, kernelConstants, machineOf, operatorTime } from '../../src/kernel/index.ts'
import { scanTime } from '../../src/kernel/scan-time.ts'
import { findChip } from '../../src/catalog/index.ts'
import { findModel, prefillPass } from '../../src/model/index.ts'
import { chipWork, tensorMapping } from '../../src/parallel/index.ts'

const time = fc.double({ min: 1e-7, max: 1e-2, noNaN: true })

describe('a delta rule on prompts', () => {
  it('takes chunks of 64 tokens one after the other: linear in them', () => {
    const k = kernelConstants('sglang')
    const at = (chain: number): number => scanTime(chain, 1e-6, 1e-6, k)
    expect(at(64)).toBe(at(1))
    expect(at(8192) - at(4096)).toBeCloseTo(64 * k.scan.sglang.chunk, 12)
  })

  it('never falls with longer chains, more bytes or more FLOPs, and is the fastest of any engine when none is told', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e5 }), time, time, (chain, compute, memory) => {
        const every = LIBRARIES.map((library) => {
          const at = (c: number, f: number, b: number): number => scanTime(c, f, b, kernelConstants(library))
          const least = at(chain, compute, memory)
          for (const more of [
            at(2 * chain, compute, memory),
            at(chain, 2 * compute, memory),
            at(chain, compute, 2 * memory),
          ])
            expect(more).toBeGreaterThanOrEqual(least)
          return least
        })
        expect(scanTime(chain, compute, memory, kernelConstants())).toBeCloseTo(Math.min(...every), 12)
      }),
    )
  })

  it('takes a prompt of 8192 tokens of Qwen3.5 on 4 B200 within a third of what SGLang was timed at: 472 µs a layer', () => {
    const arch = findModel('qwen3.5-397b-a17b')
    const formats = { weights: arch.checkpoint, cache: 'bf16' } as const
    const { operators } = chipWork(arch, prefillPass(1, 8192), tensorMapping(4), formats)
    const rule = operators.find(({ name }) => name === 'prefill-recurrence')!
    const alone = { ...kernelConstants('sglang'), streamPace: 1, matrixPace: 1, launchPace: 1 }
    const { seconds } = operatorTime(rule, machineOf(findChip('b200-sxm')), alone)
    expect(Math.abs(Math.log(seconds / 472e-6))).toBeLessThan(Math.log(4 / 3))
  })
})
