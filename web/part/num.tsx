import { text } from '../i18n/index.ts'
import { type Evidence, showEvidence } from './evidence.tsx'

interface NumProps {
  /** The number as it is shown. */
  readonly children: string
  /** Made when the number is opened. */
  readonly evidence: () => Evidence
  readonly class?: string
}

/** A number: a button that opens where it comes from. */
export function Num({ children, evidence, class: className = '' }: NumProps) {
  return (
    <button
      type="button"
      class={`num ${className}`}
      title={text.value.evidence.open}
      aria-haspopup="dialog"
      onClick={() => showEvidence(evidence())}
    >
      {children}
    </button>
  )
}
