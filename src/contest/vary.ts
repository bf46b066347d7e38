import { type Figure, isKnown } from '../catalog/index.ts'
import { PincerError } from '../issue/index.ts'
import { type Distribution, type Truncated, parseDistribution, truncated } from '../uncertainty/index.ts'
import { whyWithout } from './effect.ts'
import { KEPT_TAIL } from './knots.ts'
import { INPUTS, type InputName, type InputRule, PREDICTION_INPUTS, inputName } from './input.ts'
import type { Side } from './side.ts'

/** An uncertain input and the sides it is of; both see the same value in every sample. */
export interface VariedInput {
  /** As it is shown: "power-price", "b.chip-hour". */
  readonly shown: string
  readonly rule: InputRule
  readonly sides: readonly (0 | 1)[]
  readonly values: Truncated
  /** Whether the user gave it, or it is the range of a figure of the catalog. */
  readonly origin: 'given' | 'catalog'
  readonly source?: string
}

/** Inputs by name ("utilisation", "b.chip-hour") → a distribution as JSON, as text, or a number. */
export type Varied = Readonly<Record<string, unknown>>

/**
 * The uncertain inputs of two sides: what `vary` says, and for every other figure with a published range a triangular distribution over it with
 * its mode at the central value. A figure that both sides have alike is one input.
 * @throws PincerError below ["vary", name]
 */
export function variedInputs(sides: readonly [Side, Side], vary: Varied): VariedInput[] {
  const given = Object.entries(vary).map(([name, input]) => givenInput(sides, name, input))
  const named = given.toSorted((a, b) => b.sides.length - a.sides.length)
  const taken = new Map<string, VariedInput>()
  // What is said of one side holds there against what is said of both.
  for (const input of named) {
    for (const side of input.sides) {
      const key = `${side} ${input.rule.name}`
      const other = taken.get(key)
      if (other !== undefined && other.sides.length === input.sides.length)
        throw new PincerError({
          code: 'invalid_value',
          path: ['vary', input.shown],
          message: `is also given as ${other.shown}`,
        })
      taken.set(key, input)
    }
  }
  const left = given
    .map((input) => ({
      ...input,
      sides: input.sides.filter((side) => taken.get(`${side} ${input.rule.name}`)?.shown === input.shown),
    }))
    .filter(({ sides: held }) => held.length > 0)
  return [...left, ...catalogInputs(sides, new Set(taken.keys()))]
}

function givenInput(sides: readonly [Side, Side], text: string, input: unknown): VariedInput {
  const path = ['vary', text]
  const name = inputName(text, path)
  const found = effectiveSides(sides, name, path)
  const of = parseDistribution(input, path)
  return { shown: name.shown, rule: name.rule, sides: found, values: kept(of, name.rule, path), origin: 'given' }
}

/** The sides that an input has a meaning for. @throws PincerError where it has none */
export function effectiveSides(
  sides: readonly [Side, Side],
  { rule, side }: InputName,
  path: readonly (string | number)[],
): (0 | 1)[] {
  const asked = side === undefined ? ([0, 1] as const) : [side]
  const reasons = asked.map((each) => ({ each, why: whyWithout(sides[each], rule) }))
  const found = reasons.filter(({ why }) => why === undefined).map(({ each }) => each)
  if (found.length > 0) return found
  const message = `has no effect: ${reasons.map(({ each, why }) => `${each === 0 ? 'A' : 'B'} ${why}`).join('; ')}`
  const suggestion = HINTS[rule.name] ?? (rule.owned === undefined ? undefined : 'build the chip-hour up with --own')
  throw new PincerError({ code: 'invalid_value', path, message, ...(suggestion === undefined ? {} : { suggestion }) })
}

const HINTS: Readonly<Record<string, string | undefined>> = {
  acceptance: 'give the side --spec-draft and --spec-acceptance',
  'api-price': 'make a side an API with --api',
}

function kept(of: Distribution, rule: InputRule, path: readonly (string | number)[]): Truncated {
  const values = truncated(of, rule.support, path)
  const isUnbounded = of.kind === 'normal' || of.kind === 'lognormal' || of.kind === 'quantiles'
  if (!PREDICTION_INPUTS.includes(rule.name) || !isUnbounded) return values
  const at = (p: number): number => values.at(KEPT_TAIL + p * (1 - 2 * KEPT_TAIL))
  return { of, at, cut: values.cut + (1 - values.cut) * 2 * KEPT_TAIL }
}

function catalogInputs(sides: readonly [Side, Side], taken: ReadonlySet<string>): VariedInput[] {
  const found: { name: string; figure: Figure; sides: (0 | 1)[] }[] = []
  for (const side of [0, 1] as const) {
    for (const [name, figure] of rangedFigures(sides[side])) {
      if (taken.has(`${side} ${name}`) || whyWithout(sides[side], INPUTS.get(name)!) !== undefined) continue
      const twin = found.find((other) => other.name === name && JSON.stringify(other.figure) === JSON.stringify(figure))
      if (twin === undefined) found.push({ name, figure, sides: [side] })
      else twin.sides.push(side)
    }
  }
  return found.map(({ name, figure, sides: of }) => {
    const isShared = of.length === 2 || (found.filter((other) => other.name === name).length === 1 && isMarket(name))
    const shown = isShared ? name : `${of[0] === 0 ? 'a' : 'b'}.${name}`
    const rule = INPUTS.get(name)!
    const { low = figure.value, high = figure.value, value, source } = figure
    const values = truncated({ kind: 'triangular', lo: low, mode: value, hi: high }, rule.support, ['vary', shown])
    return { shown, rule, sides: of, values, origin: 'catalog', source } as const
  })
}

/** What is the same for all who buy, whatever machine. */
function isMarket(name: string): boolean {
  return ['power-price', 'interest', 'pue', 'hosting', 'building'].includes(name)
}

/** Figures of a side's chip-hour that have a range, by input. */
function rangedFigures(side: Side): (readonly [string, Figure])[] {
  if (side.kind === 'api') return []
  const names = [...INPUTS.values()].map(({ name, owned }) => [name, name === 'chip-hour' ? 'perHour' : owned] as const)
  return names.flatMap(([name, field]) => {
    const figure = field === undefined ? undefined : (side.hour as unknown as Record<string, unknown>)[field]
    if (typeof figure !== 'object' || figure === null || !isKnown(figure as Figure)) return []
    const { value, low = value, high = value } = figure as Figure
    return high > low ? [[name, figure as Figure] as const] : []
  })
}
