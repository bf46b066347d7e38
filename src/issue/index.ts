/** Typed errors: what went wrong, where in the input, and what to try instead. Knows no other room. */
export { PincerError, type Issue, type IssueCode } from './error.ts'
export { nearest } from './nearest.ts'
export { possible } from './possible.ts'
