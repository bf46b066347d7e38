/**
 * A number with a unit known to the compiler only: literals fit, `Bytes` where `Seconds` is due does not
 * compile, and nothing is paid at run time. Inside the engine every quantity is in SI base units.
 */
export type Quantity<U extends string> = number & { readonly [unit]?: U }
declare const unit: unique symbol

export type Seconds = Quantity<'s'>
export type Hours = Quantity<'h'>
export type Bytes = Quantity<'B'>
export type BytesPerSecond = Quantity<'B/s'>
export type Flop = Quantity<'FLOP'>
export type FlopPerSecond = Quantity<'FLOP/s'>
export type Watts = Quantity<'W'>
export type Joules = Quantity<'J'>
export type Usd = Quantity<'USD'>
export type UsdPerHour = Quantity<'USD/h'>
export type Tokens = Quantity<'tokens'>
export type Chips = Quantity<'chips'>

export const SECONDS_PER_HOUR = 3600
/** Hours of a mean year (365 days), as cost models use it. */
export const HOURS_PER_YEAR = 8760
