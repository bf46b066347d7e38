/** Degrees of a parallel mapping and pools of a disaggregated deployment, as the engine names them. */
export const DEGREES = ['tp', 'pp', 'dp', 'moeTp', 'moeEp'] as const
export const POOLS = ['prefill', 'decode'] as const

/** `prefill` and `moeTp` make `prefillMoeTp`, the name under which commander files `--prefill-moe-tp`. */
export function optionName(pool: string, name: string): string {
  return pool === '' ? name : pool + name.charAt(0).toUpperCase() + name.slice(1)
}

/** `moeTp` makes `moe-tp`. */
export function flagName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
