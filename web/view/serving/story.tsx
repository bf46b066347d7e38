import { formatCount, formatSeconds } from '../../../src/index.ts'
import { Num } from '../../part/num.tsx'
import { askedId, chipName, modelName } from '../../state/own.ts'
import type { Served } from './answer.ts'
import { text } from './text.ts'

/** What the page is about, and what was simulated. */
export function Story({ answer, command }: { answer: Served; command: () => string }) {
  const t = text.value
  const { document, question, milliseconds } = answer
  const { requests, span, steps, chips } = document
  const { model, chip } = question.scenario
  const served = formatCount(requests.finished)
  return (
    <header class="story">
      <h1>{t.title}</h1>
      <p class="lead">{t.lead(modelName(askedId(model)), `${formatCount(chips)} × ${chipName(askedId(chip))}`)}</p>
      <p class="sum">
        <Num
          evidence={() => ({ title: t.evidence.served, value: served, formula: t.evidence.served, command: command() })}
        >
          {served}
        </Num>
        {t.served}
        <Num
          evidence={() => ({
            title: t.evidence.span,
            value: formatSeconds(span),
            formula: t.evidence.span,
            command: command(),
          })}
        >
          {formatSeconds(span)}
        </Num>
        {t.servedEnd(formatCount(steps))}
        {requests.rejected > 0 && t.rejected(formatCount(requests.rejected))}{' '}
        <span class="took">{t.took(formatSeconds(milliseconds / 1000))}</span>
      </p>
    </header>
  )
}
