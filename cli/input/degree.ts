/** Degrees of a parallel mapping and pools of a disaggregated deployment, as the engine names them. */
export const DEGREES = ['tp', 'pp', 'dp', 'moeTp', 'moeEp'] as const
export const POOLS = ['prefill', 'decode'] as const

/** `prefill` and `moeTp` make `prefillMoeTp`, the name under which commander files `--prefill-moe-tp`. */
export function optionName(pool: string, name: string): string {
  return pool === '' ? name : pool + name.charAt(0).toUpperCase() + name.slice(1)
}

/** The options of mappings that are given, as flags: of the one mapping, and of the pools. */
export function givenDegrees(options: Readonly<Record<string, unknown>>): { one: string[]; pools: string[] } {
  const given = (pool: string, name: string): string[] =>
    options[optionName(pool, name)] === undefined ? [] : [`--${flagName(optionName(pool, name))}`]
  return {
    one: DEGREES.flatMap((degree) => given('', degree)),
    pools: POOLS.flatMap((pool) => ['workers', ...DEGREES].flatMap((name) => given(pool, name))),
  }
}

/** `moeTp` makes `moe-tp`. */
export function flagName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
