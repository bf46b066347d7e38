import { machineOf } from '../kernel/index.ts'
import { decodePass, prefillPass } from '../model/index.ts'
import type { Mapping } from '../parallel/index.ts'
import { type StepSetting, passTime, tokensPerStep } from '../step/index.ts'
import type { Seconds } from '../units/index.ts'
import { fitted, stepSetting } from './calibration.ts'
import type { Scenario } from './types.ts'
import { meanLength } from './workload.ts'

/** Copies of each pool's mapping; undefined where nobody said. */
export interface Workers {
  readonly prefill: number | undefined
  readonly decode: number | undefined
}

/** Most decode workers that are tried: published recipes hardly ever have more. */
const MOST_DECODE = 6
/** The same for prefill workers, which are small beside a decode worker of 32 chips. */
const MOST_PREFILL = 16
/** Share of the prefill pool's prompts per second that an operator loads it with. */
const LOAD = 0.9

interface Pools {
  readonly prefill: Mapping
  readonly decode: Mapping
}

/**
 * Workers as an operator balances them: as many for decoding as keep every prompt that prefill workers deliver moving, but no
 * more than can be kept busy. One prefill worker unless the smallest decode pool already asks for more prompts than it makes.
 */
export function balancedWorkers(scenario: Scenario, pools: Pools, given: Workers): { prefill: number; decode: number } {
  const { prompts, cycle } = poolTimes(scenario, pools)
  const asked = (decode: number): number => {
    const clients = scenario.workload.concurrency
    return clients / cycle(clients / decode)
  }
  const delivered = prompts * (given.prefill ?? 1)
  let decode = given.decode ?? 1
  while (
    given.decode === undefined &&
    decode < Math.min(MOST_DECODE, scenario.workload.concurrency) &&
    asked(decode + 1) <= LOAD * delivered
  ) {
    decode += 1
  }
  const prefill = given.prefill ?? Math.min(MOST_PREFILL, Math.max(1, Math.ceil(asked(decode) / prompts)))
  return { prefill, decode }
}

interface PoolTimes {
  /** Prompts per second of one prefill worker. */
  readonly prompts: number
  /** Time of one request when every decode worker holds so many. */
  readonly cycle: (each: number) => Seconds
}

function poolTimes(scenario: Scenario, { prefill, decode }: Pools): PoolTimes {
  const machine = machineOf(scenario.chip)
  const constants = fitted(scenario)
  const { workload } = scenario
  const setting = (mapping: Mapping): StepSetting => stepSetting(scenario, machine, mapping, constants)
  const prompt = meanLength(workload.isl, workload.spread)
  const output = meanLength(workload.osl, workload.spread)
  const prefillStep = passTime(setting(prefill), prefillPass(prefill.dp, prompt))
  const decoding = setting(decode)
  const width = 1 + (scenario.speculation?.draft ?? 0)
  const gained = tokensPerStep(scenario.speculation)
  return {
    prompts: prefill.dp / prefillStep,
    cycle: (each) =>
      prefillStep + (output * passTime(decoding, decodePass(Math.max(each, 1), prompt + output / 2, width))) / gained,
  }
}
