import { isKnown } from '../catalog/index.ts'
import { formatCount, formatPercent, formatUsd } from '../units/index.ts'
import { type Span, chipTimeSpan, priceSpan, quotient } from './band.ts'
import { compareCommand, roundedDown, roundedUp } from './command.ts'
import { type Stand, costSpan, peakShare, standEvidence, stands } from './corner.ts'
import type { ChipsTest, Condition, CostTest, Finding, PointName, Setting } from './types.ts'

/** $ per output token of one corner over another. On one machine its price cancels, and with it the price's range. */
export function costFinding(test: CostTest, setting: Setting): Finding {
  const { comparison, asserts } = setting
  const command = compareCommand(comparison)
  const of = stands(comparison, test.of, test.point)
  const to = stands(comparison, test.to, test.point)
  if ('unknown' in of) return unanswered(of.unknown, command)
  if ('unknown' in to) return unanswered(to.unknown, command)
  const [best, ...others] = of as readonly [Stand, ...Stand[]]
  const base = to[0]!
  const ratio = costRatio(best, base)
  if ('unknown' in ratio) return unanswered(ratio.unknown, command)
  return {
    quantity: { name: asserts.quantity, ...ratio, unit: asserts.unit },
    reason: costReason(best, others, base, test.point),
    wouldHoldIf: asserts.atMost === undefined ? [] : costConditions({ of, base, bound: asserts.atMost, setting }),
    evidence: standEvidence([best, base], best.cell.chip !== base.cell.chip),
    command,
  }
}

/** GPUs that the sparse model needs for a token rate over those the dense one needs; whole nodes are not rounded up to. */
export function chipsFinding(test: ChipsTest, setting: Setting): Finding {
  const { comparison, asserts } = setting
  const command = compareCommand(comparison)
  const sparse = stands(comparison, { arm: 'sparse', machine: 'hbm' }, test.point)
  const dense = stands(comparison, { arm: 'dense', machine: 'hbm' }, test.point)
  if ('unknown' in sparse) return unanswered(sparse.unknown, command)
  if ('unknown' in dense) return unanswered(dense.unknown, command)
  const [one, other] = [sparse[0]!, dense[0]!]
  const ratio = quotient(chipTimeSpan(one.rate), chipTimeSpan(other.rate))
  const rates = `One ${one.cell.chip} makes ${rateOf(one)} tokens/s of ${one.point.model.name} and ${rateOf(other)} of ${other.point.model.name}.`
  const floor = ` To hold the weights at all takes ${formatCount(one.cell.machinesToHold)} and ${formatCount(other.cell.machinesToHold)}.`
  return {
    quantity: { name: asserts.quantity, ...ratio, unit: asserts.unit },
    reason: rates + floor + fastCaveat([one, other], test.point),
    wouldHoldIf: asserts.atMost === undefined ? [] : [rateCondition(one, ratio.value / asserts.atMost, command)],
    evidence: standEvidence([one, other], false),
    command,
  }
}

function unanswered(reason: string, command: string): Finding {
  return {
    quantity: { unknown: reason },
    reason,
    wouldHoldIf: [],
    evidence: { tier: 'first-principles', sources: [] },
    command,
  }
}

function costRatio(of: Stand, to: Stand): Span | { readonly unknown: string } {
  if (of.cell.chip === to.cell.chip) return quotient(chipTimeSpan(of.rate), chipTimeSpan(to.rate))
  const above = costSpan(of)
  const below = costSpan(to)
  if ('unknown' in above) return above
  return 'unknown' in below ? below : quotient(above, below)
}

function costReason(best: Stand, others: readonly Stand[], base: Stand, point: PointName): string {
  const rest = others.map((stand) => `; ${costText(stand)}`).join('')
  const sram = best.cell.machine === 'sram' ? SRAM_CAVEAT : ''
  return `$ per million output tokens: ${costText(best)}${rest}; ${costText(base)}.${sram}${fastCaveat([best, base], point)}`
}

const SRAM_CAVEAT =
  ' No throughput of an SRAM machine under load is published: the band reaches down to what one does without batching.'

// Near the fastest a machine can do, a little less speed per user and there is no batch that keeps it.
function fastCaveat(used: readonly Stand[], point: PointName): string {
  if (point === 'cheapest') return ''
  const unsure = [
    ...new Set(used.filter(({ cell }) => !cell.rate.isFastCertain).map(({ cell }) => `${cell.model} on ${cell.chip}`)),
  ]
  return unsure.length === 0
    ? ''
    : ` At the slow end of its band ${unsure.join(' and ')} does not reach the users' speed at all: the dear end of its cost is open.`
}

function costText({ cell, point }: Stand): string {
  const { perMtokOutput } = point.cost
  const cost = isKnown(perMtokOutput) ? formatUsd(perMtokOutput.value) : 'unknown'
  return `${cost} for ${point.model.name} on ${formatCount(point.chips)} × ${cell.chip}`
}

function rateOf({ point }: Stand): string {
  return formatCount(Math.round(point.throughput.outputPerChip.value))
}

interface CostCase {
  readonly of: readonly Stand[]
  readonly base: Stand
  readonly bound: number
  readonly setting: Setting
}

/** Price of each machine, price of the GPU, its idleness and the speed at which the central ratio meets the bound. */
function costConditions({ of, base, bound, setting }: CostCase): Condition[] {
  const { comparison } = setting
  const best = of[0]!
  const ratio = costRatio(best, base)
  if ('unknown' in ratio) return []
  if (best.cell.chip === base.cell.chip) return [rateCondition(best, ratio.value / bound, compareCommand(comparison))]
  const prices = of.flatMap((stand) => priceConditions(stand, { of, base, bound, setting }))
  // Twice the speed at one price is one speed at half the price, which a command can show.
  const shown = prices[0]?.command ?? compareCommand(comparison)
  return [
    ...prices,
    ...gpuConditions(base, ratio.value / bound, setting),
    rateCondition(best, ratio.value / bound, shown),
  ]
}

/** Cost is linear in the price and the operating point does not depend on it, so the break-even is a quotient. */
function priceConditions(stand: Stand, { base, bound, setting }: CostCase): Condition[] {
  const price = priceSpan(stand.point)
  const ratio = costRatio(stand, base)
  const below = costSpan(base)
  if (price === undefined || 'unknown' in ratio || 'unknown' in below) return []
  // A price that is given has no range, so its share of the band goes.
  const exact = quotient(chipTimeSpan(stand.rate), below)
  const central = roundedDown((price.value * bound) / ratio.value)
  const whole = roundedDown((central * exact.value) / exact.hi)
  const { chip } = stand.cell
  const at = (usd: number): string => compareCommand(setting.comparison, new Map([[chip, usd]]))
  const now = `(${formatUsd(price.value)} now)`
  return [
    {
      condition: `one machine-hour of ${chip} ${now} costs at most`,
      value: central,
      unit: 'USD/h',
      command: at(central),
    },
    {
      condition: `for the whole band: one machine-hour of ${chip} ${now} costs at most`,
      value: whole,
      unit: 'USD/h',
      command: at(whole),
    },
  ]
}

/** `factor`: what the GPU's tokens must cost more for the bound to be met; below 1 it is met. */
function gpuConditions(base: Stand, factor: number, { comparison }: Setting): Condition[] {
  const price = priceSpan(base.point)
  if (price === undefined) return []
  const { chip } = base.cell
  const dear = roundedUp(price.value * factor)
  const command = compareCommand(comparison, new Map([[chip, dear]]))
  const conditions: Condition[] = [
    {
      condition: `one chip-hour of ${chip} (${formatUsd(price.value)} now) costs at least`,
      value: dear,
      unit: 'USD/h',
      command,
    },
  ]
  if (factor <= 1) return conditions
  const share: Condition = {
    condition: `${chip} is used in at most this share of the hours it is paid for, and the other machine always`,
    value: roundedDown(1 / factor),
    unit: 'ratio',
    command,
  }
  return [...conditions, share]
}

function rateCondition(stand: Stand, factor: number, command: string): Condition {
  const needed = stand.point.throughput.outputPerChip.value * factor
  const share = peakShare(stand, needed)
  const limit = share === undefined ? '' : `, ${formatPercent(share)} of its dense peak`
  return {
    condition: `one ${stand.cell.chip} makes at least (${rateOf(stand)} predicted${limit} needed)`,
    value: roundedUp(needed),
    unit: 'tokens/s',
    command,
  }
}
