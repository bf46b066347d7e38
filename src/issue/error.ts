/** Machine-readable kinds of trouble with an input. Stable: shells and users match on them. */
export type IssueCode =
  | 'unknown_chip'
  | 'unknown_model'
  | 'unknown_family'
  | 'unknown_price'
  | 'unknown_format'
  | 'missing_field'
  | 'unknown_field'
  | 'invalid_value'
  | 'invalid_mapping'
  | 'does_not_fit'
  | 'malformed_json'
  | 'malformed_yaml'
  | 'malformed_csv'
  | 'too_large'
  | 'unreadable'
  | 'offline'
  | 'unsupported'

/** One fault of an input: `path` leads to the field, `suggestion` says what would be accepted. */
export interface Issue {
  readonly code: IssueCode
  readonly path: readonly (string | number)[]
  readonly message: string
  readonly suggestion?: string
}

/** The only error the engine throws for bad input. A shell prints the issues and exits with code 2. */
export class PincerError extends Error {
  readonly issues: readonly Issue[]

  constructor(issues: Issue | readonly Issue[]) {
    const list: readonly Issue[] = 'message' in issues ? [issues] : issues
    super(list.map(describe).join('\n'))
    this.name = 'PincerError'
    this.issues = list
  }
}

function describe(issue: Issue): string {
  const where = issue.path.length > 0 ? `${issue.path.join('.')}: ` : ''
  const hint = issue.suggestion === undefined ? '' : `; ${issue.suggestion}`
  return `${where}${issue.message}${hint}`
}
