/**
 * A site's own measurements → factors on the shipped constants. In: deployments with their scenario and what was measured. Out: the factors,
 * their doubts, and whether rows left out gained. Must not know: files, columns, the command line.
 */
export { refitSite } from './refit.ts'
export type { RefittedFactor, SiteCalibration, SiteError, SiteErrors, SiteRow } from './types.ts'
