import { type Placement, type ServeOptions, type ServeResult, placement, serveOn } from '../dataflow/index.ts'
import { PincerError } from '../issue/index.ts'
import type { Scenario } from './types.ts'
import { meanLength } from './workload.ts'

/** The model laid out for the clients of the workload, or for as many as the system takes. @throws PincerError `does_not_fit` */
export function sramPlacement(scenario: Scenario): Placement {
  return serveMost(scenario, serveOptions(scenario)).served.place
}

/** The scenario as the dataflow room takes it, with mean lengths. */
export function serveOptions({ workload, precision, cache, machines, speculation }: Scenario): ServeOptions {
  return {
    promptTokens: Math.round(meanLength(workload.isl, workload.spread)),
    outputTokens: Math.round(meanLength(workload.osl, workload.spread)),
    precision,
    kvFormat: cache,
    ...(machines === undefined ? {} : { chips: machines }),
    ...(speculation === undefined
      ? {}
      : { speculation: { drafts: speculation.draft, acceptance: speculation.acceptance } }),
  }
}

/**
 * Serves all clients, or as many as the system takes: a fixed number of machines by its memory, any system by what its stages can
 * hold in flight. The other clients wait their turn outside.
 */
export function serveMost(
  { model, chip, machines, workload }: Scenario,
  base: ServeOptions,
): { served: ServeResult; users: number } {
  if (machines !== undefined) {
    const context = base.promptTokens + base.outputTokens
    const users = Math.min(workload.concurrency, placement(model, chip, { ...base, users: 1, context }).maxUsers)
    return { served: serveOn(model, chip, { ...base, users }), users }
  }
  const all = tryServe(model, chip, { ...base, users: workload.concurrency })
  if (all !== undefined) return { served: all, users: workload.concurrency }
  let best = { served: serveOn(model, chip, { ...base, users: 1 }), users: 1 }
  for (let tooMany = workload.concurrency; tooMany - best.users > 1;) {
    const users = Math.floor((best.users + tooMany) / 2)
    const served = tryServe(model, chip, { ...base, users })
    if (served === undefined) tooMany = users
    else best = { served, users }
  }
  return best
}

function tryServe(...question: Parameters<typeof serveOn>): ServeResult | undefined {
  try {
    return serveOn(...question)
  } catch (error) {
    if (error instanceof PincerError && error.issues[0]?.code === 'does_not_fit') return undefined
    throw error
  }
}
