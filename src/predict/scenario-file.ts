import * as z from 'zod/mini'
import en from 'zod/v4/locales/en.js'
import { type Issue, PincerError, nearest } from '../issue/index.ts'
import type { MappingInput } from '../parallel/index.ts'
import { ENGINES, type Engine, type Overlap, type Speculation } from '../step/index.ts'
import { FORMATS, type Format } from '../units/index.ts'
import type { Adjustment } from './adjustment.ts'
import type { Scenario, Workload } from './types.ts'

const count = z.number().check(z.int(), z.gte(1), z.lte(1e9))
const positive = z.number().check(z.gt(0), z.lte(1e12))
const degrees = z.strictObject({
  tp: z.optional(count),
  pp: z.optional(count),
  dp: z.optional(count),
  moeTp: z.optional(count),
  moeEp: z.optional(count),
})
const pool = z.strictObject({ workers: z.optional(count), mapping: degrees })
const speculation = z.strictObject({
  draft: z.number().check(z.int(), z.gte(1), z.lte(64)),
  acceptance: z.number().check(z.gte(0), z.lte(1)),
})
const workload = z.strictObject({
  isl: z.optional(z.number().check(z.int(), z.gte(1), z.lte(1e8))),
  osl: z.optional(z.number().check(z.int(), z.gte(1), z.lte(1e8))),
  concurrency: z.optional(z.number().check(z.int(), z.gte(1), z.lte(1e7))),
  spread: z.optional(z.number().check(z.gt(0), z.lte(1))),
  rounds: z.optional(z.number().check(z.int(), z.gte(1), z.lte(1e6))),
})

const factor = z.number().check(z.gte(0.01), z.lte(100))
const hostFactors = z.strictObject({ hostOverhead: factor, requestOverhead: factor })
const adjustment = z.strictObject({
  bandwidth: factor,
  compute: factor,
  links: factor,
  launch: z.optional(factor),
  engines: z.strictObject({
    vllm: z.optional(hostFactors),
    sglang: z.optional(hostFactors),
    trtllm: z.optional(hostFactors),
  }),
})

const scenarioSchema = z.strictObject({
  model: z.union([z.string(), z.record(z.string(), z.unknown())]),
  chip: z.union([z.string(), z.record(z.string(), z.unknown())]),
  precision: z.optional(z.enum(FORMATS as [Format, ...Format[]])),
  cacheFormat: z.optional(z.enum(FORMATS as [Format, ...Format[]])),
  engine: z.optional(z.enum(ENGINES as [Engine, ...Engine[]])),
  chips: z.optional(count),
  mapping: z.optional(degrees),
  machines: z.optional(count),
  disaggregated: z.optional(z.strictObject({ prefill: pool, decode: pool })),
  workload: z.optional(z.union([z.string(), workload])),
  speculation: z.optional(z.union([z.literal('default'), z.literal('unknown'), speculation])),
  isDraftingUnknown: z.optional(z.boolean()),
  streamInterval: z.optional(z.union([z.literal('harness'), z.number().check(z.int(), z.gte(1), z.lte(1000))])),
  frontEnd: z.optional(z.enum(['server', 'none'])),
  overlap: z.optional(z.enum(['two-batch'])),
  tokenBudget: z.optional(z.number().check(z.int(), z.gte(1), z.lte(1e8))),
  chipHour: z.optional(positive),
  tco: z.optional(z.unknown()),
  utilisation: z.optional(z.number().check(z.gt(0), z.lte(1))),
  calibration: z.optional(adjustment),
})

/** What a user writes, before anything is looked up. */
export interface ScenarioFile {
  readonly model: string | Readonly<Record<string, unknown>>
  readonly chip: string | Readonly<Record<string, unknown>>
  readonly precision?: Format | undefined
  readonly cacheFormat?: Format | undefined
  readonly engine?: Engine | undefined
  readonly chips?: number | undefined
  readonly mapping?: MappingInput | undefined
  readonly machines?: number | undefined
  readonly disaggregated?: { readonly prefill: PoolFile; readonly decode: PoolFile } | undefined
  readonly workload?: string | WorkloadFile | undefined
  readonly speculation?: 'default' | 'unknown' | Speculation | undefined
  readonly isDraftingUnknown?: boolean | undefined
  readonly streamInterval?: number | 'harness' | undefined
  readonly frontEnd?: Scenario['frontEnd'] | undefined
  readonly overlap?: Overlap | undefined
  readonly tokenBudget?: number | undefined
  readonly chipHour?: number | undefined
  /** Read by the economics room. */
  readonly tco?: unknown
  readonly utilisation?: number | undefined
  readonly calibration?: Adjustment | undefined
}

export interface PoolFile {
  /** Left out: as many as balance the pools. */
  readonly workers?: number | undefined
  readonly mapping: MappingInput
}

export type WorkloadFile = { readonly [K in keyof Workload]?: number | undefined }

/** Sentences for what a schema rejects; of one language only, since all of them are a fifth of what a browser would load. */
const english = en().localeError

/**
 * Checks the shape of a scenario file; names are looked up later.
 * @throws PincerError with the path of each faulty field
 */
export function parseScenarioFile(input: unknown): ScenarioFile {
  const parsed = scenarioSchema.safeParse(input, { error: english })
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.map((issue) => toIssue(deepest(issue), input))
  // One field may fail several checks (not whole, too large); the first says enough.
  throw new PincerError(issues.filter((issue, i) => issues.findIndex((other) => samePath(other, issue)) === i))
}

type SchemaIssue = z.core.$ZodIssue

// A union fails as a whole; what helps is the complaint of the branch that got furthest into the value.
function deepest(issue: SchemaIssue): SchemaIssue {
  if (issue.code !== 'invalid_union') return issue
  const inner = issue.errors.flat().map((error) => deepest(error as SchemaIssue))
  const furthest = inner.toSorted((a, b) => b.path.length - a.path.length)[0]
  if (furthest === undefined || (furthest.path.length === 0 && furthest.code !== 'unrecognized_keys')) return issue
  return { ...furthest, path: [...issue.path, ...furthest.path] }
}

function toIssue(issue: SchemaIssue, input: unknown): Issue {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))
  if (issue.code === 'unrecognized_keys') {
    const key = (issue.keys[0] ?? '').slice(0, 60)
    const near = nearest(key, FIELDS)
    const message = `unknown field "${key}"`
    return {
      code: 'unknown_field',
      path: [...path, key],
      message,
      ...(near === undefined ? {} : { suggestion: `did you mean "${near}"?` }),
    }
  }
  if (path.length > 0 && valueAt(input, path) === undefined)
    return { code: 'missing_field', path, message: 'is required' }
  return { code: 'invalid_value', path, message: issue.message }
}

const FIELDS: readonly string[] = [
  scenarioSchema,
  degrees,
  pool,
  workload,
  speculation,
  adjustment,
  hostFactors,
].flatMap((schema) => Object.keys(schema.shape))

function valueAt(input: unknown, path: readonly (string | number)[]): unknown {
  let value = input
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string | number, unknown>)[step]
  }
  return value
}

function samePath(a: Issue, b: Issue): boolean {
  return a.path.join('\n') === b.path.join('\n')
}
