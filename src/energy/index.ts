/**
 * Power and energy. In: a chip and how busy it is. Out: watts at the server and at the meter with an interval, joules.
 * Must not know: what the chip computes, or what electricity costs.
 */
export { type EnergyInput, type EnergyUse, energyUse, IDLE_SHARE, type PowerRange } from './energy-use.ts'
