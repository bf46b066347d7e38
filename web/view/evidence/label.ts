import { chipName } from '../../state/own.ts'
import type { Group } from './schema.ts'

/** The name of a group as people know it. */
export function labelName(by: Group, name: string): string {
  return by === 'chip' ? chipName(name) : name
}

/** A share as docs/accuracy.md prints it: one digit after the point below ten percent. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(Math.abs(share) < 0.0995 ? 1 : 0)} %`
}

/** The same with its sign: "+2.1 %". */
export function signed(share: number): string {
  return `${share < 0 ? '−' : '+'}${percent(Math.abs(share))}`
}
