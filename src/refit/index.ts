/**
 * A site's own measurements → factors on the shipped constants. In: deployments with their scenario and what was measured, kernels timed alone. Out: the factors,
 * their doubts, and whether rows left out gained. Must not know: files, columns, the command line.
 */
export { KERNEL_NAMES, type KernelFormat, type KernelName, SHAPE_FIELDS, type ShapeField } from './kernel-kind.ts'
export { type KernelTiming, timedKernel } from './kernel-timing.ts'
export type { SiteKernels } from './refit-kernels.ts'
export { refitSite } from './refit.ts'
export type {
  HeldOut,
  KernelCalibration,
  KernelError,
  KernelErrors,
  RefittedFactor,
  SiteCalibration,
  SiteError,
  SiteErrors,
  SiteRow,
} from './types.ts'
