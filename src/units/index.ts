/** Branded SI quantities and their printed forms. */
export type {
  Bytes,
  BytesPerSecond,
  Chips,
  Flop,
  FlopPerSecond,
  Hours,
  Joules,
  Quantity,
  Seconds,
  Tokens,
  Usd,
  UsdPerHour,
  Watts,
} from './quantity.ts'
export { HOURS_PER_YEAR, SECONDS_PER_HOUR } from './quantity.ts'
export { type Format, FORMATS, OPERAND_BITS, bytesPerWeight, isFormat } from './number-format.ts'
export {
  formatBytes,
  formatCount,
  formatPercent,
  formatRate,
  formatSeconds,
  formatSi,
  formatUnit,
  formatUsd,
} from './print.ts'
