import { CommanderError } from 'commander'
import { type Issue, PincerError } from '../src/index.ts'
import { EXIT_INPUT, EXIT_INTERNAL } from './exit-code.ts'
import { type Io, paletteOf } from './io.ts'
import { printable } from './view/text.ts'

/** An issue as the shell reports it: the engine's codes, and `usage` for a command line that does not parse. */
type ShellIssue = Omit<Issue, 'code'> & { readonly code: Issue['code'] | 'usage' | 'internal' }

/**
 * Reports `fault` (text on stderr; with `json` also a `pincer.error.v1` document on stdout) and returns the exit
 * code: 2 for input that is at fault, 70 for the program's own.
 */
export function reportFault(fault: unknown, io: Io, json: boolean): number {
  const { issues, code } = issuesOf(fault)
  // stderr may be a file while stdout is a terminal.
  const colors = paletteOf({ ...io, color: io.color && io.progress !== undefined })
  for (const issue of issues) {
    const label = issue.code === 'internal' ? 'internal error:' : 'error:'
    io.stderr.write(`${colors.red(label)} ${printable(issueText(issue))}\n`)
  }
  if (io.debug === true && fault instanceof Error) io.stderr.write(`${fault.stack ?? ''}\n`)
  if (json) io.stdout.write(`${JSON.stringify({ schema: 'pincer.error.v1', issues })}\n`)
  return code
}

function issuesOf(fault: unknown): { issues: readonly ShellIssue[]; code: number } {
  if (fault instanceof PincerError) return { issues: fault.issues, code: EXIT_INPUT }
  if (fault instanceof CommanderError) return { issues: [usageIssue(fault)], code: EXIT_INPUT }
  const message = fault instanceof Error ? fault.message : String(fault)
  return { issues: [{ code: 'internal', path: [], message: firstLine(message) }], code: EXIT_INTERNAL }
}

function usageIssue(fault: CommanderError): ShellIssue {
  const [first = '', hint] = fault.message.replace(/^error: /, '').split('\n')
  const suggestion = hint === undefined || hint === '' ? 'see --help' : hint.replace(/^\((.*)\)$/, '$1')
  return { code: 'usage', path: [], message: first, suggestion }
}

/** `path: message; suggestion`, as one line. */
export function issueText(issue: Pick<Issue, 'path' | 'message' | 'suggestion'>): string {
  const where = issue.path.length > 0 ? `${issue.path.join('.')}: ` : ''
  return `${where}${issue.message}${issue.suggestion === undefined ? '' : `; ${issue.suggestion}`}`
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}
