import type * as z from 'zod/mini'
import { type Issue, type IssueCode, nearest, PincerError } from '../issue/index.ts'

/** Raised inside schemas by our own checks: zod carries `params` through to the issue. */
export interface FaultParams {
  readonly fault: IssueCode
  readonly suggestion?: string
}

type Path = readonly (string | number)[]

const MOST_ISSUES = 20

/**
 * The typed error for a failed zod parse of `input`: missing fields, unknown fields with the nearest known name,
 * and wrong types with what was found. `fieldsAt` lists the fields accepted by the object at a path.
 */
export function parseFailure(
  error: z.core.$ZodError,
  input: unknown,
  fieldsAt: (path: Path) => readonly string[],
): PincerError {
  return new PincerError(error.issues.slice(0, MOST_ISSUES).flatMap((issue) => issuesOf(issue, input, fieldsAt)))
}

function issuesOf(issue: z.core.$ZodIssue, input: unknown, fieldsAt: (path: Path) => readonly string[]): Issue[] {
  const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key))
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, MOST_ISSUES).map((key) => unknownField(key, path, fieldsAt(path)))
  }
  if (issue.code === 'custom') return [customIssue(issue, path)]
  const found = valueAt(input, path)
  if (found === undefined) return [{ code: 'missing_field', path, message: `is missing; expected ${expected(issue)}` }]
  return [{ code: 'invalid_value', path, message: `expected ${expected(issue)}, got ${preview(found)}` }]
}

function unknownField(key: string, path: Path, known: readonly string[]): Issue {
  const near = nearest(key, known)
  const suggestion = near === undefined ? `known fields: ${known.join(', ')}` : `did you mean "${near}"?`
  return { code: 'unknown_field', path: [...path, clip(key)], message: 'unknown field', suggestion }
}

function customIssue(issue: z.core.$ZodIssueCustom, path: Path): Issue {
  const params = issue.params as FaultParams | undefined
  const base: Issue = { code: params?.fault ?? 'invalid_value', path, message: issue.message }
  return params?.suggestion === undefined ? base : { ...base, suggestion: params.suggestion }
}

const TYPE_NAMES: ReadonlyMap<string, string> = new Map([
  ['object', 'an object'],
  ['array', 'a list'],
  ['int', 'a whole number'],
])

function expected(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return TYPE_NAMES.get(issue.expected) ?? `a ${issue.expected}`
    case 'invalid_value':
      return `one of ${issue.values.map((value) => `"${String(value)}"`).join(', ')}`
    case 'too_small':
      return `${article(issue.origin)} of at least ${issue.minimum}`
    case 'too_big':
      return `${article(issue.origin)} of at most ${issue.maximum}`
    case 'invalid_format':
      return `text of the form ${issue.pattern ?? issue.format}`
    default:
      return 'another value'
  }
}

function article(origin: string): string {
  return origin === 'array' ? 'a list' : origin === 'string' ? 'a text length' : 'a number'
}

function valueAt(input: unknown, path: Path): unknown {
  let value = input
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<string | number, unknown>)[key]
  }
  return value
}

/** What was found, short enough to print: never the inside of an object. */
export function preview(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  if (typeof value === 'string') return `"${clip(value)}"`
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : typeof value
}

function clip(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}
