/**
 * One operator or collective + one chip → seconds and what bounds them. Speed of light first, then an efficiency of a
 * physical form. Knows nothing of mappings, schedules or money.
 */
export {
  type KernelConstants,
  type KernelPace,
  type KernelTable,
  type ScanFigures,
  aloneConstants,
  kernelConstants,
} from './constants.ts'
export { type Machine, type Rate, machineOf } from './machine.ts'
export { type OperatorTime, lightTime, operatorTime } from './operator-time.ts'
export { LIBRARIES, type Library, type SurfaceOrigin } from './surfaces.ts'
export { operatorTimedBy, transferTimedBy } from './timed-by.ts'
export { type CollectiveTime, type Transfer, collectiveTime, collectiveLightTime } from './collective-time.ts'
