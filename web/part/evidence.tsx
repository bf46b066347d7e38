import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Source } from '../../src/index.ts'
import { text } from '../i18n/index.ts'
import { place } from '../state/location.ts'

/** The interval a number lies in with probability `level`, or without one the range of what is published. */
export interface EvidenceBand {
  readonly text: string
  readonly level?: number
}

/** How a number came about, in the language of the page; what `--explain` prints, and the band and tier of `--json`. */
export interface Evidence {
  readonly title: string
  /** The number as it is shown. */
  readonly value: string
  readonly formula?: string | undefined
  /** The formula with the values in it, ending in the result. */
  readonly values?: string | undefined
  /** What went in, each with its origin. */
  readonly inputs?: readonly string[]
  readonly band?: EvidenceBand | undefined
  /** A narrower band inside it. */
  readonly innerBand?: EvidenceBand | undefined
  readonly tier?: string | undefined
  readonly reason?: string | undefined
  readonly sources?: readonly Source[]
  readonly notes?: readonly string[]
  /** A command that shows the number. */
  readonly command?: string | undefined
}

const shown = signal<Evidence | undefined>(undefined)

/** Opens the evidence of a number; the browser gives the focus back when it is closed. */
export function showEvidence(evidence: Evidence): void {
  shown.value = evidence
}

/** The one dialog of the page in which evidence is shown. */
export function EvidenceDialog() {
  const dialog = useRef<HTMLDialogElement>(null)
  const evidence = shown.value
  useEffect(() => {
    if (evidence !== undefined && dialog.current?.open === false) dialog.current.showModal()
  }, [evidence])
  const close = (): void => dialog.current?.close()
  // A number of a view that was left is a number of nothing on the page.
  useEffect(close, [place.value.view])
  return (
    <dialog
      ref={dialog}
      class="evidence"
      aria-labelledby="evidence-title"
      onClose={() => {
        shown.value = undefined
      }}
      // A click on the backdrop is one on the dialog itself.
      onClick={(event) => event.target === dialog.current && close()}
    >
      {evidence !== undefined && <EvidenceBody evidence={evidence} close={close} />}
    </dialog>
  )
}

function EvidenceBody({ evidence, close }: { evidence: Evidence; close: () => void }) {
  const t = text.value.evidence
  const { title, value, formula, values, inputs = [], band, innerBand, tier, reason } = evidence
  const { sources = [], notes = [], command } = evidence
  return (
    <div class="evidence-body">
      <header>
        <h2 id="evidence-title">{title}</h2>
        <button type="button" class="quiet icon" onClick={close} aria-label={text.value.close}>
          ×
        </button>
      </header>
      <p class="evidence-value">
        {value}
        <Band of={innerBand} />
        <Band of={band} />
      </p>
      <dl>
        {formula !== undefined && <Entry name={t.formula} body={formula} />}
        {values !== undefined && <Entry name={t.values} body={values} isCode />}
        {inputs.length > 0 && <Entry name={t.inputs} body={<List items={inputs} />} />}
        {tier !== undefined && <Entry name={t.tier} body={<Tier tier={tier} reason={reason} />} />}
        {notes.length > 0 && <Entry name={t.notes} body={<List items={notes} />} />}
        {command !== undefined && <Entry name={t.command} body={command} isCode />}
        <Entry name={t.sources} body={sources.length === 0 ? t.noSources : <SourceList sources={sources} />} />
      </dl>
    </div>
  )
}

function Band({ of: band }: { of: EvidenceBand | undefined }) {
  if (band === undefined) return null
  const t = text.value.evidence
  return (
    <small>
      {band.level === undefined ? t.range : t.band(`${Math.round(band.level * 100)} %`)}: {band.text}
    </small>
  )
}

function Entry({ name, body, isCode = false }: { name: string; body: preact.ComponentChildren; isCode?: boolean }) {
  return (
    <>
      <dt>{name}</dt>
      <dd class={isCode ? 'code' : undefined}>{body}</dd>
    </>
  )
}

function List({ items }: { items: readonly string[] }) {
  return (
    <ul>
      {items.map((item) => (
        <li key={item}>{item}</li>
      ))}
    </ul>
  )
}

function Tier({ tier, reason }: { tier: string; reason: string | undefined }) {
  return (
    <>
      {text.value.evidence.tiers[tier] ?? tier}
      {reason !== undefined && <small lang="en">{reason}</small>}
    </>
  )
}

function SourceList({ sources }: { sources: readonly Source[] }) {
  const t = text.value.evidence
  return (
    <ul class="sources" lang="en">
      {sources.map(({ id, title, publisher, url, published, accessed, kind }) => (
        <li key={id}>
          {url.startsWith('https://') ? (
            <a href={url} rel="noreferrer noopener" target="_blank">
              {title}
            </a>
          ) : (
            title
          )}
          <small>
            {publisher} · {t.basis[kind] ?? kind} · {t.date(published, accessed)}
          </small>
        </li>
      ))}
    </ul>
  )
}
