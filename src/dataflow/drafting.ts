import { type ModelArch, paramCounts } from '../model/index.ts'
import { type DataflowStep, type Speculation, decodeTime } from './decode.ts'
import { type MachineConstants, isBefore } from './machine.ts'
import type { Placement } from './placement.ts'

/** Whether tokens are drafted. */
export type Drafting = 'yes' | 'no' | 'unknown'

/**
 * What is known of a deployment whose publication does not say whether it drafts, by the practice of those who serve on
 * the machine. Nobody drafts for small models, where a draft costs too large a share of the model, nor for large batches.
 */
export function usualDrafting(machine: MachineConstants, arch: ModelArch, users: number, date?: string): Drafting {
  const { models, since } = machine.drafting
  const { draftFloorParams, draftMostUsers } = machine.software
  const isEarly = since !== undefined && isBefore(date, since)
  if (isEarly || paramCounts(arch).total < draftFloorParams.value || users > draftMostUsers.value) return 'no'
  if (models === 'dense') return isSparse(arch) ? 'no' : 'yes'
  return models === 'all' ? 'yes' : models === 'none' ? 'no' : 'unknown'
}

/**
 * Drafts as endpoints of these machines make them: the prediction layer of a sparse model; for a dense one a small sibling or
 * a trained head, with the number of drafts that is fastest for so many users.
 */
export function typicalSpeculation(place: Placement, users = 1): Speculation {
  const { headTokens, headAcceptance, draftTokens, draftAcceptance } = place.machine.software
  if (isSparse(place.arch)) return { drafts: headTokens.value, acceptance: headAcceptance.value }
  let best: { readonly speculation: Speculation; readonly step: DataflowStep } | undefined
  for (let drafts = 1; drafts <= draftTokens.value; drafts++) {
    const speculation = { drafts, acceptance: draftAcceptance.value }
    const step = decodeTime(place, { users, speculation })
    if (best === undefined || step.tpot < best.step.tpot) best = { speculation, step }
  }
  return best!.speculation
}

/** Whether any layer routes tokens to experts. */
function isSparse(arch: ModelArch): boolean {
  const declared = arch.declared !== undefined && arch.declared.activeParams < arch.declared.totalParams
  return declared || arch.layers.some(({ ffn }) => ffn.kind === 'moe' && ffn.experts > ffn.topk)
}
