import type { Format } from '../../units/index.ts'
import type { ConfigFields } from '../config-fields.ts'

/** Format of a recurrent state: the first of `names` the config sets, the 16-bit format of the model otherwise. */
export function stateFormat(config: ConfigFields, names: readonly string[]): Format {
  const name = names.find((candidate) => config.has(candidate))
  if (name === undefined) return 'bf16'
  const dtype = config.text(name)
  if (dtype === 'float32') return 'fp32'
  if (dtype === 'bfloat16' || dtype === 'float16') return 'bf16'
  throw config.invalid(name, `unknown dtype "${dtype.slice(0, 60)}"`, 'known: float32, bfloat16, float16')
}
