import type { SideInput, Workload } from '../../src/index.ts'

export const LOAD: Workload = { isl: 1024, osl: 1024, concurrency: 64, spread: 0.8 }

/** DeepSeek-V2 in fp8 on so many chips. */
export function scenario(chip: string, chips: number, more: object = {}): Record<string, unknown> {
  return { model: 'deepseek-v2', chip, precision: 'fp8', chips, workload: LOAD, ...more }
}

export const H100: SideInput = { scenario: scenario('h100-sxm', 8) }
export const B200: SideInput = { scenario: scenario('b200-sxm', 8) }
export const OWN_H100: SideInput = { ...H100, hour: 'own' }
export const OWN_B200: SideInput = { ...B200, hour: 'own' }
export const API: SideInput = { api: { input: 0.14, output: 0.28 }, workload: LOAD }

/** The message of the PincerError that `work` throws. */
export function issue(work: () => unknown): string {
  try {
    work()
  } catch (fault) {
    return fault instanceof Error ? `${fault.name} ${fault.message}` : String(fault)
  }
  return 'no fault'
}
