import * as z from 'zod/mini'
import file from '../../catalog/claims.json' with { type: 'json' }
import { findSource } from '../catalog/index.ts'
import { type Issue, PincerError } from '../issue/index.ts'
import type { Claim } from './types.ts'

const text = z.string().check(z.minLength(1), z.maxLength(2000))
const positive = z.number().check(z.gt(0))
const count = z.number().check(z.int(), z.gte(1))
const share = z.number().check(z.gte(0), z.lte(1))
const arm = z.enum(['dense', 'sparse'])
const corner = z.strictObject({ arm, machine: z.enum(['hbm', 'sram']) })
const point = z.enum(['cheapest', 'fast'])
const run = z.strictObject({
  model: text,
  chip: text,
  tokens: positive,
  chips: z.optional(count),
  precision: z.optional(z.enum(['bf16', 'fp8'])),
  recipe: z.optional(text),
  price: z.optional(positive),
})
const market = z.strictObject({
  value: positive,
  unit: text,
  source: text,
  basis: z.enum(['measured', 'vendor', 'paper', 'derived', 'secondary', 'analyst', 'estimate']),
  date: text,
  note: text,
})
const served = z.strictObject({
  inputTokensPerDay: positive,
  cachedShare: share,
  outputTokensPerDay: positive,
  meanContext: positive,
  source: text,
})
// Its fields are checked by predict, which knows them.
const deployment = z.record(z.string(), z.unknown())
const measure = z.enum([
  'perUser',
  'output',
  'outputPerChip',
  'decodePerChip',
  'ttft',
  'tpot',
  'costPerMtokOutput',
  'joulesPerOutputToken',
])
const cited = z.strictObject({
  value: z.number(),
  low: z.optional(z.number()),
  high: z.optional(z.number()),
  source: text,
  note: text,
  isConfirmed: z.boolean(),
})
const test = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('deployment'),
    of: deployment,
    to: z.optional(deployment),
    measure,
    source: text,
  }),
  z.strictObject({
    kind: z.literal('run'),
    run,
    measure: z.enum(['chipHours', 'mfu', 'usd']),
    source: text,
  }),
  z.strictObject({ kind: z.literal('cited'), cited }),
  z.strictObject({
    kind: z.literal('count'),
    model: text,
    count: z.enum(['total', 'active', 'activeShare', 'experts']),
  }),
  z.strictObject({ kind: z.literal('training'), sparse: run, dense: run, source: text }),
  z.strictObject({ kind: z.literal('cost'), of: corner, to: corner, point }),
  z.strictObject({ kind: z.literal('chips'), point }),
  z.strictObject({ kind: z.literal('memory') }),
  z.strictObject({ kind: z.literal('latency') }),
  z.strictObject({ kind: z.literal('market'), market, run, served }),
])
const bound = z.number().check(z.gte(-1e300), z.lte(1e300))
const asserts = z.union([
  z.strictObject({ quantity: text, atLeast: bound, atMost: bound, unit: text }),
  z.strictObject({ quantity: text, atLeast: bound, unit: text }),
  z.strictObject({ quantity: text, atMost: bound, unit: text }),
])
const schema = z.array(z.strictObject({ id: text, text, reading: text, source: text, asserts, test }))

/** Whose claims they are: the catalog's name sources by its keys, one's own in any words. */
export interface ClaimOrigin {
  readonly areOwn?: boolean
}

/**
 * Claims from JSON, as `catalog/claims.json` holds them.
 * @throws PincerError with the path of each faulty field: a shape that is not a claim's, two claims with one id, a source
 * that the catalog does not know
 */
export function parseClaims(input: unknown, { areOwn = false }: ClaimOrigin = {}): readonly Claim[] {
  const result = schema.safeParse(input)
  if (!result.success) throw new PincerError(result.error.issues.map(toIssue))
  const list: readonly Claim[] = result.data
  const ids = new Set<string>()
  for (const [index, claim] of list.entries()) {
    if (!areOwn) findSource(claim.source)
    if (ids.has(claim.id)) {
      throw new PincerError({ code: 'invalid_value', path: [index, 'id'], message: `"${claim.id}" is there twice` })
    }
    ids.add(claim.id)
  }
  return list
}

function toIssue(issue: z.core.$ZodIssue): Issue {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))
  return { code: 'invalid_value', path, message: issue.message }
}

let parsed: readonly Claim[] | undefined

/** The claims of the catalog, in its order. */
export function claims(): readonly Claim[] {
  parsed ??= parseClaims(file)
  return parsed
}
