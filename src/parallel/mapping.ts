import { type Issue, PincerError } from '../issue/index.ts'
import { type ModelArch, hasExperts, totalLayers } from '../model/index.ts'

/**
 * How one replica of a model is laid over chips. Chips = tp·pp·dp = moeTp·moeEp·pp.
 * `dp` is attention data parallelism: each rank holds whole attention layers and its own sequences.
 */
export interface Mapping {
  readonly tp: number
  readonly pp: number
  readonly dp: number
  readonly moeTp: number
  readonly moeEp: number
}

/** Chips that one replica occupies. */
export function chipsOf(mapping: Mapping): number {
  return mapping.tp * mapping.pp * mapping.dp
}

/** Plain tensor parallelism over `chips` chips, experts split along their width. */
export function tensorMapping(chips: number): Mapping {
  return { tp: chips, pp: 1, dp: 1, moeTp: chips, moeEp: 1 }
}

/** The parts of a mapping that were given; the rest follow: dense models need tp only. */
export type MappingInput = { readonly [K in keyof Mapping]?: number | undefined }

/**
 * A mapping that `arch` can run under. Missing degrees default to 1; missing MoE degrees follow attention's:
 * moeEp = tp·dp / moeTp, moeTp = tp·dp / moeEp, and with neither given the experts are split along their width. A dense
 * model has no experts to place, so that its MoE degrees are not looked at.
 * @throws PincerError `invalid_mapping` with the path of the degree that does not divide.
 */
export function parseMapping(
  input: MappingInput,
  arch: ModelArch,
  path: readonly (string | number)[] = ['mapping'],
): Mapping {
  const issues: Issue[] = []
  const tp = degree(input.tp, 'tp', path, issues)
  const pp = degree(input.pp, 'pp', path, issues)
  const dp = degree(input.dp, 'dp', path, issues)
  if (issues.length > 0) throw new PincerError(issues)
  const ranks = tp * dp
  const isMoe = hasExperts(arch)
  const [moeTp, moeEp] = isMoe ? expertDegrees(input, ranks, path, issues) : [ranks, 1]
  const mapping = { tp, pp, dp, moeTp, moeEp }
  issues.push(
    ...stageIssues(mapping, arch, path),
    ...headIssues(mapping, arch, path),
    ...expertIssues(mapping, arch, path),
  )
  if (issues.length > 0) throw new PincerError(issues)
  return mapping
}

function degree(value: number | undefined, name: string, path: readonly (string | number)[], issues: Issue[]): number {
  if (value === undefined) return 1
  if (Number.isInteger(value) && value >= 1 && value <= 1_000_000) return value
  issues.push({
    code: 'invalid_mapping',
    path: [...path, name],
    message: `${name} must be a whole number from 1 to 1,000,000, not ${value}`,
  })
  return 1
}

function expertDegrees(
  input: MappingInput,
  ranks: number,
  path: readonly (string | number)[],
  issues: Issue[],
): [number, number] {
  const given = { moeTp: input.moeTp, moeEp: input.moeEp }
  if (given.moeTp === undefined && given.moeEp === undefined) return [ranks, 1]
  const moeTp = degree(given.moeTp ?? ranks / (given.moeEp ?? 1), 'moeTp', path, issues)
  const moeEp = degree(given.moeEp ?? ranks / moeTp, 'moeEp', path, issues)
  if (issues.length === 0 && moeTp * moeEp !== ranks) {
    const message = `moeTp·moeEp = ${moeTp}·${moeEp} must equal tp·dp = ${ranks}`
    issues.push({ code: 'invalid_mapping', path: [...path, 'moeEp'], message })
  }
  return [moeTp, moeEp]
}

function stageIssues(mapping: Mapping, arch: ModelArch, path: readonly (string | number)[]): Issue[] {
  const layers = totalLayers(arch)
  if (mapping.pp <= layers) return []
  const message = `pp ${mapping.pp} is more stages than the ${layers} layers of ${arch.id}`
  return [{ code: 'invalid_mapping', path: [...path, 'pp'], message, suggestion: `use at most ${layers}` }]
}

function headIssues(mapping: Mapping, arch: ModelArch, path: readonly (string | number)[]): Issue[] {
  for (const { mixer } of arch.layers) {
    if (mixer.kind === 'none') continue
    if (mixer.heads % mapping.tp !== 0) {
      const message = `tp ${mapping.tp} does not divide the ${mixer.heads} heads of ${arch.id}`
      return [
        { code: 'invalid_mapping', path: [...path, 'tp'], message, suggestion: `use one of ${divisors(mixer.heads)}` },
      ]
    }
  }
  return []
}

function expertIssues(mapping: Mapping, arch: ModelArch, path: readonly (string | number)[]): Issue[] {
  for (const { ffn } of arch.layers) {
    if (ffn.kind !== 'moe') continue
    if (ffn.experts % mapping.moeEp !== 0) {
      const message = `moeEp ${mapping.moeEp} does not divide the ${ffn.experts} experts of ${arch.id}`
      return [
        {
          code: 'invalid_mapping',
          path: [...path, 'moeEp'],
          message,
          suggestion: `use one of ${divisors(ffn.experts)}`,
        },
      ]
    }
  }
  return []
}

function divisors(n: number): string {
  return Array.from({ length: Math.min(n, 256) }, (_, i) => i + 1)
    .filter((d) => n % d === 0)
    .join(', ')
}
