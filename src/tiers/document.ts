import type { Tiers } from './tiers.ts'

/** The answer of `tiers` as JSON prints it (`pincer.tiers.v1`). */
export function tiersDocument(answer: Tiers): object {
  const { machine, load, routing } = answer
  const { layers } = load
  return {
    schema: 'pincer.tiers.v1',
    model: answer.model,
    machine: {
      name: machine.name,
      chips: machine.chips,
      timing: machine.timing,
      fast: machine.fast,
      slow: { ...machine.slow, rate: answer.slowRate },
    },
    setting: {
      users: answer.users,
      context: answer.context,
      precision: answer.precision,
      routing: routing.kind,
      exponent: routing.kind === 'power' ? routing.exponent : undefined,
      file: routing.kind === 'histogram' ? routing.file : undefined,
      residency: answer.residency,
      prefetch: answer.prefetch,
      accuracy: answer.prefetch === 'next' ? answer.accuracy : undefined,
      compute: answer.compute,
      within: answer.within,
    },
    experts: {
      layers: layers.length,
      perLayer: layers[0]?.work.experts,
      topk: layers[0]?.work.topk,
      distinct: answer.distinct,
    },
    bytes: answer.bytes,
    bounds: answer.bounds,
    answer: { ...answer.answer, hitNeeded: answer.hitNeeded },
    here: answer.here,
    curve: answer.curve,
    hits: answer.hits,
    notes: answer.notes,
  }
}
