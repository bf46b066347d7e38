import { PincerError, findChip, nearest } from '../../src/index.ts'
import { readJson } from '../file/json.ts'
import { isPath } from './model.ts'
import { parseNumber } from './number.ts'

/**
 * What `--prices` means: `chip=usd,chip=usd` or the path of a JSON file `{"chip": usd}`, in $ per chip-hour. By the id of a
 * catalog chip or of one in `own`, the chips the user described.
 * @throws PincerError `unknown_chip`; `invalid_value` for a price that is not above 0
 */
export function priceInput(spec: string, cwd: string, own: readonly string[] = []): ReadonlyMap<string, number> {
  const pairs = isPath(spec) ? filePairs(readJson(spec, cwd)) : spec.split(',').map(inlinePair)
  return new Map(pairs.map(([chip, price]) => [own.includes(chip) ? chip : catalogId(chip, own), checked(chip, price)]))
}

function catalogId(chip: string, own: readonly string[]): string {
  try {
    return findChip(chip).id
  } catch (fault) {
    if (!(fault instanceof PincerError)) throw fault
    const near = nearest(chip, own)
    const fallback = fault.issues[0]?.suggestion ?? '"pincer catalog chips" lists them'
    throw new PincerError({
      code: 'unknown_chip',
      path: ['prices', chip.slice(0, 60)],
      message: `unknown chip "${chip.slice(0, 60)}"`,
      suggestion: near === undefined ? fallback : `did you mean "${near}"?`,
    })
  }
}

function filePairs(file: unknown): (readonly [string, unknown])[] {
  if (typeof file === 'object' && file !== null && !Array.isArray(file)) return Object.entries(file)
  throw new PincerError({ code: 'invalid_value', path: ['prices'], message: 'the file must hold {"chip": $ per hour}' })
}

function inlinePair(text: string): readonly [string, unknown] {
  const at = text.indexOf('=')
  if (at > 0) return [text.slice(0, at).trim(), parseNumber(text.slice(at + 1), ['prices', text.slice(0, at).trim()])]
  const suggestion = 'write chip=usd,chip=usd or the path of a .json file'
  throw new PincerError({
    code: 'invalid_value',
    path: ['prices'],
    message: `"${text.slice(0, 60)}" is no price`,
    suggestion,
  })
}

const HIGHEST = 1e9

function checked(chip: string, price: unknown): number {
  if (typeof price === 'number' && price > 0 && price <= HIGHEST) return price
  const message = `a price must be a number of $ per hour above 0, not ${JSON.stringify(price)?.slice(0, 40)}`
  throw new PincerError({ code: 'invalid_value', path: ['prices', chip], message })
}
