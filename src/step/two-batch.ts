import { type KernelConstants, type Machine, collectiveTime, operatorTime } from '../kernel/index.ts'
import type { Pass } from '../model/index.ts'
import type { ChipWork, Collective } from '../parallel/index.ts'
import type { Seconds } from '../units/index.ts'

/**
 * How the tokens' way to their experts and back is hidden. `two-batch`: a batch is cut in two, and one half computes while the other is on
 * its way (DeepSeek, open-infra-index, day 6: prefill and decode alike).
 */
export type Overlap = 'two-batch'

/** Share of a chip that moves tokens in passes with prompts: 20 of 132 multiprocessors; decoding leaves it to the network cards (DeepSeek-V3, section 3.2.2; DeepEP). */
const EXCHANGE_SHARE = 20 / 132

/** `true` for the tokens' way to routed experts and back. */
export function isExchange({ name }: Pick<Collective, 'name'>): boolean {
  return name === 'dispatch' || name === 'combine'
}

/** One of the two halves of a pass. */
export function halfPass(pass: Pass): Pass {
  return {
    ...pass,
    prefillTokens: pass.prefillTokens / 2,
    prefillSequences: pass.prefillSequences / 2,
    decodeSequences: pass.decodeSequences / 2,
  }
}

/** What both halves of a pass take. */
export interface OverlappedTime {
  readonly seconds: Seconds
  /** Seconds of both halves' exchange, as if nothing were hidden. */
  readonly exchange: Seconds
  /** The part of it that shows, with what the compute loses to it. */
  readonly shown: Seconds
}

/**
 * Both halves of a pass, `half` being the work of one: as long as the longer of computing and exchanging. That each layer's exchange
 * finds as much compute beside it as the whole pass has is the best case.
 */
export function overlappedTime(
  half: ChipWork,
  machine: Machine,
  kernel: KernelConstants,
  hasPrompts: boolean,
): OverlappedTime {
  let [compute, exchange] = [0, 0]
  for (const operator of half.operators) compute += operator.count * operatorTime(operator, machine, kernel).seconds
  for (const transfer of half.collectives) {
    const seconds = transfer.count * collectiveTime(transfer, machine, kernel).seconds
    if (isExchange(transfer)) exchange += seconds
    else compute += seconds
  }
  const slowed = hasPrompts && exchange > 0 ? compute / (1 - EXCHANGE_SHARE) : compute
  const seconds = 2 * Math.max(slowed, exchange)
  return { seconds, exchange: 2 * exchange, shown: seconds - 2 * compute }
}
