import { PincerError } from '../../src/index.ts'
import type { Running } from '../engine/question.ts'
import { text } from '../i18n/index.ts'
import { Alert } from './alert.tsx'

/**
 * Where a question stands: a bar with "Cancel" while it is worked on, a message where it was cancelled or is at fault. The message stays in
 * sight as long as the numbers below it are those of another question.
 */
export function Progress({ question }: { question: Running<unknown> }) {
  const { phase, done, of, fault, answer } = question.standing.value
  const t = text.value
  const isStale = answer !== undefined && (phase === 'cancelled' || phase === 'failed')
  return (
    <div class="progress" data-phase={phase} data-stale={isStale}>
      {phase === 'working' && (
        <div class="bar" role="status">
          <progress {...(of > 0 ? { value: done, max: of } : {})} aria-label={t.working(done, of)} />
          <span>{of > 0 ? t.working(done, of) : t.loading}</span>
          <button type="button" onClick={question.cancel}>
            {t.cancel}
          </button>
        </div>
      )}
      {phase === 'cancelled' && (
        <Alert title={t.cancelled}>
          <button type="button" onClick={question.again}>
            {t.again}
          </button>
        </Alert>
      )}
      {phase === 'failed' && fault !== undefined && <FaultAlert fault={fault} note={isStale ? t.stale : undefined} />}
    </div>
  )
}

/** An error of the engine: input with the path to the field and a suggestion, or a fault of the program. */
export function FaultAlert({ fault, note }: { fault: Error; note?: string | undefined }) {
  const below = note !== undefined && <p>{note}</p>
  if (!(fault instanceof PincerError)) return <Alert title={`${text.value.failed} ${fault.message}`}>{below}</Alert>
  const [first, ...more] = fault.issues
  return (
    <Alert title={first === undefined ? fault.message : issueText(first)}>
      {more.length > 0 && (
        <ul lang="en">
          {more.map((issue) => (
            <li key={issueText(issue)}>{issueText(issue)}</li>
          ))}
        </ul>
      )}
      {below}
    </Alert>
  )
}

function issueText({ path, message, suggestion }: PincerError['issues'][number]): string {
  const where = path.length > 0 ? `${path.join('.')}: ` : ''
  return `${where}${message}${suggestion === undefined ? '' : `; ${suggestion}`}`
}
