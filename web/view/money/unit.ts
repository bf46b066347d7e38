import { text } from './text.ts'

/** A unit of the engine, with its words in the language of the page: "USD/kW/month" stays or becomes "USD/kW/月". */
export function unitName(unit: string): string {
  const words = text.value.unitWords
  return unit.replaceAll(/[a-z]+/gi, (word) => words[word] ?? word)
}

/** The same beside a number; shares and ratios have none. */
export function unitBeside(unit: string | undefined): string {
  return unit === undefined || unit === 'share' || unit === 'ratio' ? '' : unitName(unit)
}
