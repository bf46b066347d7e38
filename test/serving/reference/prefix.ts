/** What requests do with the prefix cache: find their first units in it, make units present, give all back. */
import { bring, givePlain, hold, letGo } from './cache.ts'
import { type Engine } from './engine.ts'
import { type Sequence, grainsOf } from './sequence.ts'

/** The leading units of a request that are present. */
export interface Hits {
  readonly units: readonly number[]
  readonly tokens: number
  /** How many of them lie on the device with holders, and how many in the host. */
  readonly shared: number
  readonly host: number
}

const NOTHING: Hits = { units: [], tokens: 0, shared: 0, host: 0 }

/** The longest run of leading units that are present on either tier; at least one token is left to compute. */
export function findHits({ cache, blockTokens }: Engine, { id, units, goal }: Sequence): Hits {
  if (blockTokens === undefined) return NOTHING
  const absent = units.findIndex((unit) => !cache.holders.has(unit) && !cache.host.includes(unit))
  const present = absent === -1 ? units.length : absent
  const most = Math.floor((goal - 1) / blockTokens)
  if (present > most && goal % blockTokens === 0) cache.log.push({ kind: 'cap', unit: units[most]!, row: id })
  const found = units.slice(0, Math.min(present, most))
  return {
    units: found,
    tokens: found.length * blockTokens,
    shared: found.filter((unit) => (cache.holders.get(unit) ?? 0) > 0).length,
    host: found.filter((unit) => cache.host.includes(unit)).length,
  }
}

/**
 * Makes all hits the request's own, before any block is taken. Those on the device bring their blocks with them; for
 * those from the host the request still lacks blocks.
 */
export function takeHits(engine: Engine, sequence: Sequence, hits: Hits): void {
  const { cache } = engine
  hits.units.forEach((unit, position) => {
    if (cache.holders.has(unit)) hold(cache, unit, sequence.id)
    else bring(cache, unit, sequence.id, 'load')
    sequence.held.push(position)
  })
  sequence.blocks = cache.unitBlocks * (hits.units.length - hits.host)
  sequence.cached = hits.tokens
  sequence.hitTokens += hits.tokens
  sequence.hostTokens += hits.host * (engine.blockTokens ?? 0)
  engine.loads += hits.host
}

/** All full units within these tokens that are absent on the device become present, out of the request's own blocks. */
export function makeUnits({ cache, blockTokens }: Engine, sequence: Sequence, tokens: number): void {
  if (blockTokens === undefined) return
  const { id, units, held } = sequence
  for (let position = 0; position < units.length && (position + 1) * blockTokens <= tokens; position++) {
    const unit = units[position]!
    if (held.includes(position)) continue
    if (cache.holders.has(unit)) {
      // Another's unit, or nobody's: the request's own blocks stay plain.
      cache.log.push({ kind: 'copy', unit, row: id })
    } else {
      bring(cache, unit, id, 'make')
      held.push(position)
    }
  }
}

/** At the end and at a preemption: what is cached can be found again; plain blocks go first, then units, last first. */
export function release(engine: Engine, sequence: Sequence): void {
  const { cache, speculation } = engine
  const { prompt, output, units, held } = sequence
  const tokens = Math.min(prompt + output - 1, Math.floor(grainsOf(sequence, speculation) / speculation.grain))
  makeUnits(engine, sequence, tokens)
  givePlain(cache, sequence.blocks - cache.unitBlocks * held.length)
  for (const position of [...held].sort((a, b) => b - a)) letGo(cache, units[position]!)
  sequence.held = []
  sequence.blocks = 0
}
