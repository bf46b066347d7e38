import { useState } from 'preact/hooks'
import type { Running } from '../engine/question.ts'
import { text } from '../i18n/index.ts'

interface CopyProps {
  readonly link: () => string
  /** The command that prints the same answer. */
  readonly command: () => string
  /** The document that the command prints with `--json`. */
  readonly json: () => string
  /** What is asked: while its answer is not there, there is nothing to copy but the link. */
  readonly question?: Running<unknown>
}

/** Copies the question as a link or a command, or the answer as JSON. */
export function Copy({ link, command, json, question }: CopyProps) {
  const t = text.value.copy
  const isOpen = question !== undefined && question.standing.value.phase !== 'idle'
  const [said, setSaid] = useState('')
  const [kept, setKept] = useState<string | undefined>(undefined)
  const copy = async (what: string, content: string): Promise<void> => {
    try {
      await navigator.clipboard.writeText(content)
      setKept(undefined)
      setSaid(t.done(what))
    } catch {
      setSaid(t.failed)
      setKept(content)
    }
  }
  return (
    <div class="copy">
      <span class="copy-label">{t.label}</span>
      <button type="button" onClick={() => void copy(t.link, link())}>
        {t.link}
      </button>
      <button type="button" disabled={isOpen} onClick={() => void copy(t.command, command())}>
        {t.command}
      </button>
      <button type="button" disabled={isOpen} onClick={() => void copy(t.json, json())}>
        {t.json}
      </button>
      <span role="status">{said}</span>
      {kept !== undefined && <textarea readOnly rows={4} value={kept} aria-label={t.failed} />}
    </div>
  )
}
