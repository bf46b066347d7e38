import type { Verdict } from '../../../src/index.ts'
import type { PincerAnswer } from '../../engine/method/pincer.ts'
import { Num } from '../../part/num.tsx'
import { chipOf } from '../../state/own.ts'
import { unitText } from './bound.ts'
import { cited } from './evidence.ts'
import { text } from './text.ts'

export type Condition = Verdict['wouldHoldIf'][number]

interface ConditionProps {
  readonly condition: Condition
  readonly verdict: Verdict
  readonly answer: PincerAnswer
  /** Without "for the whole band", which the sentence before says. */
  readonly isShort?: boolean
}

/** What would make a claim true: words of the engine, with its number in their midst. */
export function ConditionText({ condition, verdict, answer, isShort = false }: ConditionProps) {
  const words = wordsOf(condition)
  const [before, after] = apart(isShort ? words.replace(/^(?:for the whole band: |（对整个区间）)/, '') : words)
  const value = unitText(condition.value, condition.unit)
  const evidence = () => ({
    title: words,
    value,
    formula: text.value.verdicts.threshold,
    inputs: [verdict.reason],
    command: condition.command,
    tier: verdict.evidence.tier,
    sources: cited(answer, verdict.evidence.sources),
  })
  return (
    <>
      {before}{' '}
      <strong>
        <Num evidence={evidence}>{value}</Num>
      </strong>
      {after}
    </>
  )
}

// In the language of the page, machines by their names.
function wordsOf({ condition }: Condition): string {
  return text.value.condition(condition).replaceAll(/[\w.:-]+/g, (word) => chipOf(word)?.name ?? word)
}

/** The words before the number, and the remark in brackets at their end, which reads better behind it. */
export function apart(words: string): [string, string] {
  const [, before, after] = /^(.*?) ?( \([^()]*\)|（[^（）]*）)$/.exec(words) ?? []
  return before === undefined || after === undefined ? [words, ''] : [before, after]
}
